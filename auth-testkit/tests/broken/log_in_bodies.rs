//! Services whose log-in takes more than a name and its password.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

const PASSWORD: &str = "Tea-4711-Tea";

#[derive(Clone, Copy, PartialEq, Debug)]
enum Mistake {
    None,
    /// `None == None`.
    Absent,
    /// The value of the body is a part of the query.
    Operator,
    /// A text of the query is made of those of the body.
    Sql,
    /// The shorter of both texts decides.
    Start,
    Case,
    /// The account of the first installation.
    Delivered,
}

fn is_right(mistake: Mistake, body: &Value) -> bool {
    let user = body["user"].as_str().unwrap_or_default();
    let given = body["password"].as_str();
    let known = (user == "dana").then_some(PASSWORD);
    let is_equal = given.is_some() && given == known;
    let given_or_empty = given.unwrap_or_default();
    is_equal
        || match mistake {
            Mistake::None => false,
            Mistake::Absent => given == known,
            Mistake::Operator => known.is_some() && body["password"]["$ne"].is_string(),
            Mistake::Sql => given_or_empty.ends_with("OR '1'='1") || user.ends_with("'-- "),
            Mistake::Start => given_or_empty.len() >= 8 && known.is_some_and(|known| known.starts_with(given_or_empty)),
            Mistake::Case => known.is_some_and(|known| known.eq_ignore_ascii_case(given_or_empty)),
            Mistake::Delivered => user == "admin" && given == Some("admin"),
        }
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let service = CorrectService::new();
    let log_in = move |Json(body): Json<Value>| async move { answer(is_right(mistake, &body)) };
    let app = service.behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    service
        .attack(app.route("/login", post(log_in)))
        .public("POST /login", "gives a token")
        .json("POST /login", json!({"user": "dana", "password": PASSWORD}))
}

fn answer(is_right: bool) -> Response {
    if is_right { Json(json!({"token": "7d1f"})).into_response() } else { StatusCode::BAD_REQUEST.into_response() }
}

#[tokio::test]
async fn a_log_in_accepts_a_body_without_the_right_password() {
    for mistake in [Mistake::Absent, Mistake::Operator, Mistake::Sql, Mistake::Start, Mistake::Case, Mistake::Delivered]
    {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&["H38"]).await;
        assert!(!report.findings.is_empty(), "{mistake:?}: {report}");
        assert_only_caught(&report, GotThrough, &["H38"]);
    }
}

#[tokio::test]
async fn a_log_in_that_compares_the_whole_password_passes() {
    assert_twin_passes(&attack_on(Mistake::None).await);
}
