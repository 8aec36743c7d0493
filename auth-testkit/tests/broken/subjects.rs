//! Services that take a subject that is almost the owner's for the owner.

use crate::support::{
    CorrectService, assert_exploited, assert_only_caught, assert_twin_passes, claims_of, token_of, unverified,
};
use auth_runtime::Claims;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestIssuer};
use axum::Router;
use axum::extract::Path;
use axum::http::request::{Builder, Parts};
use axum::http::{Request, StatusCode};
use axum::routing::{get, put};
use serde_json::Value;

/// Whether the claims are those of the owner.
type IsOwner = fn(&Value) -> bool;

const BY_SUBJECT: IsOwner = |claims| claims["sub"] == "alice";

/// Alice has the note 7. The callers of a partner come with tokens of its own.
fn app(service: &CorrectService, partner: &CorrectService, is_owner: IsOwner) -> Router {
    let partner = partner.clone();
    let read = move |Path(id): Path<String>, parts: Parts| async move {
        let is_hers = id == "7" && is_owner(&claims_of(&parts).unwrap_or_default());
        if is_hers { Ok("note 7: the code is 4711") } else { Err(StatusCode::NOT_FOUND) }
    };
    let write = move |Path(id): Path<String>, parts: Parts| async move {
        let is_hers = id == "7" && is_owner(&claims_of(&parts).unwrap_or_default());
        if is_hers { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
    };
    let app = Router::new().route("/notes/{id}", get(read)).route("/notes/{id}/title", put(write));
    app.layer(service.layer(move |service, parts| {
        let partner = partner.clone();
        async move {
            let claims = token_of(&parts).and_then(unverified).unwrap_or_default().1;
            let checked: Result<Claims, _> = if claims["iss"] == partner.issuer.name() {
                partner.check(&parts).await
            } else {
                service.check(&parts).await
            };
            checked.map(drop)
        }
    }))
}

fn partner() -> CorrectService {
    CorrectService::trusting(TestIssuer::new().named("https://partner.test/"))
}

fn attack_on(service: &CorrectService, app: Router, is_declared: bool) -> AttackBuilder {
    let attack = service.attack(app).parameter("id", "7");
    if is_declared { attack.owned("GET /notes/{id}") } else { attack }
}

fn note_with(token: &str) -> Builder {
    Request::get("/notes/7").header("authorization", format!("Bearer {token}"))
}

/// Descope 2023 ("nOAuth"): the account is looked up without the issuer.
#[tokio::test]
async fn the_same_subject_of_another_issuer_is_the_owner() {
    let (service, partner) = (CorrectService::new(), partner());
    let broken = app(&service, &partner, BY_SUBJECT);
    assert_exploited(&broken, note_with(&partner.issuer.token().subject("alice").signed())).await;
    for is_declared in [true, false] {
        let attack = attack_on(&service, broken.clone(), is_declared).also_trusting(&partner.issuer);
        let report = attack.only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
    }
}

/// RFC 7519 section 2: subjects are compared case-sensitively.
#[tokio::test]
async fn another_spelling_of_the_owner_is_the_owner() {
    let without_case: IsOwner = |claims| claims["sub"].as_str().unwrap_or_default().eq_ignore_ascii_case("alice");
    let trimmed: IsOwner = |claims| claims["sub"].as_str().unwrap_or_default().trim() == "alice";
    let by_start: IsOwner = |claims| claims["sub"].as_str().unwrap_or_default().starts_with("alice");
    let by_its_start: IsOwner = |claims| "alice".starts_with(claims["sub"].as_str().unwrap_or("-"));
    let of_any_domain: IsOwner = |claims| claims["sub"].as_str().unwrap_or_default().split('@').next() == Some("alice");
    let first_segment: IsOwner = |claims| claims["sub"].as_str().unwrap_or_default().split('/').next() == Some("alice");
    let without_tag: IsOwner = |claims| claims["sub"].as_str().unwrap_or_default().split('+').next() == Some("alice");
    let up_to_nul: IsOwner = |claims| claims["sub"].as_str().unwrap_or_default().split('\0').next() == Some("alice");
    for (is_owner, exploit) in [
        (without_case, "ALICE"),
        (trimmed, "alice "),
        (by_start, "alice1"),
        (by_its_start, "alic"),
        (of_any_domain, "alice@evil.example"),
        (first_segment, "alice/x"),
        (without_tag, "alice+x"),
        (up_to_nul, "alice\0x"),
    ] {
        let service = CorrectService::new();
        let broken = app(&service, &partner(), is_owner);
        assert_exploited(&broken, note_with(&service.issuer.token().subject(exploit).signed())).await;
        for is_declared in [true, false] {
            let attack = attack_on(&service, broken.clone(), is_declared);
            let report = attack.only_in_a_test_of_the_kit(&["H36"]).await;
            assert_only_caught(&report, GotThrough, &["H36"]);
            let spelled = report.findings.iter().filter(|finding| finding.route == "GET /notes/{id}");
            assert_eq!(spelled.count(), 1, "one cause is one finding: {report}");
        }
    }
}

/// The route is for all, so a near subject shows nothing more.
#[tokio::test]
async fn an_object_for_all_has_one_finding() {
    let service = CorrectService::new();
    let report = attack_on(&service, app(&service, &partner(), |_| true), true);
    let report = report.only_in_a_test_of_the_kit(&["H36"]).await;
    let notes: Vec<_> = report.findings.iter().filter(|finding| finding.route == "GET /notes/{id}").collect();
    assert!(notes.len() == 1 && notes[0].problem.contains("another caller gets the object"), "{report}");
}

#[tokio::test]
async fn an_owner_by_the_issuer_and_the_subject_passes() {
    let (service, partner) = (CorrectService::new(), partner());
    let is_owner: IsOwner = |claims| claims["sub"] == "alice" && claims["iss"] != "https://partner.test/";
    let attack = attack_on(&service, app(&service, &partner, is_owner), true).also_trusting(&partner.issuer);
    assert_twin_passes(&attack.await);
}

/// CVE-2023-3128: any tenant of the provider can set the e-mail address of its users.
#[tokio::test]
async fn the_same_email_of_another_subject_is_the_owner() {
    let service = CorrectService::trusting(TestIssuer::new().with_claim("email", "alice@corp.test"));
    let broken = app(&service, &partner(), |claims| claims["email"] == "alice@corp.test");
    let exploit = service.issuer.token().subject("mallory").claim("email", "alice@corp.test");
    assert_exploited(&broken, note_with(&exploit.signed())).await;
    for is_declared in [true, false] {
        let attack = attack_on(&service, broken.clone(), is_declared);
        let report = attack.only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("with the `email` of the owner"), "{report}");
    }
    let right = app(&service, &partner(), BY_SUBJECT);
    assert_twin_passes(&attack_on(&service, right, true).await);
}
