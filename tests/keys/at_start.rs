//! Tests that a service starts with keys, or reports why it cannot.

use super::{SHORT, eager, mint, server};
use crate::support::{KID, Mint, Publisher, Reply, with};
use auth_runtime::events::NoticeKind;
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, KeySet};
use serde_json::json;
use std::time::Duration;

async fn refused(publisher: &Publisher) -> String {
    let error = KeySet::remote(publisher.url("/jwks")).max_bytes(4096).await.expect_err("no usable keys");
    assert!(matches!(error, ConfigError::KeySetUnreachable { .. }), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn keys_are_fetched_when_the_service_starts() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let server = server(eager(&publisher).await.unwrap()).await;
    server.accepts_the_good_token().await;
    server
        .refuses(
            &Mint::untrusted(Algorithm::Ed25519).token(&crate::support::claims()),
            auth_runtime::events::Reason::BadSignature,
        )
        .await;
}

#[tokio::test]
async fn an_invalid_key_set_is_an_error_at_start_that_quotes_the_response() {
    let publisher = Publisher::start();
    assert!(refused(&publisher).await.contains("404"));
    for (reply, expected) in [
        (Reply::status(500), "500"),
        (Reply::status(204), "204"),
        (Reply::bytes("<html>Welcome to nginx!</html>"), "expected"),
        (Reply::bytes(""), "EOF"),
        (Reply::json(&json!([])), "refused"),
        (Reply::json(&json!({"keys": {}})), "no array `keys`"),
        (Reply::bytes(r#"{"keys":[],"keys":[]}"#), "twice"),
        (Reply::json(&json!({"keys": [], "pad": "x".repeat(4096)})), "longer than 4096 bytes"),
        (Reply::json(&json!({"keys": vec![json!({}); 101]})), "101 keys"),
    ] {
        publisher.answer("/jwks", reply);
        let error = refused(&publisher).await;
        assert!(error.contains(expected), "{expected:?} in {error}");
        assert!(error.contains(&publisher.url("/jwks")), "{error}");
    }
}

#[tokio::test]
async fn an_unreachable_key_server_is_an_error_at_start() {
    let mut publisher = Publisher::start();
    publisher.kill();
    let error = refused(&publisher).await;
    assert!(error.to_lowercase().contains("connection refused"), "{error}");
}

#[tokio::test]
async fn a_forbidden_url_for_keys_is_rejected_without_a_request() {
    for (url, why) in [
        ("http://id.example.com/jwks", "https"),
        ("http://127.0.0.1.example.com/jwks", "https"),
        ("http://localhost.example.com/jwks", "https"),
        ("ftp://id.example.com/jwks", "https"),
        ("file:///etc/passwd", "https"),
        ("id.example.com", "not a URL"),
        ("https://user:hunter2@id.example.com/", "password"),
        ("https://user:hunter2@id.example.com:99999/", "not a URL"),
        ("https://id.example.com/#keys", "fragment"),
    ] {
        let error = KeySet::remote(url).start_degraded().expect_err(url);
        assert!(error.to_string().contains(why) && !error.to_string().contains("hunter2"), "{error}");
        let error = KeySet::discover(url).start_degraded().expect_err(url);
        assert!(error.to_string().contains(why), "{error}");
    }
}

/// A key server may require an API key in the query.
#[tokio::test]
async fn a_secret_in_the_url_of_keys_is_shown_nowhere() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let url = publisher.url("/jwks?key=hunter2");
    let keys = KeySet::remote(&url);
    let shown = format!("{keys:?}");
    assert!(shown.contains("127.0.0.1") && !shown.contains("hunter2") && !shown.contains("/jwks"), "{shown}");
    let keys = keys.await.unwrap();
    assert!(!format!("{keys:?} {keys}").contains("hunter2"), "{keys:?} {keys}");
    publisher.answer("/jwks", Reply::status(500));
    let error = KeySet::remote(&url).await.expect_err("no keys");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    publisher.answer("/jwks", Reply::json(&json!({"keys": []})));
    let error = KeySet::remote(&url).await.expect_err("no keys");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    for secret in ["https://user:hunter2@id.example.com/hunter2?hunter2#hunter2", "hunter2", "hunter2@id.example.com"] {
        for keys in [KeySet::remote(secret), KeySet::discover(secret)] {
            assert!(!format!("{keys:?}").contains("hunter2"), "{keys:?}");
            let error = keys.start_degraded().expect_err("not a URL for keys");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn options_outside_their_limits_are_rejected() {
    let set = || KeySet::remote("https://id.example.com/jwks");
    let (zero, week) = (Duration::ZERO, Duration::from_secs(8 * 24 * 60 * 60));
    for (options, name) in [
        (set().cooldown(zero), "cooldown"),
        (set().refresh_between(zero, SHORT), "refresh_between"),
        (set().refresh_between(SHORT * 2, SHORT), "refresh_between"),
        (set().refresh_between(SHORT, week), "refresh_between"),
        (set().max_age(SHORT), "max_age"),
        (set().max_age(week), "max_age"),
        (set().timeout(zero), "timeout"),
        (set().connect_timeout(zero), "timeout"),
        (set().max_bytes(1), "max_bytes"),
    ] {
        assert!(options.start_degraded().expect_err(name).to_string().starts_with(&format!("`{name}`")), "{name}");
    }
    let error = set().root_certificate(b"nonsense").start_degraded().expect_err("no certificate");
    assert!(matches!(error, ConfigError::RootCertificate(_)), "{error}");
}

#[tokio::test]
async fn a_bad_key_is_skipped_with_a_notice_and_the_others_are_used() {
    let short = json!({"kty": "RSA", "kid": "short", "alg": "RS256", "n": "AQAB", "e": "AQAB"});
    let secret =
        json!({"kty": "oct", "kid": "secret", "alg": "HS256", "k": "bm90IGEgc2VjcmV0IGFueW1vcmUsIGlzIGl0PyBubyE"});
    let private = with(mint().published("private"), "d", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let twice = Mint::untrusted(Algorithm::Ed25519).published("twice");
    let named_alike = mint().published("twice");
    let no_alg = json!({"kty": "RSA", "kid": "rsa", "n": Mint::of(Algorithm::RS256).jwk["n"], "e": "AQAB"});
    let encrypts = with(mint().published("enc"), "use", "enc");
    let keys =
        [short, secret.clone(), private, twice, named_alike, no_alg, json!("key"), encrypts, mint().published(KID)];
    let publisher = Publisher::of(&keys);
    let server = server(eager(&publisher).await.unwrap()).await;
    let skipped: Vec<_> = server.notices().into_iter().map(|notice| (notice.notice, notice.detail)).collect();
    assert!(skipped.iter().all(|(kind, _)| *kind == NoticeKind::KeySkipped));
    for (index, why) in [
        (1, "RSA"),
        (2, "shared secret"),
        (3, "private"),
        (4, "same `kid`"),
        (5, "same `kid`"),
        (6, "alg"),
        (7, "object"),
    ] {
        assert!(
            skipped.iter().any(|(_, detail)| detail.starts_with(&format!("key {index} ")) && detail.contains(why)),
            "{index} {why}: {skipped:#?}"
        );
    }
    assert_eq!(skipped.len(), 7, "a key for encryption needs no notice: {skipped:#?}");
    server.accepts_the_good_token().await;
    // T03: a published secret is known to everyone, so the verifier must not use it.
    let claims = crate::support::claims();
    let published_secret = Mint::from_secret(Algorithm::HS256, b"not a secret anymore, is it? no!");
    server.refuses(&published_secret.token_of("secret", &claims), auth_runtime::events::Reason::UnknownKey).await;
    server
        .refuses(
            &Mint::untrusted(Algorithm::Ed25519).token_of("twice", &claims),
            auth_runtime::events::Reason::UnknownKey,
        )
        .await;
}

#[tokio::test]
async fn t10_rsa_keys_without_alg_use_the_configured_algorithm() {
    let rsa = Mint::of(Algorithm::PS256);
    let jwk = crate::support::without(rsa.published(KID), "alg");
    let publisher = Publisher::of(&[jwk, mint().published("edwards")]);
    let server = server(eager(&publisher).algorithm(Algorithm::PS256).await.unwrap()).await;
    let claims = crate::support::claims();
    server.accepts(&rsa.token(&claims)).await;
    server.accepts(&mint().token_of("edwards", &claims)).await;
    server
        .refuses(&rsa.posing_as(Algorithm::RS256).token(&claims), auth_runtime::events::Reason::AlgorithmNotAllowed)
        .await;
}

#[tokio::test]
async fn a_degraded_start_answers_503_until_the_keys_are_there() {
    let mut publisher = Publisher::of(&[mint().published(KID)]);
    publisher.kill();
    let server = server(eager(&publisher).start_degraded().unwrap()).await;
    server.answers_503(&server.good()).await;
    let notice = server.notice(NoticeKind::KeySetMissing).await;
    assert!(notice.detail.contains("/jwks") && notice.issuer.as_deref() == Some(crate::support::ISSUER), "{notice:?}");
    publisher.restart();
    server.notice(NoticeKind::KeySetRestored).await;
    server.accepts_the_good_token().await;
}
