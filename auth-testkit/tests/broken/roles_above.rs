//! Services whose users give roles to others.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestIssuer};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::{delete, post};
use axum::{Json, Router};
use serde_json::{Value, json};

const ROLES: [&str; 4] = ["viewer", "editor", "admin", "owner"];

fn place(role: &Value) -> Option<usize> {
    ROLES.iter().position(|known| role == known)
}

/// `own` is the role in the token. Without one, this scope does not make an owner.
fn invites(own: Option<&str>, compares: bool) -> AttackBuilder {
    let issuer = TestIssuer::new();
    let issuer = own.map_or(issuer.clone(), |own| issuer.with_claim("role", own));
    let service = CorrectService::trusting(issuer);
    let invite = move |parts: Parts, Json(body): Json<Value>| async move {
        let Some(wanted) = place(&body["role"]) else { return StatusCode::UNPROCESSABLE_ENTITY };
        let own = place(&claims_of(&parts).unwrap_or_default()["role"]).unwrap_or(2);
        if compares && wanted > own { StatusCode::FORBIDDEN } else { StatusCode::CREATED }
    };
    let check = service.layer(|service, parts| async move {
        let claims = service.check(&parts).await?;
        let may = claims.scopes().any(|scope| scope == "members:invite");
        if may { Ok(()) } else { Err(StatusCode::FORBIDDEN.into_response()) }
    });
    service
        .attack(Router::new().route("/invitations", post(invite)).layer(check))
        .requires("POST /invitations", "members:invite")
        .json("POST /invitations", json!({"email": "carol@shop.example", "role": "viewer"}))
}

#[tokio::test]
async fn a_caller_gives_a_role_above_its_own() {
    for own in [Some("editor"), None] {
        let report = invites(own, false).only_in_a_test_of_the_kit(&["H37"]).await;
        assert_only_caught(&report, GotThrough, &["H37"]);
    }
}

#[tokio::test]
async fn roles_up_to_the_own_one_pass() {
    for own in [Some("editor"), Some("owner"), None] {
        assert_twin_passes(&invites(own, true).await);
    }
}

/// A check by the order of the roles, to which one was added.
fn deletes(roles: &'static [&'static str]) -> AttackBuilder {
    let service = CorrectService::trusting(TestIssuer::new().with_claim("role", "admin"));
    let viewer = service.issuer.clone().with_claim("role", "viewer");
    let check = service.layer(move |service, parts| async move {
        let claims = service.check(&parts).await?;
        let place = |role: &str| roles.iter().position(|known| *known == role);
        let own = claims.other.get("role").and_then(Value::as_str).and_then(place);
        let may = own.is_some() && own >= place("admin");
        if may { Ok(()) } else { Err(StatusCode::FORBIDDEN.into_response()) }
    });
    service
        .attack(Router::new().route("/users/{id}", delete(|| async { StatusCode::NO_CONTENT })).layer(check))
        .parameter("id", "7")
        .requires("DELETE /users/{id}", "admin")
        .caller_lacking("admin", &viewer)
}

#[tokio::test]
async fn a_role_that_was_added_is_above_the_administrator() {
    let broken = deletes(&["viewer", "editor", "admin", "auditor"]);
    assert_only_caught(&broken.only_in_a_test_of_the_kit(&["T29"]).await, GotThrough, &["T29"]);
    assert_twin_passes(&deletes(&["auditor", "viewer", "editor", "admin"]).await);
}
