//! Tokens and sessions in cookies, and requests of other sites.

use crate::support::{app, assert_sent, sent};
use auth_runtime::credentials::Carrier;
use auth_runtime::{AuthRouter, Claims, Events, Verifier};
use auth_testkit::{AttackReport, Severity, TestCredentials, TestIssuer, attack};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const COOKIE: &str = "__Host-session";

fn tokens_in(issuer: &TestIssuer, carriers: impl IntoIterator<Item = Carrier>) -> AuthRouter {
    let verifier = Verifier::<Claims>::builder().issuer(issuer.name()).audience(issuer.audience());
    let verifier = verifier.keys(issuer.key_set()).carriers(carriers).events(Events::collect().0);
    app(verifier.build().unwrap())
}

#[tokio::test]
async fn tokens_in_a_cookie_only() {
    let issuer = TestIssuer::new();
    let cookie = Carrier::cookie(COOKIE).origin("https://shop.example.com").login_page("/login");
    let report = attack(tokens_in(&issuer, [cookie])).with(&issuer).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &["T01", "T02", "T20", "T23", "H01", "H11", "C01", "C02", "C04", "C05", "C06", "T29"]);
    assert_eq!(sent(&report, "H05"), 0, "the verifier does not read `Authorization`");
}

#[tokio::test]
async fn hidden_paths_of_a_service_with_cookies() {
    let issuer = TestIssuer::new();
    let verifier = Verifier::<Claims>::builder().issuer(issuer.name()).audience(issuer.audience());
    let verifier = verifier.keys(issuer.key_set()).carriers([Carrier::cookie(COOKIE)]).events(Events::collect().0);
    let app = crate::support::routes().hide_unmatched::<Claims>().with_state(verifier.build().unwrap());
    let report = attack(app).with(&issuer).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &["H13", "H15"]);
}

#[tokio::test]
async fn tokens_in_each_carrier() {
    let issuer = TestIssuer::new();
    let one = attack(tokens_in(&issuer, [Carrier::bearer()])).with(&issuer).await;
    one.assert_nothing_got_through();
    let all = [Carrier::bearer(), Carrier::cookie(COOKIE), Carrier::websocket(), Carrier::header("x-jwt")];
    let report = attack(tokens_in(&issuer, all)).with(&issuer).await;
    report.assert_nothing_got_through();
    assert_sent(&report, &["H05", "C01", "C02", "C04", "C05", "C06"]);
    assert!(sent(&report, "T20") > 3 * sent(&one, "T20"), "each carrier gets the attacks: {report}");
}

/// Whether a request comes from a page of the service.
type OfThisSite = fn(&Method, &HeaderMap) -> bool;

/// A session in a cookie, checked by hand in a plain router.
fn plain(is_of_this_site: OfThisSite) -> Router {
    let check = from_fn(move |request: Request, next: Next| async move {
        match check(request.method(), request.headers(), is_of_this_site) {
            Ok(()) => next.run(request).await,
            Err(rejection) => *rejection,
        }
    });
    let orders = get(|| async { "[]" }).post(|| async { "placed" });
    Router::new().route("/orders", orders).route("/live", get(live)).route_layer(check)
}

/// The handshake of a WebSocket (RFC 6455 section 4.2.2).
async fn live(headers: HeaderMap) -> StatusCode {
    if headers.contains_key("upgrade") { StatusCode::SWITCHING_PROTOCOLS } else { StatusCode::UPGRADE_REQUIRED }
}

fn check(method: &Method, headers: &HeaderMap, is_of_this_site: OfThisSite) -> Result<(), Box<Response>> {
    let cookies: Vec<_> = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok()).collect();
    let cookies: Vec<&str> = cookies.iter().filter_map(|cookie| cookie.strip_prefix("__Host-session=")).collect();
    let reject = |status: StatusCode, error: &str| {
        Err(Box::new((status, [("www-authenticate", format!("Cookie realm=\"shop\"{error}"))]).into_response()))
    };
    match cookies.as_slice() {
        [] => reject(StatusCode::UNAUTHORIZED, ""),
        [_, _, ..] => reject(StatusCode::BAD_REQUEST, ", error=\"invalid_request\""),
        [_] if headers.contains_key("authorization") => reject(StatusCode::BAD_REQUEST, ", error=\"invalid_request\""),
        ["session-of-alice-0123456789"] if is_of_this_site(method, headers) => Ok(()),
        ["session-of-alice-0123456789"] => reject(StatusCode::FORBIDDEN, ""),
        _ => reject(StatusCode::UNAUTHORIZED, ", error=\"invalid_token\""),
    }
}

async fn attacked(app: Router) -> AttackReport {
    let session = || std::future::ready("session-of-alice-0123456789".to_owned());
    let sessions = TestCredentials::of("https://shop.example.com/login", session);
    attack(app).with_credentials(&sessions.in_carrier(&Carrier::cookie(COOKIE))).await
}

fn same_origin(_: &Method, headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}

#[tokio::test]
async fn a_plain_service_that_checks_the_site_passes() {
    let report = attacked(plain(|method, headers| {
        let is_safe = method.is_safe() && !headers.contains_key("upgrade");
        is_safe || same_origin(method, headers)
    }))
    .await;
    report.assert_nothing_got_through();
    assert_sent(&report, &["N01", "C05", "C06"]);
}

#[tokio::test]
async fn requests_of_other_sites_are_found() {
    let broken: [(OfThisSite, &[&str]); 4] = [
        // The handler reads the cookie alone.
        (|_, _| true, &["C05", "C06"]),
        // A WebSocket is a GET, and not safe.
        (|method, headers| method.is_safe() || same_origin(method, headers), &["C06"]),
        // A neighbour of the site may be an attacker.
        (|_, headers| headers.get("sec-fetch-site").is_some_and(|site| site != "cross-site"), &["C05", "C06"]),
        // The start of an origin is not the origin.
        (|_, headers| headers.get("origin").is_none_or(|origin| origin != "https://evil.example"), &["C05", "C06"]),
    ];
    for (is_of_this_site, ids) in broken {
        let report = attacked(plain(is_of_this_site)).await;
        let mut through: Vec<&str> = report
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::GotThrough)
            .map(|finding| finding.id.as_str())
            .collect();
        through.sort_unstable();
        through.dedup();
        assert_eq!(through, ids, "{report}");
        // A page of another site cannot read the answer of a route without a WebSocket.
        let upgraded = report.findings.iter().filter(|finding| finding.id == "C06");
        assert!(upgraded.into_iter().all(|finding| finding.route == "GET /live"), "{report}");
    }
}
