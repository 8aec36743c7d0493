//! Services whose clients give themselves a permission or a role.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of, token_of};
use auth_runtime::Rejection;
use auth_testkit::Severity::{Control, GotThrough};
use auth_testkit::{AttackBuilder, TestIssuer};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

/// What a service takes from the client.
#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    Metadata,
    Cache,
    Typed,
    Whole,
    Form,
    Profile,
}

const MISTAKES: [(Mistake, &str); 6] = [
    (Mistake::Metadata, "T29"),
    (Mistake::Cache, "T29"),
    (Mistake::Typed, "H37"),
    (Mistake::Whole, "H37"),
    (Mistake::Form, "H37"),
    (Mistake::Profile, "H37"),
];

fn lacks(permission: &'static str, scope: Option<&'static str>) -> Response {
    Rejection::InsufficientScope { permission, scope }.into_response()
}

/// The role of a new user, which is the client's where the handler reads it.
fn role(user: &Map<String, Value>, reads: bool) -> Value {
    user.get("role").filter(|_| reads).cloned().unwrap_or_else(|| json!("customer"))
}

fn app(service: &CorrectService, mistake: Mistake) -> Router {
    let cached: Arc<Mutex<HashSet<String>>> = Arc::default();
    let (profile, shown) = (Arc::new(Mutex::new(json!("customer"))), move |role: &Value| json!({"role": role}));
    let changed = Arc::clone(&profile);
    let typed = move |Json(user): Json<Map<String, Value>>| async move {
        Json(json!({"name": user.get("name"), "role": role(&user, mistake == Mistake::Typed)}))
    };
    let whole = move |Json(mut user): Json<Map<String, Value>>| async move {
        if mistake != Mistake::Whole {
            user.insert("is_admin".to_owned(), json!(false));
        }
        Json(user)
    };
    let form = move |body: String| async move {
        let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
        let user = pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect();
        Json(json!({"role": role(&user, mistake == Mistake::Form)}))
    };
    let change = move |Json(user): Json<Map<String, Value>>| async move {
        if let Some(role) = user.get("role").filter(|_| mistake == Mistake::Profile) {
            *changed.lock().unwrap() = role.clone();
        }
    };
    let open = Router::new().route("/register", post(typed)).route("/users", post(whole)).route("/join", post(form));
    let routes = Router::new()
        .route("/profile", get(move || async move { Json(shown(&profile.lock().unwrap())) }).patch(change))
        .route("/echo", post(|body: String| async move { body }))
        .route("/reports", get(|| async { "reports" }).post(|| async { "a report" }))
        .route("/staff", get(|| async { "staff" }));
    let routes = routes.layer(service.layer(move |service, parts| {
        let cached = Arc::clone(&cached);
        async move {
            let claims = service.check(&parts).await?;
            let token = token_of(&parts).unwrap_or_default().to_owned();
            let all = claims_of(&parts).unwrap_or_default();
            let own = &all["user_metadata"]["role"];
            let may = all["app_metadata"]["role"] == "staff" || (mistake == Mistake::Metadata && own == "staff");
            if parts.uri.path() == "/staff" && !may {
                return Err(lacks("staff", None));
            }
            if parts.uri.path() == "/reports" {
                let is_cached = cached.lock().unwrap().contains(&token);
                let scope = if parts.method == Method::POST { "reports:write" } else { "reports:read" };
                let may = claims.scopes().any(|own| own == scope) || (mistake == Mistake::Cache && is_cached);
                if !may {
                    return Err(lacks(scope, Some(scope)));
                }
                cached.lock().unwrap().insert(token);
            }
            Ok(())
        }
    }));
    open.merge(routes)
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let issuer = TestIssuer::new();
    let customer = issuer.clone().with_claim("app_metadata", json!({"role": "customer"}));
    let service = CorrectService::trusting(issuer.with_claim("app_metadata", json!({"role": "staff"})));
    let attack = service.attack(app(&service, mistake));
    let attack = ["POST /register", "POST /users", "POST /join"]
        .into_iter()
        .fold(attack, |attack, route| attack.public(route, "every visitor may register"));
    attack
        .json("POST /users", json!({"username": "carol", "password": "a long password"}))
        .body("POST /join", "application/x-www-form-urlencoded", "name=carol")
        .requires("GET /reports", "reports:read")
        .requires("POST /reports", "reports:write")
        .requires("GET /staff", "staff")
        .caller_lacking("staff", &customer)
}

#[tokio::test]
async fn a_client_gives_itself_a_permission() {
    for (mistake, id) in MISTAKES {
        assert_only_caught(&attack_on(mistake).only_in_a_test_of_the_kit(&["T29", "H37"]).await, GotThrough, &[id]);
    }
}

/// The test names a caller, and forgets the routes.
#[tokio::test]
async fn routes_that_deny_a_caller_are_attacked_without_their_names() {
    for is_broken in [false, true] {
        let customer = TestIssuer::new();
        let service = CorrectService::trusting(customer.clone().with_claim("app_metadata", json!({"role": "staff"})));
        let mistake = if is_broken { Mistake::Metadata } else { Mistake::None };
        let app = Router::new().route("/staff", get(|| async { "staff" })).layer(service.layer(
            move |service, parts| async move {
                service.check(&parts).await?;
                let claims = claims_of(&parts).unwrap_or_default();
                let own = mistake == Mistake::Metadata && claims["user_metadata"]["role"] == "staff";
                if own || claims["app_metadata"]["role"] == "staff" { Ok(()) } else { Err(lacks("staff", None)) }
            },
        ));
        let report = service.attack(app).caller_lacking("staff", &customer).only_in_a_test_of_the_kit(&["T29"]).await;
        let found = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
        assert_eq!((found(Control), found(GotThrough) > 0), (1, is_broken), "{report}");
    }
}

#[tokio::test]
async fn permissions_of_the_issuer_pass() {
    assert_twin_passes(&attack_on(Mistake::None).await);
}
