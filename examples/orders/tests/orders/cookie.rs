//! Tests the routes of `--browser` without a browser, with the headers that browsers send.

use crate::support::{AUDIENCE, ISSUER, Issuer};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::revocation::RevocationList;
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{AuthRouter, Claims, Events, KeySet, Verifier};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use orders::{Database, Revoked, Watch};
use rusqlite::Connection;
use serde_json::json;
use tower::ServiceExt;

const NAVIGATION: [(&str, &str); 3] =
    [("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");

struct Service {
    issuer: Issuer,
    app: AuthRouter,
    events: Collected,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Service {
    fn new() -> Self {
        let revoked = RevocationList::default();
        Self::with(&revoked, revoked.clone())
    }

    /// `checked`: the store that the verifier reads.
    fn with(checked: &RevocationList, revoked: RevocationList) -> Self {
        let (issuer, (events, collected)) = (Issuer::new(), Events::collect());
        let verifier: Verifier<Claims> = Verifier::builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .keys(KeySet::from_jwks_json(&issuer.jwks()).unwrap())
            .carriers(orders::browser_carriers())
            .events(events)
            .revocations(checked.clone())
            .build()
            .unwrap();
        let database = Database::new(Connection::open_in_memory().unwrap()).unwrap();
        let (revoked, watch) = (Revoked::InMemory(revoked), Watch::default());
        let app = orders::app_with_browser(database, verifier, revoked, None, &watch, ShutdownSignal::never());
        Self { issuer, app, events: collected }
    }

    fn token(&self) -> String {
        self.issuer.token("at+jwt", "orders:read")
    }

    async fn send(&self, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let (method, path) = request.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = self.app.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn log_in(&self, token: &str) -> Answer {
        let body = json!({"token": token}).to_string();
        self.send("POST /browser/login", &[("content-type", "application/json"), SAME_ORIGIN], &body).await
    }
}

#[tokio::test]
async fn a_login_sets_a_cookie_that_the_gate_verifies() {
    let service = Service::new();
    let login = service.log_in(&service.token()).await;
    assert_eq!((login.status, &*login.body), (204, ""));
    let (cookie, attributes) = login.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax");
    for path in ["/browser", "/me", "/orders"] {
        assert_eq!(service.send(&format!("GET {path}"), &[("cookie", cookie)], "").await.status, 200, "{path}");
    }
    assert!(service.events.take().is_empty());

    let bad = service.log_in("x.y.z").await;
    let cookie = bad.header("set-cookie").split(';').next().unwrap();
    assert_eq!(service.send("GET /me", &[("cookie", cookie)], "").await.status, 401);
    assert_eq!(service.events.take().len(), 1);
}

/// A form of another site sends these types without a preflight, and could log its visitor in as
/// another caller.
#[tokio::test]
async fn a_login_takes_json_only() {
    let service = Service::new();
    let body = json!({"token": service.token()}).to_string();
    for simple in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let login = service.send("POST /browser/login", &[("content-type", simple)], &body).await;
        assert_eq!((login.status, login.header("set-cookie")), (415, ""), "{simple}");
    }
    let login = service.send("POST /browser/login", &[], &body).await;
    assert_eq!((login.status, login.header("set-cookie")), (415, ""));
}

#[tokio::test]
async fn text_that_no_cookie_can_hold_is_rejected() {
    let service = Service::new();
    for token in ["", "a; Domain=example.com", "a\r\nset-cookie: b=c", &"a".repeat(4096)] {
        let login = service.log_in(token).await;
        assert_eq!((login.status, login.header("set-cookie")), (422, ""), "{token}");
    }
}

#[tokio::test]
async fn a_navigation_without_a_good_cookie_is_redirected_and_a_script_is_not() {
    let service = Service::new();
    for cookie in ["", "__Host-orders=x.y.z"] {
        let headers = [&NAVIGATION[..], &[("cookie", cookie)]].concat();
        let page = service.send("GET /browser", &headers, "").await;
        assert_eq!((page.status, page.header("location")), (303, "/browser/login"));
        let feed = service.send("GET /orders/feed", &[("cookie", cookie), SAME_ORIGIN], "").await;
        assert_eq!((feed.status, feed.header("location")), (401, ""));
        // The login page accepts what the gate does not.
        assert_eq!(service.send("GET /browser/login", &headers, "").await.status, 200);
    }
}

#[tokio::test]
async fn pages_of_other_origins_cannot_log_out() {
    let service = Service::new();
    let cookie = format!("__Host-orders={}", service.token());
    for site in ["cross-site", "same-site"] {
        let headers = [("cookie", &*cookie), ("sec-fetch-site", site), ("origin", "https://evil.example")];
        let logout = service.send("POST /browser/logout", &headers, "").await;
        assert_eq!((logout.status, logout.header("set-cookie")), (403, ""), "{site}");
        assert_eq!(service.events.take()[0].reason, Reason::CrossSite);
    }
    assert_eq!(service.send("GET /me", &[("cookie", &cookie)], "").await.status, 200);
}

const CLEARED: &str = "__Host-orders=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

#[tokio::test]
async fn a_logout_revokes_the_token_and_removes_the_cookie() {
    let service = Service::new();
    let cookie = format!("__Host-orders={}", service.token());
    let logout = service.send("POST /browser/logout", &[("cookie", &cookie), SAME_ORIGIN], "").await;
    assert_eq!((logout.status, logout.header("set-cookie")), (204, CLEARED));
    assert_eq!(service.send("GET /me", &[("cookie", &cookie)], "").await.status, 401);
    assert_eq!(service.events.take()[0].reason, Reason::Revoked);
}

/// The customer has left the page, so the browser must not keep the token.
#[tokio::test]
async fn a_logout_removes_the_cookie_if_the_revocation_fails() {
    let not_checked = RevocationList::default();
    let service = Service::with(&RevocationList::default(), not_checked);
    let cookie = format!("__Host-orders={}", service.token());
    let logout = service.send("POST /browser/logout", &[("cookie", &cookie), SAME_ORIGIN], "").await;
    assert_eq!((logout.status, logout.header("set-cookie")), (503, CLEARED));
    assert_eq!(service.send("GET /me", &[("cookie", &cookie)], "").await.status, 200, "not revoked");
}

#[tokio::test]
async fn the_page_for_operators_shows_the_routes_for_browsers() {
    let service = Service::new();
    let operator = format!("Bearer {}", service.issuer.token("at+jwt", "orders:audit"));
    let watch = service.send("GET /watch", &[("authorization", &operator)], "").await;
    assert_eq!(watch.status, 200);
    assert!(watch.body.contains("/browser/login") && watch.body.contains("/orders/feed"), "{}", watch.body);
}

/// So the policy needs no `unsafe-inline`, and text of an order cannot run as a script.
#[tokio::test]
async fn the_pages_have_a_strict_policy_and_scripts_of_their_own() {
    let service = Service::new();
    let cookie = format!("__Host-orders={}", service.token());
    for path in ["/browser", "/browser/login"] {
        let page = service.send(&format!("GET {path}"), &[("cookie", &cookie)], "").await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
        let (_, script) = page.body.split_once("<script src=\"").unwrap();
        let script = script.split('"').next().unwrap();
        assert!(!page.body.contains("<script>") && !page.body.contains("<style") && !page.body.contains(" onclick="));
        let script = service.send(&format!("GET {script}"), &[], "").await;
        assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
        assert_eq!(script.header("x-content-type-options"), "nosniff");
    }
    let style = service.send("GET /browser/style.css", &[], "").await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
}
