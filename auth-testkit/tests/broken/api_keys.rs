//! Services with keys of an id and a secret, whose secret is not always compared.

use crate::support::{assert_caught, assert_only_caught};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// A key without a separator has no secret to compare.
    OptionalSecret,
    /// The comparison is slow, so it is done for the first request of an id.
    RememberedId,
    /// A key that was used is accepted after its revocation.
    CachedKey,
}

#[derive(Default)]
struct Keys {
    secrets: HashMap<String, String>,
    remembered: HashSet<String>,
    cached: HashSet<String>,
}

impl Keys {
    fn check(&mut self, mistake: Mistake, key: &str) -> Result<(), StatusCode> {
        let (id, secret) = key.split_once('.').map_or((key, None), |(id, secret)| (id, Some(secret)));
        if self.cached.contains(key) {
            return Ok(());
        }
        let expected = self.secrets.get(id).ok_or(StatusCode::UNAUTHORIZED)?;
        let is_good = match secret {
            Some(secret) => secret == expected || self.remembered.contains(id),
            None => mistake == Mistake::OptionalSecret,
        };
        if mistake == Mistake::RememberedId && is_good {
            self.remembered.insert(id.to_owned());
        }
        if is_good {
            self.cached.insert(key.to_owned());
        }
        if is_good { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
    }

    fn revoke(&mut self, mistake: Mistake, key: &str) {
        self.secrets.remove(key.split('.').next().unwrap_or_default());
        if mistake != Mistake::CachedKey {
            self.cached.remove(key);
        }
    }
}

/// A rejection with a challenge of its own scheme, which has no parameter `error`. No scheme is
/// registered for a header of its own, so the service chooses its name.
fn rejection() -> Response {
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "ApiKey realm=\"api\"")]).into_response()
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let keys: Arc<Mutex<Keys>> = Arc::default();
    let known = Arc::clone(&keys);
    let app = Router::new().route("/orders", get(|| async { Json(["a brown teapot"]) })).layer(from_fn(
        move |request: Request, next: Next| {
            let mut values = request.headers().get_all("x-api-key").iter();
            let only = values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok());
            let checked = only.is_some_and(|key| known.lock().unwrap().check(mistake, key).is_ok());
            async move { if checked { next.run(request).await } else { rejection() } }
        },
    ));
    let count = AtomicU64::new(41_237);
    let store = Arc::clone(&keys);
    let revoke = move |key: String| {
        store.lock().unwrap().revoke(mistake, &key);
        std::future::ready(())
    };
    let make = move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let (id, secret) = (format!("key{number}"), format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        keys.lock().unwrap().secrets.insert(id.clone(), secret.clone());
        let key = format!("{id}.{secret}");
        async move { key }
    };
    let credentials = TestCredentials::of("https://shop.example.com/keys", make).revoked_by(revoke);
    attack(app).with_credentials(&credentials.in_carrier(&Carrier::header("x-api-key")))
}

#[tokio::test]
async fn a_service_that_compares_each_secret_passes() {
    attack_on(Mistake::None).await.assert_nothing_got_through();
}

#[tokio::test]
async fn an_id_is_accepted_without_its_secret() {
    assert_caught(&attack_on(Mistake::OptionalSecret).await, GotThrough, &["N02"]);
}

#[tokio::test]
async fn an_id_that_was_used_once_is_accepted_with_any_secret() {
    assert_only_caught(&attack_on(Mistake::RememberedId).await, GotThrough, &["N02", "N03"]);
}

#[tokio::test]
async fn a_revoked_key_is_in_the_cache() {
    let report = attack_on(Mistake::CachedKey).await;
    assert_only_caught(&report, GotThrough, &["N06"]);
    assert!(report.to_string().contains("used and then revoked"), "{report}");
}
