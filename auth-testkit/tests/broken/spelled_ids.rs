//! Services whose check and whose handler read the number of an object in two ways.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, put};

/// How a part of the service reads the number.
type Read = fn(&str) -> Option<u32>;

const STRICT: Read = |id| id.parse().ok().filter(|number: &u32| number.to_string() == id);
const LENIENT: Read = |id| id.parse().ok();
const DIGITS: Read = |id| id.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok();

/// Alice has the note 7, and the confidential document 7 needs a scope.
fn attack_on(service: &CorrectService, by_check: Read, by_handler: Read) -> AttackBuilder {
    let title = move |Path(id): Path<String>, parts: Parts| async move {
        // The handler answers 404.
        if by_check(&id) == Some(7) && claims_of(&parts).unwrap_or_default()["sub"] != "alice" {
            return StatusCode::FORBIDDEN;
        }
        if by_handler(&id) == Some(7) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
    };
    let document = move |Path(id): Path<String>, parts: Parts| async move {
        let claims = claims_of(&parts).unwrap_or_default();
        let may = claims["scope"].as_str().unwrap_or_default().split(' ').any(|scope| scope == "docs:confidential");
        if by_check(&id) == Some(7) && !may {
            return Err(StatusCode::FORBIDDEN);
        }
        match by_handler(&id) {
            Some(7) => Ok("the salaries of this year"),
            _ => Err(StatusCode::NOT_FOUND),
        }
    };
    let app = Router::new().route("/notes/{id}", put(title)).route("/documents/{id}", get(document));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let attack = service.attack(app).parameter("id", "7").owned("PUT /notes/{id}");
    attack.requires("GET /documents/{id}", "docs:confidential")
}

/// CVE-2017-1001000 (WordPress): the check finds no post `7abc`, and the handler takes the digits.
#[tokio::test]
async fn the_check_does_not_know_a_spelling_of_the_number() {
    for (by_check, by_handler) in [(STRICT, DIGITS), (STRICT, LENIENT), (LENIENT, DIGITS)] {
        let service = CorrectService::new();
        let attack = attack_on(&service, by_check, by_handler);
        let report = attack.only_in_a_test_of_the_kit(&["H36", "T29"]).await;
        assert_only_caught(&report, GotThrough, &["H36", "T29"]);
        assert_eq!(report.findings.iter().filter(|finding| finding.problem.contains("spelling of the id")).count(), 2);
    }
}

#[tokio::test]
async fn a_check_that_reads_the_number_as_the_handler_does_passes() {
    for read in [STRICT, LENIENT, DIGITS] {
        assert_twin_passes(&attack_on(&CorrectService::new(), read, read).await);
    }
}
