//! Google: one issuer with two spellings, and one audience for each platform.

use super::Fixture;
use super::fixture::profile;
use crate::support::{NOW, Runs, Server, get_with, routes};
use auth_runtime::credentials::Provider;
use auth_runtime::events::Reason;
use auth_runtime::routing::get;
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::extract::State;
use serde_json::{Value, json};

const WEB: &str = "1234-web.apps.googleusercontent.com";
const IOS: &str = "1234-ios.apps.googleusercontent.com";
const ANDROID: &str = "1234-android.apps.googleusercontent.com";

/// An ID token, because Google's access tokens are not JWTs.
pub(super) fn fixture() -> Fixture {
    Fixture::new(
        "Google",
        profile!(Provider::google()),
        WEB,
        json!({
            "iss": "https://accounts.google.com", "azp": WEB, "aud": WEB, "sub": "110169484474386276334",
            "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q", "email": "alice@example.com", "email_verified": true, "nonce": "n",
            "hd": "example.com", "iat": NOW, "exp": NOW + 3600,
        }),
    )
}

#[authenticated]
async fn caller(auth: Authenticated<Claims>, State(runs): State<Runs>) -> String {
    runs.count();
    json!({"identity": auth.identity(), "iss": auth.iss}).to_string()
}

/// Row 4.
#[tokio::test]
async fn one_issuer_has_two_spellings_and_one_identity() {
    let google = fixture();
    let (keys, provider) = (google.keys(), google.provider.clone());
    let server = Server::with(google.mint.algorithm)
        .keys(keys)
        .verifier(move |builder| builder.provider(provider).audience(WEB))
        .app(|service| routes().route("/caller", get(caller)).with_state(service))
        .start()
        .await;
    let mut seen = Vec::new();
    for iss in ["https://accounts.google.com", "accounts.google.com"] {
        let token = google.token(&google.with(&json!({"iss": iss})));
        let response = server.exchange(get_with("/caller", &token)).await;
        assert_eq!(response.status, 200, "{:?}", server.events());
        seen.push(serde_json::from_str::<Value>(response.text()).expect("JSON"));
    }
    let expected = json!({
        "identity": {"issuer": "https://accounts.google.com", "subject": "110169484474386276334"},
        "iss": "https://accounts.google.com",
    });
    assert_eq!(seen, [expected.clone(), expected]);
    for iss in ["https://accounts.google.com/", "http://accounts.google.com", "ACCOUNTS.google.com", ""] {
        server.refuses(&google.token(&google.with(&json!({"iss": iss}))), Reason::WrongIssuer).await;
    }
}

/// Row 4.
#[tokio::test]
async fn one_issuer_has_several_audiences() {
    let google = fixture();
    let (keys, provider) = (google.keys(), google.provider.clone());
    let server = Server::with(google.mint.algorithm)
        .keys(keys)
        .verifier(move |builder| builder.provider(provider).audience(WEB).also_audience(IOS).also_audience(ANDROID))
        .start()
        .await;
    for aud in [json!(WEB), json!(IOS), json!(ANDROID), json!(["other", ANDROID])] {
        server.accepts(&google.token(&google.with(&json!({"aud": aud})))).await;
    }
    let several = format!("{WEB} {IOS}");
    for aud in [json!(several), json!("other"), json!([]), json!(["other"]), json!("")] {
        server.refuses(&google.token(&google.with(&json!({"aud": aud}))), Reason::WrongAudience).await;
    }
    server.refuses(&google.token(&google.with(&json!({"aud": [IOS, 1]}))), Reason::MalformedClaims).await;
}

/// One domain of Google Workspace.
#[tokio::test]
async fn a_required_claim_admits_its_values_only() {
    let google = fixture();
    let server = google.server_of(Provider::google().require_claim("hd", ["example.com", "example.org"])).await;
    server.accepts(&google.good()).await;
    server.accepts(&google.token(&google.with(&json!({"hd": "example.org"})))).await;
    for hd in [json!("evil.example"), json!(null), json!(""), json!(["example.com"]), json!("EXAMPLE.com")] {
        server.refuses(&google.token(&google.with(&json!({"hd": hd}))), Reason::MalformedClaims).await;
    }
}
