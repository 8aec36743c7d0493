//! Services whose sessions a client gets without a log-in.

use crate::support::{CorrectService, assert_caught, assert_only_caught, assert_twin_passes, refused};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::{GotThrough, Wrong};
use auth_testkit::{AttackBuilder, TestCredentials};
use axum::Router;
use axum::extract::Json;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// The cookie is the name, in base64url.
    Name,
    /// The cookie is JSON without a signature.
    Json,
    /// The session of a guest opens the account.
    Guest,
    /// `Ok(false)` is a result, too.
    Password,
    /// The log-in puts the user into the session that the client names.
    Fixed,
    /// So does this one, where the client is a known guest.
    FixedGuest,
    /// The log-out deletes the cookie of the browser, and leaves the session.
    LogOut,
    /// The log-in tells unknown users apart.
    Unknown,
    /// The key of the job is not configured.
    EmptyKey,
    /// The same, of a header that the good request has.
    EmptyDeclared,
}

const MISTAKES: [(Mistake, &str); 9] = [
    (Mistake::Name, "N01"),
    (Mistake::Json, "N03"),
    (Mistake::Guest, "H35"),
    (Mistake::Password, "H38"),
    (Mistake::LogOut, "N06"),
    (Mistake::Fixed, "H39"),
    (Mistake::FixedGuest, "H39"),
    (Mistake::EmptyKey, "H11"),
    (Mistake::EmptyDeclared, "H11"),
];

const COOKIE: &str = "__Host-session";

/// Users by session. A guest has none.
#[derive(Clone, Default)]
struct Sessions(Arc<Mutex<HashMap<String, Option<String>>>>);

impl Sessions {
    fn start(&self, user: Option<&str>, mistake: Mistake) -> String {
        let mut random = [0; 18];
        aws_lc_rs::rand::fill(&mut random).unwrap();
        let id = match (mistake, user) {
            (Mistake::Name, Some(user)) => URL_SAFE_NO_PAD.encode(user),
            (Mistake::Json, Some(user)) => URL_SAFE_NO_PAD.encode(json!({"user": user, "theme": "dark"}).to_string()),
            _ => URL_SAFE_NO_PAD.encode(random),
        };
        self.0.lock().unwrap().insert(id.clone(), user.map(str::to_owned));
        id
    }

    /// Whether a log-in goes on with this session.
    fn keeps(&self, id: &str, mistake: Mistake) -> bool {
        let is_known = self.0.lock().unwrap().contains_key(id);
        mistake == Mistake::Fixed || (mistake == Mistake::FixedGuest && is_known)
    }

    fn is_known(&self, id: &str, mistake: Mistake) -> bool {
        let decoded = || Some(String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).unwrap_or_default());
        match mistake {
            Mistake::Name => decoded().is_some_and(|name| ["alice", "bob"].contains(&name.as_str())),
            Mistake::Json => {
                let json = decoded().and_then(|text| serde_json::from_str::<Value>(&text).ok()).unwrap_or_default();
                json["theme"] == "dark" && json["user"] == "alice"
            }
            _ => {
                let sessions = self.0.lock().unwrap();
                sessions.get(id).is_some_and(|user| user.is_some() || mistake == Mistake::Guest)
            }
        }
    }
}

fn with_cookie(id: &str, body: &'static str) -> Response {
    let cookie = format!("{COOKIE}={id}; Path=/; Secure; HttpOnly; SameSite=Lax");
    ([("set-cookie", cookie)], body).into_response()
}

fn verify(password: &Value, stored: &str) -> Result<bool, &'static str> {
    let password = password.as_str().ok_or("not a text")?;
    Ok(password == stored)
}

fn public(sessions: &Sessions, mistake: Mistake) -> Router {
    let (carts, log_ins) = (sessions.clone(), sessions.clone());
    let cart = move || async move { with_cookie(&carts.start(None, mistake), "an empty cart") };
    let log_in = move |headers: HeaderMap, Json(form): Json<Value>| async move {
        let verified = verify(&form["password"], "tea for two");
        let is_right = if mistake == Mistake::Password { verified.is_ok() } else { verified == Ok(true) };
        if form["user"] != "dana" || !is_right {
            let is_told = mistake == Mistake::Unknown && form["user"] != "dana";
            let why = if is_told { "unknown user" } else { "wrong user or password" };
            return (StatusCode::UNAUTHORIZED, format!("{}: {why}", form["user"])).into_response();
        }
        let presented = headers.get("cookie").and_then(|value| value.to_str().ok());
        let presented = presented.and_then(|cookie| cookie.strip_prefix(COOKIE)?.strip_prefix('='));
        if let Some(id) = presented.filter(|id| log_ins.keeps(id, mistake)) {
            log_ins.0.lock().unwrap().insert(id.to_owned(), Some("alice".to_owned()));
            return with_cookie(id, "welcome");
        }
        with_cookie(&log_ins.start(Some("alice"), mistake), "welcome")
    };
    let ended = sessions.clone();
    let log_out = move |headers: HeaderMap| async move {
        let presented = headers.get("cookie").and_then(|value| value.to_str().ok());
        if let Some(id) = presented.and_then(|cookie| cookie.strip_prefix(COOKIE)?.strip_prefix('='))
            && mistake != Mistake::LogOut
        {
            ended.0.lock().unwrap().remove(id);
        }
        with_cookie("", "see you")
    };
    // A client that registers chooses its password.
    let register =
        |Json(form): Json<Value>| async move { with_cookie(form["user"].as_str().unwrap_or("guest"), "welcome") };
    // The page puts its token into a cookie, which is verified with each request.
    let keep = |Json(form): Json<Value>| async move { with_cookie(form["token"].as_str().unwrap_or("none"), "") };
    Router::new()
        .route("/cart", get(cart))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/register", post(register))
        .route("/page/token", post(keep))
}

fn app(service: &CorrectService, sessions: &Sessions, mistake: Mistake) -> Router {
    let known = sessions.clone();
    let check = move |service: CorrectService, mut parts: Parts| {
        let sessions = known.clone();
        async move {
            let is_job = parts.uri.path() == "/jobs/invoices";
            let empty = |name: &str| is_job && parts.headers.get(name).is_some_and(HeaderValue::is_empty);
            if (mistake == Mistake::EmptyKey && empty("x-cron-key"))
                || (mistake == Mistake::EmptyDeclared && empty("x-nightly"))
            {
                return Ok(());
            }
            let cookies = parts.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
            let cookies = cookies.collect::<Vec<_>>().join("; ");
            let ids = cookies.split("; ").filter_map(|cookie| cookie.strip_prefix(COOKIE)?.strip_prefix('='));
            let ids: Vec<&str> = ids.collect();
            let is_cross_site = parts.headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin")
                || parts.headers.contains_key("origin");
            match ids.as_slice() {
                [] => service.check(&parts).await.map(drop),
                _ if is_cross_site => Err(StatusCode::FORBIDDEN.into_response()),
                [id] if !parts.headers.contains_key("authorization") => {
                    let is_known = sessions.is_known(id, mistake);
                    // The rejection of a bad token.
                    parts.headers.insert("authorization", HeaderValue::from_static("Bearer a.b.c"));
                    if is_known { Ok(()) } else { service.check(&parts).await.map(drop) }
                }
                _ => Err(refused()),
            }
        }
    };
    let routes = Router::new()
        .route("/account", get(|| async { "the account of the caller" }))
        .route("/jobs/invoices", post(|| async { "12 invoices sent" }));
    routes.layer(service.layer(check)).merge(public(sessions, mistake))
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let (service, sessions) = (CorrectService::new(), Sessions::default());
    let app = app(&service, &sessions, mistake);
    let log_in = move || std::future::ready(sessions.start(Some("alice"), mistake));
    let credentials = TestCredentials::of("https://shop.example.com/login", log_in);
    let form = json!({"user": "dana", "password": "tea for two"});
    service
        .attack(app)
        .with_credentials(&credentials.in_carrier(&Carrier::cookie(COOKIE)))
        .public("GET /cart", "guests have carts too")
        .public("POST /login", "signs users in")
        .public("POST /logout", "a client without a session may log out")
        .public("POST /register", "new customers")
        .public("POST /page/token", "the token is verified with each request")
        .json("POST /page/token", json!({"token": "a.b.c"}))
        .json("POST /login", form.clone())
        .json("POST /register", form)
        .header("POST /jobs/invoices", "x-nightly", "yes")
}

#[tokio::test]
async fn sessions_without_a_log_in_are_caught() {
    for (mistake, id) in MISTAKES {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&[id]).await;
        assert_caught(&report, GotThrough, &[id]);
        let others: Vec<_> = report.findings.iter().filter(|finding| finding.severity != GotThrough).collect();
        assert!(others.is_empty(), "{report}");
    }
}

#[tokio::test]
async fn sessions_of_users_pass() {
    assert_twin_passes(&attack_on(Mistake::None).await);
}

#[tokio::test]
async fn a_log_in_that_tells_unknown_users_apart_is_caught() {
    let report = attack_on(Mistake::Unknown).only_in_a_test_of_the_kit(&["H38"]).await;
    assert_only_caught(&report, Wrong, &["H38"]);
}
