//! A credential in a header of its own, as proxies of identity providers and API keys use it.

use super::support::{ORIGIN, more_routes, seen, sent, server};
use crate::support::{Server, assert_no_part_of_token_in, claims, with};
use auth_runtime::Rejection;
use auth_runtime::credentials::Carrier;
use auth_runtime::decision::RejectionContext;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;

#[tokio::test]
async fn a_token_is_read_from_the_configured_header_only() {
    let server = server([Carrier::header("Cf-Access-Jwt-Assertion")]).await;
    let good = server.good();
    let response = sent(&server, "GET /me", &[&format!("cf-access-jwt-assertion: {good}")]).await;
    assert_eq!((response.status, response.text()), (200, "alice"));
    assert_eq!(response.header("vary"), Some("Authorization, cf-access-jwt-assertion"));
    for line in [
        format!("authorization: Bearer {good}"),
        format!("x-goog-iap-jwt-assertion: {good}"),
        format!("cookie: __Host-session={good}"),
    ] {
        let response = sent(&server, "GET /me", &[&line]).await;
        assert_eq!(response.status, 401, "{line}");
        assert_eq!(response.header("www-authenticate"), Some("cf-access-jwt-assertion realm=\"api\""));
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
    }
    let twice = format!("cf-access-jwt-assertion: {good}, {good}");
    assert_eq!(sent(&server, "GET /me", &[&twice]).await.status, 400);
    assert_eq!(server.only_event().reason, Reason::SeveralCredentials);
    assert_eq!(server.runs.so_far(), 1);
}

/// A handler's log line must not contain the credential.
#[tokio::test]
async fn handlers_see_credentials_marked_as_sensitive() {
    let server = server([Carrier::header("x-api-key"), Carrier::cookie("__Host-session")]).await;
    let good = server.good();
    for line in [format!("x-api-key: {good}"), format!("cookie: __Host-session={good}")] {
        let seen = sent(&server, "GET /seen", &[&line]).await;
        assert_eq!(seen.status, 200);
        assert!(seen.text().contains("Sensitive") && !seen.text().contains(&good), "{}", seen.text());
    }
}

/// The service's own error format, which shows all that it can see.
fn shown(rejection: &RejectionContext) -> String {
    let headers: Vec<_> = rejection.headers().iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    headers.join(" ")
}

#[tokio::test]
async fn an_error_format_sees_no_carrier_of_the_verifier() {
    let carriers = [Carrier::header("x-api-key"), Carrier::cookie("__Host-session"), Carrier::websocket()];
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.carriers(carriers))
        .app(|service| more_routes().on_rejection(shown).with_state(service))
        .start()
        .await;
    let expired = server.mint.token(&with(claims(), "exp", 1));
    for line in [format!("x-api-key: {expired}"), format!("cookie: __Host-session={expired}")] {
        let response = sent(&server, "GET /me", &[&line, "x-request-id: 7"]).await;
        assert_eq!(response.status, 401);
        assert!(response.text().contains("x-request-id=\"7\""), "{}", response.text());
        assert!(!response.text().contains("x-api-key") && !response.text().contains("cookie"), "{}", response.text());
        assert_no_part_of_token_in(&server.only_event(), &expired);
    }
    // Also in a rejection that the handler returns.
    let good = format!("x-api-key: {}", server.good());
    let ended = sent(&server, "GET /ended", &[&good, "x-request-id: 7"]).await;
    assert_eq!(ended.status, Rejection::MissingCredentials.status().as_u16());
    assert!(ended.text().contains("x-request-id") && !ended.text().contains("x-api-key"), "{}", ended.text());
}

/// Middleware that an `AuthRouter` does not need is missing there: `Vary`, and other challenges.
#[tokio::test]
async fn a_handler_on_a_plain_router_accepts_the_same_carriers() {
    let carriers = [Carrier::header("x-api-key"), Carrier::cookie("__Host-session").origin(ORIGIN)];
    let (sender, mut service) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.carriers(carriers))
        .app(move |service| {
            sender.send(service.clone()).expect("a receiver");
            more_routes().with_state(service)
        })
        .start()
        .await;
    let service = service.recv().await.expect("the service");
    let app = axum::Router::new().route("/seen", axum::routing::get(seen)).with_state(service);
    let ask = |name: &'static str, value: String| {
        let request = http::Request::get("/seen").header(name, value).body(axum::body::Body::empty());
        let app = app.clone();
        async move { tower::ServiceExt::oneshot(app, request.expect("a request")).await.expect("an answer") }
    };
    let good = server.good();
    for (name, value) in [("x-api-key", good.clone()), ("cookie", format!("__Host-session={good}"))] {
        let response = ask(name, value).await;
        assert_eq!((response.status().as_u16(), response.headers().get("vary")), (200, None), "{name}");
    }
    for (name, value) in [
        ("authorization", format!("Bearer {good}")),
        ("x-api-key", "garbage".to_owned()),
        ("cookie", format!("session={good}")),
    ] {
        let response = ask(name, value).await;
        assert_eq!(response.status(), 401, "{name}");
        let challenge = response.headers()["www-authenticate"].to_str().expect("a text");
        assert!(challenge.starts_with("Bearer realm=\"api\""), "{challenge}");
    }
}
