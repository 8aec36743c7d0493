//! Services that end a session by the text of its token, which has other spellings.

use crate::support::{assert_only_caught, refused};
use auth_runtime::Rejection;
use auth_runtime::events::Reason;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use aws_lc_rs::hmac;
use axum::Router;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_encode_padding(false),
);

#[derive(Clone)]
struct Tokens {
    key: Arc<hmac::Key>,
    revoked: Arc<Mutex<HashSet<String>>>,
    issued: Arc<AtomicU64>,
    /// Whether the list has the ids of the tokens, or their texts.
    by_id: bool,
}

impl Tokens {
    fn new(by_id: bool) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"a key of the test");
        Self { key: Arc::new(key), revoked: Arc::default(), issued: Arc::default(), by_id }
    }

    fn issue(&self) -> String {
        let id = format!("id{}", self.issued.fetch_add(1, Ordering::Relaxed));
        let seal = URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, id.as_bytes()));
        format!("{id}.{seal}")
    }

    /// What the list of revoked tokens has of this one.
    fn name_of(&self, parts: &Parts) -> Option<String> {
        let token = parts.headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?;
        let (id, seal) = token.split_once('.')?;
        // The decoder of an older library.
        hmac::verify(&self.key, id.as_bytes(), &LENIENT.decode(seal).ok()?).ok()?;
        let name = if self.by_id { id } else { token }.to_owned();
        let is_revoked = self.revoked.lock().unwrap().contains(&name);
        (!is_revoked).then_some(name)
    }
}

fn rejected(parts: &Parts) -> Response {
    match parts.headers.get("authorization") {
        Some(_) => Rejection::InvalidToken(Reason::MalformedToken).into_response(),
        None => refused(),
    }
}

fn attack_on(by_id: bool) -> AttackBuilder {
    let tokens = Tokens::new(by_id);
    let (reads, ends) = (tokens.clone(), tokens.clone());
    let read = move |parts: Parts| async move {
        reads.name_of(&parts).map(|_| "the projects of alice").ok_or_else(|| rejected(&parts))
    };
    let log_out = move |parts: Parts| async move {
        let name = ends.name_of(&parts).ok_or_else(|| rejected(&parts))?;
        ends.revoked.lock().unwrap().insert(name);
        Ok::<_, Response>(StatusCode::NO_CONTENT)
    };
    let app = Router::new().route("/projects", get(read)).route("/logout", post(log_out));
    let credentials =
        TestCredentials::of("https://cloud.example.com/tokens", move || std::future::ready(tokens.issue()));
    attack(app).with_credentials(&credentials)
}

/// CVE-2015-7546 (Keystone): the list of revoked tokens has the hash of their text.
#[tokio::test]
async fn a_revoked_token_has_another_spelling() {
    let report = attack_on(false).only_in_a_test_of_the_kit(&["N06"]).await;
    assert_only_caught(&report, GotThrough, &["N06"]);
}

#[tokio::test]
async fn a_token_that_is_revoked_by_its_id_passes() {
    attack_on(true).await.assert_nothing_got_through();
}
