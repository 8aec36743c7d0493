//! A browser that opens a page is sent to the login page, and a script gets the 401.

use super::support::{cookie, more_routes, sent, server};
use crate::support::{Server, claims, with};
use auth_runtime::credentials::Carrier;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;

const OPENS_A_PAGE: [&str; 2] = ["sec-fetch-mode: navigate", "sec-fetch-dest: document"];

fn page() -> Carrier {
    cookie().login_page("/login").return_parameter("next")
}

#[tokio::test]
async fn a_browser_without_a_session_is_redirected_with_an_event() {
    let server = server([page()]).await;
    let expired = server.mint.token(&with(claims(), "exp", 1));
    let session = format!("cookie: __Host-session={expired}");
    for (lines, reason) in [(&[][..], Reason::MissingCredentials), (&[session.as_str()][..], Reason::Expired)] {
        let lines = [&OPENS_A_PAGE[..], lines].concat();
        let response = sent(&server, "GET /v1/orders/7?tab=items", &lines).await;
        assert_eq!((response.status, response.text()), (303, ""));
        assert_eq!(response.header("location"), Some("/login?next=%2Fv1%2Forders%2F7%3Ftab%3Ditems"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        let varies: Vec<_> =
            response.headers.iter().filter(|(name, _)| name == "vary").map(|(_, v)| v.as_str()).collect();
        assert_eq!(varies.join(", "), "Sec-Fetch-Mode, Sec-Fetch-Dest, Authorization, cookie");
        assert_eq!(response.header("www-authenticate"), None);
        // The event and the record state the decision, and not its form for a browser.
        let event = server.only_event();
        assert_eq!((event.reason, event.status), (reason, 401));
    }
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn scripts_forms_and_other_rejections_are_not_redirected() {
    let server = server([page()]).await;
    let [mode, dest] = OPENS_A_PAGE;
    let session = format!("cookie: __Host-session={}", server.good());
    for (request, lines, status) in [
        ("GET /me", &["sec-fetch-mode: cors", "sec-fetch-dest: empty"][..], 401),
        ("GET /me", &[], 401),
        ("GET /me", &[mode, "sec-fetch-dest: iframe"], 401),
        ("POST /echo", &[mode, dest], 401),
        // A form of another site, and a request with two credentials.
        ("POST /echo", &[mode, dest, &session], 403),
        ("GET /me", &[mode, dest, &session, "authorization: Bearer x"], 400),
    ] {
        let response = sent(&server, request, lines).await;
        assert_eq!((response.status, response.header("location")), (status, None), "{request} {lines:?}");
        server.only_event();
    }
}

#[tokio::test]
async fn a_rejection_of_a_handler_is_redirected_too() {
    let server = server([page()]).await;
    let session = format!("cookie: __Host-session={}", server.good());
    let lines = [&OPENS_A_PAGE[..], &[session.as_str()]].concat();
    let response = sent(&server, "GET /ended", &lines).await;
    assert_eq!((response.status, response.header("location")), (303, Some("/login?next=%2Fended")));
    assert_eq!(sent(&server, "GET /ended", &[&session]).await.status, 401);
}

/// The service's error format does not change the redirect, which has no body.
#[tokio::test]
async fn an_error_format_applies_to_the_401_only() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.carriers([page()]))
        .app(|service| more_routes().on_rejection(|_| "our format").with_state(service))
        .start()
        .await;
    let response = sent(&server, "GET /me", &OPENS_A_PAGE).await;
    assert_eq!((response.status, response.text()), (303, ""));
    let response = sent(&server, "GET /me", &[]).await;
    assert_eq!((response.status, response.text()), (401, "our format"));
}
