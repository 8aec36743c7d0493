//! Services that take a token for the password of its user.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::body::Body;
use axum::extract::{Json, State};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tower::ServiceExt;

/// What the route that creates tokens accepts.
#[derive(Clone, Copy, PartialEq)]
enum Accepts {
    Password,
    /// Also a token, in Basic only.
    TokenAsPassword,
    /// A token is enough, in each of its carriers.
    Token,
    /// Each password of alice.
    Anything,
}

fn basic_of(headers: &HeaderMap) -> Option<(String, String)> {
    let text = headers.get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

async fn may_create(service: &CorrectService, accepts: Accepts, headers: &HeaderMap) -> bool {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return accepts == Accepts::Token && service.check_token(token).await.is_ok();
    }
    let Some((user, password)) = basic_of(headers) else { return false };
    let takes_token = matches!(accepts, Accepts::TokenAsPassword | Accepts::Token);
    let is_token = takes_token && password == "x-oauth-basic" && service.check_token(&user).await.is_ok();
    is_token || accepts == Accepts::Anything || (user == "alice" && password == "tea for two")
}

fn app(service: &CorrectService, accepts: Accepts) -> Router {
    let create = move |State(service): State<CorrectService>, headers: HeaderMap, Json(body): Json<Value>| async move {
        if may_create(&service, accepts, &headers).await {
            let created = ([("cache-control", "no-store")], Json(json!({"name": body["name"]})));
            return (StatusCode::CREATED, created).into_response();
        }
        let mut rejection: Response = auth_runtime::Rejection::MissingCredentials.into_response();
        rejection.headers_mut().insert("www-authenticate", HeaderValue::from_static(r#"Basic realm="api""#));
        rejection
    };
    let layer = service.layer(|service, parts| async move { service.check(&parts).await.map(drop) });
    let protected = Router::new().route("/user", get(|| async { "alice" })).layer(layer);
    protected.merge(Router::new().route("/user/tokens", post(create)).with_state(service.clone()))
}

fn attack_on(accepts: Accepts) -> AttackBuilder {
    let service = CorrectService::new();
    service
        .attack(app(&service, accepts))
        .public("POST /user/tokens", "takes the password in Basic")
        .json("POST /user/tokens", json!({"name": "ci"}))
        .answers("POST /user/tokens", 401)
}

#[tokio::test]
async fn a_token_is_taken_for_the_password() {
    let service = CorrectService::new();
    let pair = format!("{}:x-oauth-basic", service.issuer.token().signed());
    let exploit = Request::post("/user/tokens")
        .header("authorization", format!("Basic {}", STANDARD.encode(pair)))
        .header("content-type", "application/json");
    let exploit = exploit.body(Body::from(r#"{"name": "mine"}"#)).unwrap();
    let response = app(&service, Accepts::TokenAsPassword).oneshot(exploit).await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let report = attack_on(Accepts::TokenAsPassword).only_in_a_test_of_the_kit(&["H02"]).await;
    assert_only_caught(&report, GotThrough, &["H02"]);
    assert!(report.to_string().contains("\n  any authenticated caller can send it\n"), "{report}");
}

/// A service may take tokens in Basic. Where any password passes, another attack finds it.
#[tokio::test]
async fn a_route_for_which_a_token_is_enough_passes() {
    for accepts in [Accepts::Token, Accepts::Anything] {
        let report = attack_on(accepts).only_in_a_test_of_the_kit(&["H02"]).await;
        assert!(report.findings.iter().all(|finding| finding.severity != GotThrough), "{report}");
    }
}

#[tokio::test]
async fn the_password_alone_creates_tokens() {
    assert_twin_passes(&attack_on(Accepts::Password).await);
}
