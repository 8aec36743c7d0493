//! A route that revokes all tokens of its caller is attacked last.

use crate::support::{attacked, ids, notes, served_guarded, served_with, verifier};
use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
use auth_runtime::credentials::NoPrincipal;
use auth_runtime::events::Reason;
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, LoadPrincipal, Rejection, Verifier, authenticated};
use auth_testkit::{Severity, Target, TestApiKeys, TestIssuer, attack};
use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

#[derive(Clone)]
struct App {
    verifier: Verifier<Claims>,
    revoked: RevocationList,
}

impl FromRef<App> for Verifier<Claims> {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

impl FromRef<App> for RevocationList {
    fn from_ref(app: &App) -> Self {
        app.revoked.clone()
    }
}

#[authenticated]
async fn list() -> &'static str {
    "[]"
}

#[authenticated]
async fn log_out(auth: Authenticated<Claims>, State(revoked): State<RevocationList>) -> StatusCode {
    let all = Revocation::subject(&auth.iss, &auth.sub, SystemTime::now());
    revoked.revoke(&all).map_or(StatusCode::SERVICE_UNAVAILABLE, |()| StatusCode::NO_CONTENT)
}

/// The logout is the first route of the posture, or between others.
fn guarded(issuer: &TestIssuer, path: &str) -> AuthRouter {
    guarded_with(issuer, path, None)
}

/// Accepts API keys beside tokens, if there are any.
fn guarded_with(issuer: &TestIssuer, path: &str, keys: Option<ApiKeys>) -> AuthRouter {
    let revoked = RevocationList::default();
    let verifier = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .revocations(revoked.clone());
    let verifier = match keys {
        Some(keys) => verifier.also_accept(keys),
        None => verifier,
    };
    let verifier = verifier.build().unwrap();
    AuthRouter::new()
        .route("/basket", get(list).post(list))
        .route(path, post(log_out))
        .route("/orders", get(list))
        .with_state(App { verifier, revoked })
}

/// A good key would be revoked, so none is sent there, and the report says so.
#[tokio::test]
async fn a_route_that_revokes_is_attacked_with_tokens_only() {
    const KEYS: &str = "https://orders.example.com/keys";
    let (issuer, store) = (TestIssuer::new(), MemoryApiKeys::new());
    let app = guarded_with(&issuer, "/logout", Some(ApiKeys::of(KEYS, "acme_live", store.clone())));
    let report = attacked(attack(app).with(&issuer).with_api_keys(&TestApiKeys::of(KEYS, "acme_live", &store))).await;
    report.assert_nothing_got_through();
    for route in report.routes.iter().filter(|route| route.route.path != "/*") {
        let is_logout = route.route.path == "/logout";
        assert_ne!(route.tried.contains_key("K06"), is_logout, "{}", route.route.path);
        let says_so = route.notes.iter().any(|note| note.contains("no other kind of credential was sent"));
        assert_eq!(says_so, is_logout, "{:?}", route.notes);
    }
}

#[tokio::test]
async fn a_route_that_revokes_all_tokens_is_attacked_last() {
    for path in ["/a/logout", "/logout", "/z/logout"] {
        let issuer = TestIssuer::new();
        let app = guarded(&issuer, path);
        for target in [served_guarded(guarded(&issuer, path)).await, Target::from(app)] {
            let attack = attack(target).with(&issuer);
            // The order is that of the routes, whatever is sent to each.
            let ids = ["T02", "T20", "H03", "H29"];
            let attack = if path == "/logout" { attack } else { attack.only_in_a_test_of_the_kit(&ids) };
            let report = attacked(attack).await;
            report.assert_nothing_got_through();
            let logout = report.routes.iter().find(|route| route.route.path == path).unwrap();
            assert_eq!(logout.notes, ["POST revokes all tokens of its caller, so it was attacked last"], "{path}");
            for route in report.routes.iter().filter(|route| route.route.path != "/*") {
                assert!(["good", "T02", "T20", "H03", "H29"].iter().all(|id| route.tried.contains_key(*id)), "{path}");
            }
        }
    }
}

/// All tokens have one subject, so there is none for the other routes.
#[tokio::test]
async fn without_another_subject_the_route_is_named_as_the_cause() {
    let issuer = TestIssuer::new();
    let target = served_guarded(guarded(&issuer, "/logout")).await;
    let report = attacked(attack(target).with_tokens(move || issuer.token().signed())).await;
    assert_eq!(ids(&report, Severity::Control), ["good"], "{report}");
    let shown = report.to_string();
    assert!(shown.contains("`POST /logout` revoked all tokens of the caller: issue tokens that it does"), "{shown}");
    assert!(notes(&report).contains("attacks of POST that need a good token were not sent"), "{}", notes(&report));
    assert!(report.findings.iter().all(|finding| finding.route == "GET /orders"), "{shown}");
}

/// The control token of a route in `app` is rejected. Returns the report.
async fn with_rejected_control(app: AuthRouter, issuer: &TestIssuer) -> String {
    let report = attacked(attack(app).with(issuer)).await;
    assert!(!ids(&report, Severity::Control).is_empty(), "{report}");
    report.to_string()
}

/// No route has revoked it, so the cause is what the store knew before the attack.
#[tokio::test]
async fn good_token_that_is_revoked_in_the_store_has_its_own_advice() {
    let issuer = TestIssuer::new();
    let revoked = RevocationList::default();
    let verifier = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .revocations(revoked.clone())
        .build()
        .unwrap();
    revoked
        .revoke(&Revocation::subject(issuer.name(), "alice", SystemTime::now() + Duration::from_secs(60 * 60)))
        .unwrap();
    let app = AuthRouter::new().route("/orders", get(list)).with_state(App { verifier, revoked });
    let shown = with_rejected_control(app, &issuer).await;
    assert!(shown.contains("(revoked"), "{shown}");
    assert!(shown.contains("give the router of the test a store of its own that is empty"), "{shown}");
    for other in ["check that the service trusts the key", "revoked all tokens of the caller", "without_audience"] {
        assert!(!shown.contains(other), "{other}: {shown}");
    }
}

struct Users(fn() -> NoPrincipal);

impl LoadPrincipal for Users {
    type TokenClaims = Claims;
    type Principal = Claims;

    async fn load(&self, _: &Claims) -> Result<Claims, NoPrincipal> {
        Err(self.0())
    }
}

#[tokio::test]
async fn good_token_without_a_principal_has_its_own_advice() {
    for (why, advice) in [
        (
            (|| NoPrincipal::NotFound) as fn() -> NoPrincipal,
            "has no principal for the subject of the token: create one",
        ),
        (|| NoPrincipal::disabled("left"), "has disabled the principal of the token: enable it"),
    ] {
        let issuer = TestIssuer::new();
        let verifier = Verifier::builder()
            .issuer(issuer.name())
            .audience(issuer.audience())
            .keys(issuer.key_set())
            .events(Events::collect().0)
            .load(Users(why))
            .build()
            .unwrap();
        let app = AuthRouter::new().route("/orders", get(list)).with_state::<()>(verifier);
        let shown = with_rejected_control(app, &issuer).await;
        assert!(shown.contains(advice) && shown.contains("`.with_claim(\"sub\", ..)`"), "{shown}");
    }
}

/// The service compares `iat` in seconds, so tokens of the next second are good.
#[tokio::test]
async fn tokens_are_good_again_in_the_next_second() {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer);
    let valid_after = Arc::new(AtomicU64::new(0));
    let check = move |request: Request| {
        let (verifier, valid_after) = (verifier.clone(), Arc::clone(&valid_after));
        async move {
            let (parts, _) = request.into_parts();
            match verifier.authenticate(&parts).await {
                Ok(proof) if proof.iat.unwrap_or(0) <= valid_after.load(Ordering::SeqCst) => {
                    Rejection::InvalidToken(Reason::Revoked).into_response()
                }
                Ok(proof) if parts.uri.path() == "/logout" => {
                    valid_after.store(proof.iat.unwrap_or(0), Ordering::SeqCst);
                    "logged out".into_response()
                }
                Ok(_) => "[]".into_response(),
                Err(rejection) => rejection.into_response(),
            }
        }
    };
    let app = Router::new().fallback(check).layer(from_fn(only_these_routes));
    let tokens = move || issuer.token().signed();
    let report = attacked(attack(served_with(app, LOCK).await).with_tokens(tokens)).await;
    report.assert_nothing_got_through();
    assert!(notes(&report).contains("POST revokes all tokens of its caller"), "{}", notes(&report));
}

/// The logout takes the subject of a token whose signature is not verified.
#[tokio::test]
async fn a_logout_without_a_check_is_found() {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer);
    let revoked: Arc<Mutex<HashSet<String>>> = Arc::default();
    let check = move |request: Request| {
        let (verifier, revoked) = (verifier.clone(), Arc::clone(&revoked));
        async move {
            let (parts, _) = request.into_parts();
            let subject = subject_of(&parts);
            if parts.uri.path() == "/logout" {
                let Some(subject) = subject else { return rejected() };
                revoked.lock().unwrap().insert(subject);
                return "logged out".into_response();
            }
            match verifier.authenticate(&parts).await {
                Ok(proof) if !revoked.lock().unwrap().contains(&proof.sub) => "[]".into_response(),
                Ok(_) => Rejection::InvalidToken(Reason::Revoked).into_response(),
                Err(rejection) => rejection.into_response(),
            }
        }
    };
    let app = Router::new().fallback(check).layer(from_fn(only_these_routes));
    let report = attacked(attack(served_with(app, LOCK).await).with(&issuer)).await;
    assert!(ids(&report, Severity::Control).is_empty(), "{report}");
    let through: Vec<_> = report.findings.iter().filter(|finding| finding.severity == Severity::GotThrough).collect();
    for id in ["T01", "T02", "T20"] {
        assert!(through.iter().any(|finding| finding.id == id), "{id}: {report}");
    }
    assert!(through.iter().all(|finding| finding.route == "POST /logout"), "{report}");
    assert!(notes(&report).contains("attacked last"), "{}", notes(&report));
}

/// Bad tokens in the name of a caller lock it out, and they need no signature.
#[tokio::test]
async fn a_service_that_locks_a_caller_out_because_of_bad_tokens_is_found() {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer);
    let rejections: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
    let check = move |request: Request| {
        let (verifier, rejections) = (verifier.clone(), Arc::clone(&rejections));
        async move {
            let (parts, _) = request.into_parts();
            let subject = subject_of(&parts).unwrap_or_default();
            let mut rejection = verifier.authenticate(&parts).await.err();
            let mut rejections = rejections.lock().unwrap();
            let count = rejections.entry(subject).or_default();
            if *count > 40 {
                rejection = Some(Rejection::InvalidToken(Reason::Revoked));
            }
            *count += usize::from(rejection.is_some());
            rejection.map_or_else(|| "[]".into_response(), IntoResponse::into_response)
        }
    };
    let app = Router::new().fallback(check).layer(from_fn(only_these_routes));
    let report = attacked(attack(served_with(app, LOCK).await).with(&issuer)).await;
    assert_eq!(ids(&report, Severity::Control), ["good"], "{report}");
    let controls = report.findings.iter().filter(|finding| finding.severity == Severity::Control);
    let when: Vec<&str> = controls.map(|finding| finding.attack.as_str()).collect();
    // The next route is attacked with another subject.
    assert_eq!(when, ["a good token, after the attacks"; 3], "{report}");
}

/// The routes of a service behind one fallback.
const LOCK: &str = "POST /logout authenticated as app::Claims\nGET /orders authenticated as app::Claims\n";

async fn only_these_routes(request: Request, next: Next) -> Response {
    match (request.method().as_str(), request.uri().path()) {
        ("POST", "/logout") | ("GET" | "HEAD", "/orders") => next.run(request).await,
        (_, "/logout" | "/orders") => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn rejected() -> Response {
    Rejection::MissingCredentials.into_response()
}

fn subject_of(parts: &Parts) -> Option<String> {
    use base64::Engine;
    let token = parts.headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?;
    let claims = token.split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    claims["sub"].as_str().map(str::to_owned)
}
