//! The challenge names the accepted scheme and the service's realm, also for a handler's rejection.

use super::support::{more_routes, sent};
use crate::support::Server;
use auth_runtime::credentials::Carrier;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;

#[tokio::test]
async fn another_scheme_replaces_bearer_in_requests_and_challenges() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.carriers([Carrier::authorization("Token")]).realm("orders"))
        .app(|service| more_routes().with_state(service))
        .start()
        .await;
    let good = server.good();
    for scheme in ["Token", "token", "TOKEN"] {
        let response = sent(&server, "GET /me", &[&format!("authorization: {scheme} {good}")]).await;
        assert_eq!((response.status, response.text()), (200, "alice"), "{scheme}");
    }
    for (line, challenge, reason) in [
        ("authorization: Token garbage", "Token realm=\"orders\", error=\"invalid_token\"", Reason::MalformedToken),
        (&format!("authorization: Bearer {good}"), "Token realm=\"orders\"", Reason::MissingCredentials),
        ("x-other: 1", "Token realm=\"orders\"", Reason::MissingCredentials),
    ] {
        let response = sent(&server, "GET /me", &[line]).await;
        assert_eq!((response.status, response.header("www-authenticate")), (401, Some(challenge)), "{line}");
        assert_eq!(server.only_event().reason, reason, "{line}");
    }
    let behind = format!("authorization: Bearer x, Token {good}");
    assert_eq!(sent(&server, "GET /me", &[&behind]).await.status, 400);
    assert_eq!(server.only_event().reason, Reason::SeveralCredentials);
}

#[tokio::test]
async fn a_rejection_of_a_handler_has_the_same_challenge() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.carriers([Carrier::authorization("Token")]).omit_realm())
        .app(|service| more_routes().with_state(service))
        .start()
        .await;
    let token = format!("authorization: Token {}", server.good());
    for (request, status, challenge) in [
        ("POST /orders", 403, "Token error=\"insufficient_scope\", scope=\"orders:write\""),
        ("POST /orders/7/refund", 403, "Token error=\"insufficient_scope\", scope=\"orders:refund\""),
        ("GET /ended", 401, "Token error=\"invalid_token\""),
    ] {
        let response = sent(&server, request, &[&token]).await;
        assert_eq!((response.status, response.header("www-authenticate")), (status, Some(challenge)), "{request}");
        assert_eq!(response.header("vary"), Some("Authorization"), "{request}");
    }
}

/// P8: with another challenge than that of a route, an unmatched path would show what it is.
#[tokio::test]
async fn hidden_paths_have_the_verifiers_challenge() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.carriers([Carrier::header("x-api-key")]).realm("orders"))
        .app(|service| more_routes().hide_unmatched().with_state(service))
        .start()
        .await;
    let exists = sent(&server, "GET /me", &[]).await.visible();
    assert_eq!(sent(&server, "GET /nothing", &[]).await.visible(), exists);
    assert_eq!(sent(&server, "DELETE /me", &[]).await.visible(), exists);
    assert_eq!(exists.0, 401);
}
