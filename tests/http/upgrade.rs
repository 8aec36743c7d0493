//! Tests that a WebSocket starts with a request that needs a proof.

use crate::support::{BARE_CHALLENGE, Connection, Runs, Server, routes};
use auth_runtime::authenticated;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::any;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;

#[authenticated]
async fn socket(State(runs): State<Runs>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.protocols(["bearer"]).on_upgrade(async move |mut socket| {
        runs.count();
        let _ = socket.send("welcome".into()).await;
    })
}

fn upgrade(target: &str, lines: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
    )
}

#[tokio::test]
async fn h21_inc_20_there_is_no_101_without_a_proof() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().route("/socket", any(socket)).with_state(service))
        .start()
        .await;
    let good = server.good();
    for (target, lines, reason) in [
        ("/socket", String::new(), Reason::MissingCredentials),
        ("/socket", "origin: https://evil.example\r\n".into(), Reason::MissingCredentials),
        ("/socket", format!("sec-websocket-protocol: bearer, {good}\r\n"), Reason::MissingCredentials),
        ("/socket", "authorization: Bearer garbage\r\n".into(), Reason::MalformedToken),
        (&format!("/socket?access_token={good}"), String::new(), Reason::TokenInQuery),
    ] {
        let mut connection = Connection::open(server.address).await;
        let response = connection.exchange(upgrade(target, &lines)).await;
        assert_eq!(response.status, 401, "{target} {lines}");
        assert_eq!(response.header("sec-websocket-accept"), None);
        assert_eq!(server.only_event().reason, reason);
        // The connection is still HTTP, and the next request is rejected too.
        let again = connection.exchange(upgrade("/socket", "")).await;
        assert_eq!((again.status, again.header("www-authenticate")), (401, Some(BARE_CHALLENGE)));
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
    }
    assert_eq!(server.runs.so_far(), 0);

    let mut connection = Connection::open(server.address).await;
    connection.send(upgrade("/socket", &format!("authorization: Bearer {good}\r\n"))).await;
    let switched = connection.receive_head().await;
    assert_eq!(switched.status, 101);
    // RFC 6455 section 1.3.
    assert_eq!(switched.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert!(connection.rest().await.starts_with(b"\x81\x07welcome"));
    assert_eq!(server.runs.so_far(), 1);
}

/// A GraphQL server: the client chose the legacy subprotocol, whose messages skipped the check.
#[tokio::test]
async fn inc_23_no_subprotocol_starts_a_socket_without_a_proof() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().route("/socket", any(socket)).with_state(service))
        .start()
        .await;
    for chosen in ["graphql-ws", "graphql-transport-ws", "graphql-ws, bearer", "mqtt", "v10.stomp", "bearer"] {
        let lines = format!("sec-websocket-protocol: {chosen}\r\n");
        let response = server.exchange(upgrade("/socket", &lines)).await;
        assert_eq!((response.status, response.header("sec-websocket-protocol")), (401, None), "{chosen}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials, "{chosen}");
    }
    assert_eq!(server.runs.so_far(), 0);
    let good = format!("authorization: Bearer {}\r\n", server.good());
    let mut connection = Connection::open(server.address).await;
    connection.send(upgrade("/socket", &good)).await;
    assert_eq!(connection.receive_head().await.status, 101);
}
