//! Services whose answers have a secret.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, token_of};
use auth_runtime::keys::Algorithm;
use auth_runtime::signature;
use auth_runtime::signatures::Scheme;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestIssuer, TestSender};
use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

signature!(Forge = Scheme::github());

/// Made up. A sender of the test has it too.
const SECRET: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0f";

/// The page of all clients has the settings of the service.
fn settings(has_secret: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let properties =
        move || async move { Json(json!({"version": "1", "hook": if has_secret { SECRET } else { "set" }})) };
    // The hook itself is not attacked here.
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let app = app.route("/properties", get(properties)).route("/hook", post(|| async { StatusCode::UNAUTHORIZED }));
    let attack = service.attack(app).with_sender_on("POST /hook", &TestSender::of::<Forge>(SECRET));
    attack.without_route("POST /hook", "the page is the mistake").public("GET /properties", "the first page reads them")
}

/// The message for the developer has the signature that the service expects.
fn messages(explains: bool) -> AttackBuilder {
    let service = CorrectService::trusting(TestIssuer::signing_with(Algorithm::HS256));
    let app = service.behind(move |service, parts| async move {
        let Err(refusal) = service.check(&parts).await else { return Ok(()) };
        let Some((message, _)) = token_of(&parts).and_then(|token| token.rsplit_once('.')) else { return Err(refusal) };
        let [header, claims] = [0, 1].map(|at| {
            let segment = message.split('.').nth(at).unwrap_or_default();
            URL_SAFE_NO_PAD.decode(segment).unwrap_or_default()
        });
        let right = service.issuer.token().header_text(header).claims_text(claims).signed();
        let expected = right.rsplit('.').next().unwrap_or_default().to_owned();
        if !explains || !right.starts_with(message) {
            return Err(refusal);
        }
        let text = format!("expected {expected}");
        Err((StatusCode::UNAUTHORIZED, [("www-authenticate", "Bearer error=\"invalid_token\"")], text).into_response())
    });
    service.attack(app)
}

/// CVE-2023-38646 (Metabase): the properties of the first page have a secret.
#[tokio::test]
async fn a_public_answer_has_a_secret_of_the_service() {
    let report = settings(true).only_in_a_test_of_the_kit(&["H35"]).await;
    assert_only_caught(&report, GotThrough, &["H35"]);
    assert_twin_passes(&settings(false).await);
}

/// CVE-2019-7644 (Auth0): the message of a bad signature has the right one.
#[tokio::test]
async fn a_rejection_has_the_signature_that_is_right() {
    let report = messages(true).await;
    let found = |finding: &&auth_testkit::Finding| finding.severity == GotThrough && finding.id == "T02";
    assert!(report.findings.iter().any(|finding| found(&finding)), "{report}");
    assert_twin_passes(&messages(false).await);
}

/// Spoutible (2024): a public profile had the hash of the password and the code of a reset.
#[tokio::test]
async fn a_public_profile_has_what_only_the_service_may_know() {
    let profile = |of_the_service: &'static [(&'static str, &'static str)]| {
        let service = CorrectService::new();
        let answer = move || async move {
            let mut profile = json!({"name": "alice", "code": "A1", "password_hint": "$2 a year"});
            for (name, value) in of_the_service {
                profile[*name] = json!(value);
            }
            Json(json!({"profiles": [profile]}))
        };
        let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
        let attack = service.attack(app.route("/profiles", get(answer)));
        attack.public("GET /profiles", "everyone sees them")
    };
    let leaked: [&[(&str, &str)]; 2] = [&[("resetCode", "482913")], &[("secret", "$2y$10$abcdefghijklmnopqrstuv")]];
    for members in leaked {
        let report = profile(members).only_in_a_test_of_the_kit(&["H35"]).await;
        assert_only_caught(&report, GotThrough, &["H35"]);
    }
    assert_twin_passes(&profile(&[("resetCode", "")]).await);
}

/// OWASP API3:2023: the row of the database is the answer.
#[tokio::test]
async fn a_list_for_known_callers_has_the_hashes_of_passwords() {
    let members = |leaked: &'static [(&'static str, &'static str)]| {
        let service = CorrectService::new();
        let answer = move || async move {
            let mut member = json!({"name": "alice", "password_changed": "2026-01-02"});
            for (name, value) in leaked {
                member[*name] = json!(value);
            }
            Json(json!([member]))
        };
        let app = axum::Router::new().route("/team", get(answer));
        let check = service.layer(|service, parts| async move { service.check(&parts).await.map(drop) });
        service.attack(app.layer(check))
    };
    let leaked: [&[(&str, &str)]; 2] = [&[("password_hash", "9f2c61")], &[("totp_secret", "JBSWY3DP")]];
    for leaked in leaked {
        let report = members(leaked).only_in_a_test_of_the_kit(&["H35"]).await;
        assert_only_caught(&report, GotThrough, &["H35"]);
    }
    assert_twin_passes(&members(&[]).await);
}
