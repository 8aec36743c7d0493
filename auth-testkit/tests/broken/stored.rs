//! Services that decide by what they have stored of a caller, and store or compare too little.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestIssuer};
use axum::Router;
use axum::extract::{Json, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// The whole body is stored in the profile.
    Profile,
    /// The role of a new user is that of the body.
    SignUp,
    /// A user without a row is an administrator.
    Default,
    /// The redirect of another user has the page.
    Redirect,
    /// The header selects the tenant.
    Tenant,
    /// The header replaces the tenant of the token, which the service does not know.
    Fallback,
}

const MISTAKES: [(Mistake, &str); 6] = [
    (Mistake::Profile, "H37"),
    (Mistake::SignUp, "H37"),
    (Mistake::Default, "T29"),
    (Mistake::Redirect, "H36"),
    (Mistake::Tenant, "H31"),
    (Mistake::Fallback, "H31"),
];

/// Roles by user.
type Roles = Arc<Mutex<HashMap<String, String>>>;

fn claim(parts: &Parts, name: &str) -> String {
    claims_of(parts).unwrap_or_default()[name].as_str().unwrap_or_default().to_owned()
}

fn roles(mistake: Mistake) -> Router {
    let known = [("dana", "admin"), ("alice", "customer")].map(|(name, role)| (name.to_owned(), role.to_owned()));
    let roles: Roles = Arc::new(Mutex::new(HashMap::from(known)));
    let (profiles, accounts) = (Arc::clone(&roles), Arc::clone(&roles));
    let change = move |parts: Parts, Json(body): Json<Value>| async move {
        if let Some(role) = body["role"].as_str().filter(|_| mistake == Mistake::Profile) {
            profiles.lock().unwrap().insert(claim(&parts, "sub"), role.to_owned());
        }
        StatusCode::NO_CONTENT
    };
    let register = move |Json(body): Json<Value>| async move {
        let Some(name) = body["name"].as_str() else { return StatusCode::BAD_REQUEST };
        let role = body["role"].as_str().filter(|_| mistake == Mistake::SignUp).unwrap_or("customer");
        accounts.lock().unwrap().entry(name.to_owned()).or_insert(role.to_owned());
        StatusCode::CREATED
    };
    let users = move |parts: Parts| async move {
        let role = roles.lock().unwrap().get(&claim(&parts, "sub")).cloned();
        let role = role.or_else(|| (mistake == Mistake::Default).then(|| "admin".to_owned()));
        if role.as_deref() == Some("admin") { Ok("[dana, alice]") } else { Err(StatusCode::FORBIDDEN) }
    };
    Router::new().route("/me", patch(change)).route("/signup", post(register)).route("/reports", get(users))
}

fn pages(mistake: Mistake) -> Router {
    let page = move |Path(name): Path<String>, parts: Parts| async move {
        let page = format!("the API key of {name}: 4711");
        if name == claim(&parts, "sub") {
            return page.into_response();
        }
        let shown = if mistake == Mistake::Redirect { page } else { String::new() };
        (StatusCode::FOUND, [("location", "/")], shown).into_response()
    };
    let projects = move |parts: Parts| async move {
        let own = claim(&parts, "tenant");
        let header = parts.headers.get("x-tenant").and_then(|tenant| tenant.to_str().ok());
        let tenant = header.ok_or(StatusCode::BAD_REQUEST)?;
        let is_own = mistake == Mistake::Tenant || own == tenant;
        if !is_own {
            return Err(StatusCode::FORBIDDEN);
        }
        projects_of(tenant)
    };
    let documents = move |parts: Parts| async move {
        let own = claim(&parts, "tenant");
        let header = parts.headers.get("x-tenant-id").and_then(|tenant| tenant.to_str().ok());
        projects_of(header.filter(|_| mistake == Mistake::Fallback).unwrap_or(&own))
    };
    Router::new()
        .route("/accounts/{name}/page", get(page))
        .route("/projects", get(projects))
        .route("/documents", get(documents))
}

fn projects_of(tenant: &str) -> Result<&'static str, StatusCode> {
    if tenant == "acme" { Ok("the rockets of acme") } else { Err(StatusCode::NOT_FOUND) }
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let issuer = TestIssuer::new().with_claim("sub", "dana").with_claim("tenant", "acme");
    let service = CorrectService::trusting(issuer);
    let routes = roles(mistake).merge(pages(mistake)).layer(service.layer(move |service, parts| async move {
        let is_public = parts.uri.path() == "/signup";
        if is_public { Ok::<_, Response>(()) } else { service.check(&parts).await.map(drop) }
    }));
    let alice = service.issuer.clone().with_claim("sub", "alice");
    service
        .attack(routes)
        .public("POST /signup", "new customers")
        .json("POST /signup", json!({"name": "zoe", "password": "correct horse"}))
        .json("PATCH /me", json!({"email": "new@example.com"}))
        .requires("GET /reports", "admin")
        .caller_lacking("admin", &alice)
        .parameter("name", "dana")
        .header("GET /projects", "x-tenant", "acme")
}

#[tokio::test]
async fn roles_pages_and_tenants_of_others_are_caught() {
    for (mistake, id) in MISTAKES {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&[id]).await;
        assert_only_caught(&report, GotThrough, &[id]);
    }
}

#[tokio::test]
async fn roles_that_the_service_stores_pass() {
    assert_twin_passes(&attack_on(Mistake::None).await);
}
