//! Services whose session is JSON in a cookie, with a signature in it.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use aws_lc_rs::hmac;
use axum::Router;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

fn signed(secret: &str, user: &str, expires: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let sign = URL_SAFE_NO_PAD.encode(hmac::sign(&key, format!("{user} {expires}").as_bytes()));
    URL_SAFE_NO_PAD.encode(json!({"user": user, "expires": expires, "sign": sign}).to_string())
}

/// The user of the cookie, with or without its signature.
fn user(parts: &Parts, verifies: bool) -> Option<String> {
    let mut cookies = parts.headers.get_all("cookie").iter();
    let value = cookies.next()?.to_str().ok()?.strip_prefix("__Host-session=")?;
    let data: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
    let (user, expires) = (data["user"].as_str()?, data["expires"].as_u64()?);
    let is_signed = cookies.next().is_none() && signed("shop", user, expires) == value && expires > 1000;
    (is_signed || !verifies).then(|| user.to_owned())
}

/// The single sign-on redirects to the identity provider, or continues its log-in.
fn attacked(verifies: bool) -> AttackBuilder {
    let sign_on = move |parts: Parts| async move {
        let location = |to: &str| [("location", to.to_owned())];
        match user(&parts, verifies).filter(|user| user == "alice") {
            None => (StatusCode::FOUND, location("https://login.test/")).into_response(),
            Some(user) => {
                let cookie = signed("shop", &user, 9000);
                let cookie = format!("__Host-session={cookie}; Path=/; Secure; HttpOnly; SameSite=Strict");
                (StatusCode::FOUND, location("/"), [("set-cookie", cookie)]).into_response()
            }
        }
    };
    let layer = CorrectService::new().layer(|_, parts| async move {
        let challenge = [("www-authenticate", "Cookie realm=\"shop\"")];
        let denied = || -> Response { (StatusCode::UNAUTHORIZED, challenge).into_response() };
        user(&parts, true).map(drop).ok_or_else(denied)
    });
    let app = Router::new().route("/orders", get(|| async { "the orders of alice" })).route_layer(layer);
    let sessions = TestCredentials::of("https://shop.test/sso", || async { signed("shop", "alice", 5000) })
        .unknown(|| async { signed("another secret", "alice", 5000) })
        .expired(|| async { signed("shop", "alice", 10) });
    attack(app.route("/sso", get(sign_on)))
        .with_credentials(&sessions.in_carrier(&Carrier::cookie("__Host-session")))
        .public("GET /sso", "redirects to the identity provider")
}

/// CVE-2022-23131 (Zabbix).
#[tokio::test]
async fn a_sign_on_signs_an_unsigned_cookie() {
    let report = attacked(false).only_in_a_test_of_the_kit(&["H35"]).await;
    assert_only_caught(&report, GotThrough, &["H35"]);
    assert!(report.to_string().contains("a session of an unsigned cookie"), "{report}");
}

#[tokio::test]
async fn a_sign_on_that_verifies_the_signature_passes() {
    assert_twin_passes(&attacked(true).await);
}
