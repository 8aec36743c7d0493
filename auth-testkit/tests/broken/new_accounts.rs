//! Services whose registration takes too much from its body.

use crate::support::{CorrectService, assert_twin_passes};
use auth_runtime::credentials::Carrier;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestCredentials, attack};
use axum::Router;
use axum::extract::Json;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// The body is the row of the user.
    Role,
    /// So it is, and a type rejects members of other types.
    TypedRole,
    /// A name that exists gets the new password.
    Replaces,
    /// The name is compared as it is, and stored in small letters.
    Lowered,
    /// The ids of sessions are numbers.
    Numbered,
    /// An account that is deleted leaves its sessions.
    Ended,
    /// A right service whose users delete their accounts.
    Deletes,
}

#[derive(Clone)]
struct User {
    password: String,
    is_admin: bool,
}

/// Users by name, and the names of sessions.
#[derive(Clone)]
struct Shop {
    mistake: Mistake,
    users: Arc<Mutex<HashMap<String, User>>>,
    sessions: Arc<Mutex<HashMap<String, String>>>,
}

impl Shop {
    fn start(&self, user: &str) -> String {
        let mut random = [0_u8; 16];
        aws_lc_rs::rand::fill(&mut random).unwrap();
        let mut id = random.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
        let mut sessions = self.sessions.lock().unwrap();
        if self.mistake == Mistake::Numbered {
            id = (4_711 + sessions.len()).to_string();
        }
        sessions.insert(id.clone(), user.to_owned());
        id
    }

    fn user_of(&self, parts: &Parts) -> Option<(String, User)> {
        let mut cookies = parts.headers.get_all("cookie").iter();
        let id = cookies.next()?.to_str().ok()?.strip_prefix("__Host-id=")?.to_owned();
        let name = self.sessions.lock().unwrap().get(&id).cloned().filter(|_| cookies.next().is_none())?;
        let gone = || (self.mistake == Mistake::Ended).then(dana);
        let user = self.users.lock().unwrap().get(&name).cloned().or_else(gone)?;
        Some((name, user))
    }

    fn register(&self, body: &Value) -> StatusCode {
        let mistake = self.mistake;
        let (Some(name), Some(password)) = (body["username"].as_str(), body["password"].as_str()) else {
            return StatusCode::UNPROCESSABLE_ENTITY;
        };
        if mistake == Mistake::TypedRole && ["role", "roles", "scope"].iter().any(|other| !body[*other].is_null()) {
            return StatusCode::UNPROCESSABLE_ENTITY;
        }
        let keeps = matches!(mistake, Mistake::Role | Mistake::TypedRole);
        let mut users = self.users.lock().unwrap();
        let stored = if mistake == Mistake::Lowered { name.to_lowercase() } else { name.to_owned() };
        if users.contains_key(name) && mistake != Mistake::Replaces {
            return StatusCode::CONFLICT;
        }
        let is_admin = match users.get(&stored) {
            Some(known) => known.is_admin,
            None => keeps && body["is_admin"] == true,
        };
        users.insert(stored, User { password: password.to_owned(), is_admin });
        StatusCode::CREATED
    }

    fn log_in(&self, body: &Value) -> Response {
        let name = body["username"].as_str().unwrap_or_default();
        let known = self.users.lock().unwrap().get(name).cloned();
        match known.filter(|user| body["password"] == user.password.as_str()) {
            Some(_) => {
                let cookie = format!("__Host-id={}; Path=/; Secure; HttpOnly; SameSite=Strict", self.start(name));
                ([("set-cookie", cookie)], "welcome").into_response()
            }
            None => (StatusCode::BAD_REQUEST, "wrong").into_response(),
        }
    }
}

fn dana() -> User {
    User { password: "tea-4711-tea".to_owned(), is_admin: true }
}

fn is_cross_site(parts: &Parts) -> bool {
    let site = parts.headers.get("sec-fetch-site").map(|site| site == "same-origin");
    parts.method != Method::GET && !site.unwrap_or(!parts.headers.contains_key("origin"))
}

fn attack_on(mistake: Mistake) -> AttackBuilder {
    let users = Arc::new(Mutex::new(HashMap::from([("dana".to_owned(), dana())])));
    let shop = Shop { mistake, users, sessions: Arc::default() };
    let (registers, logs_in, checks, shows) = (shop.clone(), shop.clone(), shop.clone(), shop.clone());
    let (deletes, good) = (shop.clone(), shop);
    let me = move |parts: Parts| async move { shows.user_of(&parts).map(|(name, _)| name).unwrap_or_default() };
    let layer = CorrectService::new().layer(move |_, parts| {
        let user = checks.user_of(&parts);
        async move {
            let challenge = [("www-authenticate", "Cookie realm=\"shop\"")];
            let (_, user) = user.ok_or_else(|| (StatusCode::UNAUTHORIZED, challenge).into_response())?;
            let is_denied = is_cross_site(&parts) || (parts.uri.path() == "/users" && !user.is_admin);
            if is_denied { Err(StatusCode::FORBIDDEN.into_response()) } else { Ok(()) }
        }
    });
    let delete = move |parts: Parts| async move {
        let (name, _) = deletes.user_of(&parts).unwrap_or_else(|| (String::new(), dana()));
        deletes.users.lock().unwrap().remove(&name);
    };
    let own = if matches!(mistake, Mistake::Ended | Mistake::Deletes) { get(me).delete(delete) } else { get(me) };
    let app = Router::new()
        .route("/users", get(|| async { "dana, zoe" }))
        .route("/me", own)
        .route_layer(layer)
        .route("/signup", post(move |Json(body): Json<Value>| async move { registers.register(&body) }))
        .route("/login", post(move |Json(body): Json<Value>| async move { logs_in.log_in(&body) }));
    let sessions = TestCredentials::of("https://shop.test/login", move || {
        // The test makes the account that it gives the kit a session of.
        good.users.lock().unwrap().insert("dana".to_owned(), dana());
        std::future::ready(good.start("dana"))
    });
    let other = |name: &'static str| move || async move { format!("{name}-session-0123456789") };
    let sessions = sessions.unknown(other("unknown")).expired(other("expired")).revoked(other("revoked"));
    attack(app)
        .with_credentials(&sessions.in_carrier(&Carrier::cookie("__Host-id")))
        .public("POST /signup", "new customers")
        .public("POST /login", "starts a session")
        .json("POST /signup", json!({"username": "zoe", "password": "correct horse", "email": "zoe@shop.example"}))
        .json("POST /login", json!({"username": "dana", "password": "tea-4711-tea"}))
}

/// CVE-2019-16097 (Harbor).
#[tokio::test]
async fn a_registration_stores_the_role_of_its_body() {
    for mistake in [Mistake::Role, Mistake::TypedRole] {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&["H37"]).await;
        let through: Vec<_> = report.findings.iter().filter(|finding| finding.severity == GotThrough).collect();
        assert!(through.iter().any(|finding| finding.problem.contains("sets its own role")), "{report}");
    }
}

#[tokio::test]
async fn a_registration_gives_the_account_of_another_user() {
    for mistake in [Mistake::Replaces, Mistake::Lowered] {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&["H38"]).await;
        let through: Vec<_> = report.findings.iter().filter(|finding| finding.severity == GotThrough).collect();
        assert!(through.iter().any(|finding| finding.problem.contains("account of another user")), "{report}");
    }
}

#[tokio::test]
async fn a_registration_of_new_users_passes() {
    assert_twin_passes(&attack_on(Mistake::None).await);
}

/// OWASP WSTG-SESS-01, ASVS 5.0 7.4.2.
#[tokio::test]
async fn a_session_is_guessed_or_outlives_its_account() {
    for (mistake, id, problem) in
        [(Mistake::Numbered, "N01", "session can be guessed"), (Mistake::Ended, "N06", "after its account was deleted")]
    {
        let report = attack_on(mistake).only_in_a_test_of_the_kit(&[id]).await;
        let through: Vec<_> = report.findings.iter().filter(|finding| finding.severity == GotThrough).collect();
        assert!(through.iter().any(|finding| finding.problem.contains(problem)), "{report}");
    }
    assert_twin_passes(&attack_on(Mistake::Deletes).await);
}
