//! Services that change a password, and what a thief keeps.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use axum::Router;
use axum::body::Body;
use axum::extract::Json;
use axum::http::request::{Builder, Parts};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Nothing,
    /// All but the session of the request.
    Others,
    /// Also the own one.
    All,
}

/// The sessions or the refresh tokens of alice.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeSet<String>>>);

impl Kept {
    fn make(&self) -> String {
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random).unwrap();
        let id = format!("{:032x}", u128::from_be_bytes(random));
        self.0.lock().unwrap().insert(id.clone());
        id
    }

    fn has(&self, id: &str) -> bool {
        self.0.lock().unwrap().contains(id)
    }

    fn end(&self, ends: Ends, own: &str) {
        self.0.lock().unwrap().retain(|id| ends == Ends::Nothing || (ends == Ends::Others && id == own));
    }
}

const PASSWORD: &str = "tea for two";

fn no_session() -> Response {
    let mut rejection = auth_runtime::Rejection::MissingCredentials.into_response();
    let challenge = HeaderValue::from_static(r#"Cookie realm="api", cookie-name="__Host-session""#);
    rejection.headers_mut().insert("www-authenticate", challenge);
    rejection
}

/// The one session cookie of a request of a page of this site.
fn session_of(headers: &HeaderMap, sessions: &Kept) -> Result<String, Response> {
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin") || headers.contains_key("origin") {
        return Err(StatusCode::FORBIDDEN.into_response());
    }
    let cookies: Vec<_> = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok()).collect();
    let cookies = cookies.join("; ");
    let mut ids = cookies.split("; ").filter_map(|cookie| cookie.strip_prefix("__Host-session="));
    match (ids.next(), ids.next()) {
        (Some(id), None) if sessions.has(id) => Ok(id.to_owned()),
        _ => Err(no_session()),
    }
}

fn changes(body: &Value, ends: Ends, kept: &Kept, own: &str) -> Response {
    if body["current_password"] != PASSWORD || !body["new_password"].is_string() {
        return (StatusCode::UNPROCESSABLE_ENTITY, "wrong password").into_response();
    }
    kept.end(ends, own);
    StatusCode::NO_CONTENT.into_response()
}

fn with_sessions(sessions: &Kept, ends: Ends) -> Router {
    let (reading, writing) = (sessions.clone(), sessions.clone());
    let account = move |headers: HeaderMap| async move {
        session_of(&headers, &reading).map(|_| Json(json!({"name": "alice", "mail": "alice@shop.example"})))
    };
    let change = move |headers: HeaderMap, body: String| async move {
        let own = session_of(&headers, &writing)?;
        let body = serde_json::from_str(&body).unwrap_or_default();
        Ok::<_, Response>(changes(&body, ends, &writing, &own))
    };
    Router::new().route("/account", get(account)).route("/account/password", post(change))
}

fn attack_with_sessions(ends: Ends, body: Value) -> AttackBuilder {
    let sessions = Kept::default();
    let app = with_sessions(&sessions, ends);
    let credentials =
        TestCredentials::of("https://shop.example.com/login", move || std::future::ready(sessions.make()));
    attack(app)
        .with_credentials(&credentials.in_carrier(&Carrier::cookie("__Host-session")))
        .json("POST /account/password", body)
}

fn passwords() -> Value {
    json!({"current_password": PASSWORD, "new_password": PASSWORD})
}

async fn status(app: &Router, request: Builder, body: Value) -> StatusCode {
    app.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn another_session_is_good_after_a_new_password() {
    let sessions = Kept::default();
    let (app, stolen, own) = (with_sessions(&sessions, Ends::Nothing), sessions.make(), sessions.make());
    let change = Request::post("/account/password").header("cookie", format!("__Host-session={own}"));
    assert_eq!(status(&app, change, passwords()).await, StatusCode::NO_CONTENT);
    let exploit = Request::get("/account").header("cookie", format!("__Host-session={stolen}"));
    assert_eq!(status(&app, exploit, json!({})).await, StatusCode::OK);
    let report = attack_with_sessions(Ends::Nothing, passwords()).only_in_a_test_of_the_kit(&["N06"]).await;
    assert_only_caught(&report, GotThrough, &["N06"]);
    assert!(report.to_string().contains("session from before the new password is accepted"), "{report}");
}

#[tokio::test]
async fn sessions_that_end_with_the_password_pass() {
    for ends in [Ends::Others, Ends::All] {
        attack_with_sessions(ends, passwords()).only_in_a_test_of_the_kit(&["N06"]).await.assert_nothing_got_through();
    }
    // A user decides it, or the password was not changed.
    for body in [
        json!({"current_password": PASSWORD, "new_password": PASSWORD, "end_other_sessions": false}),
        json!({"current_password": "wrong", "new_password": PASSWORD}),
    ] {
        let attack = attack_with_sessions(Ends::Nothing, body);
        attack.only_in_a_test_of_the_kit(&["N06"]).await.assert_nothing_got_through();
    }
}

/// A log-in with an access token that expires soon, and a refresh token that is used once.
fn with_refresh_tokens(service: &CorrectService, refresh: &Kept, ends: Ends) -> Router {
    let issuer = service.issuer.clone();
    let given = refresh.clone();
    let give = move || {
        let access = issuer.token().expires_in(300).signed();
        let body = json!({"access_token": access, "refresh_token": given.make()});
        ([("cache-control", "no-store")], Json(body)).into_response()
    };
    let (of_log_in, of_renewal, known, kept) = (give.clone(), give, refresh.clone(), refresh.clone());
    let log_in = move |Json(body): Json<Value>| async move {
        let is_right = body["user"] == "alice" && body["password"] == PASSWORD;
        if is_right { of_log_in() } else { auth_runtime::Rejection::MissingCredentials.into_response() }
    };
    let renew = move |Json(body): Json<Value>| async move {
        let is_known = known.0.lock().unwrap().remove(body["refresh_token"].as_str().unwrap_or_default());
        if is_known { of_renewal() } else { auth_runtime::Rejection::MissingCredentials.into_response() }
    };
    let change = move |Json(body): Json<Value>| async move { changes(&body, ends, &kept, "") };
    let protected = Router::new()
        .route("/account", get(|| async { "the account of alice" }))
        .route("/account/password", post(change))
        .layer(service.layer(|service, parts: Parts| async move { service.check(&parts).await.map(drop) }));
    protected.route("/login", post(log_in)).route("/token", post(renew))
}

fn attack_with_refresh_tokens(ends: Ends) -> AttackBuilder {
    let service = CorrectService::new();
    service
        .attack(with_refresh_tokens(&service, &Kept::default(), ends))
        .public("POST /login", "takes the password")
        .public("POST /token", "takes a refresh token")
        .json("POST /login", json!({"user": "alice", "password": PASSWORD}))
        .json("POST /token", json!({"refresh_token": "00000000000000000000000000000000"}))
        .answers("POST /token", 401)
        .json("POST /account/password", passwords())
}

#[tokio::test]
async fn a_refresh_token_is_good_after_a_new_password() {
    let (service, refresh) = (CorrectService::new(), Kept::default());
    let (app, stolen) = (with_refresh_tokens(&service, &refresh, Ends::Nothing), refresh.make());
    let bearer = format!("Bearer {}", service.issuer.token().signed());
    let json = |request: Builder| request.header("content-type", "application/json");
    let change = json(Request::post("/account/password").header("authorization", bearer));
    assert_eq!(status(&app, change, passwords()).await, StatusCode::NO_CONTENT);
    assert_eq!(status(&app, json(Request::post("/token")), json!({"refresh_token": stolen})).await, StatusCode::OK);
    let report = attack_with_refresh_tokens(Ends::Nothing).only_in_a_test_of_the_kit(&["N06"]).await;
    assert_only_caught(&report, GotThrough, &["N06"]);
    assert!(report.to_string().contains("refresh token from before the new password"), "{report}");
}

#[tokio::test]
async fn refresh_tokens_that_end_with_the_password_pass() {
    assert_twin_passes(&attack_with_refresh_tokens(Ends::All).await);
}

/// A log-in that sets a cookie. Programs send a token instead.
fn with_log_in(service: &CorrectService, sessions: &Kept, ends: Ends) -> Router {
    let (started, known, kept) = (sessions.clone(), sessions.clone(), sessions.clone());
    let log_in = move |Json(body): Json<Value>| async move {
        if body["user"] != "alice" || body["password"] != PASSWORD {
            return auth_runtime::Rejection::MissingCredentials.into_response();
        }
        let cookie = format!("__Host-session={}; Path=/; Secure; HttpOnly; SameSite=Lax", started.make());
        ([("set-cookie", cookie)], "welcome").into_response()
    };
    let change = move |headers: HeaderMap, Json(body): Json<Value>| async move {
        let own = session_of(&headers, &kept).unwrap_or_default();
        changes(&body, ends, &kept, &own)
    };
    let check = move |service: CorrectService, parts: Parts| {
        let session = session_of(&parts.headers, &known);
        async move {
            if parts.headers.contains_key("authorization") || !parts.headers.contains_key("cookie") {
                return service.check(&parts).await.map(drop);
            }
            session.map(drop)
        }
    };
    let protected = Router::new()
        .route("/account", get(|| async { "the account of alice" }))
        .route("/account/password", post(change))
        .layer(service.layer(check));
    protected.route("/login", post(log_in))
}

#[tokio::test]
async fn the_session_of_another_log_in_is_good_after_a_new_password() {
    for (ends, is_found) in [(Ends::Nothing, true), (Ends::Others, false), (Ends::All, false)] {
        let service = CorrectService::new();
        let attack = service
            .attack(with_log_in(&service, &Kept::default(), ends))
            .public("POST /login", "takes the password")
            .json("POST /login", json!({"user": "alice", "password": PASSWORD}))
            .json("POST /account/password", passwords());
        let report = attack.only_in_a_test_of_the_kit(&["N06"]).await;
        if is_found {
            assert_only_caught(&report, GotThrough, &["N06"]);
        } else {
            report.assert_nothing_got_through();
        }
    }
}
