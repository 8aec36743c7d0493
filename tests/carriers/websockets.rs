//! A browser's WebSocket: the token in a subprotocol, or a cookie of the service's own page.

use super::support::{ORIGIN, cookie, more_routes};
use crate::support::{Connection, Runs, Server, assert_no_part_of_token_in, claims, with};
use auth_runtime::authenticated;
use auth_runtime::credentials::Carrier;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::any;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use futures_util::StreamExt;
use http::HeaderMap;
use test_support::LIMIT;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Sends what it sees of the request.
#[authenticated]
async fn socket(State(runs): State<Runs>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let offered = headers.get("sec-websocket-protocol").and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    upgrade.on_upgrade(async move |mut socket| {
        runs.count();
        let _ = socket.send(offered.into()).await;
    })
}

#[authenticated]
async fn chat(upgrade: WebSocketUpgrade) -> Response {
    upgrade.protocols(["chat"]).on_upgrade(async |_| {})
}

async fn server() -> Server {
    Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.carriers([Carrier::bearer(), cookie(), Carrier::websocket()]))
        .app(|service| more_routes().route("/socket", any(socket)).route("/chat", any(chat)).with_state(service))
        .start()
        .await
}

fn upgrade(target: &str, lines: &[&str]) -> String {
    let lines = lines.iter().fold(String::new(), |lines, line| format!("{lines}{line}\r\n"));
    format!(
        "GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
    )
}

/// The client checks the answer as a browser does: one of the protocols that it offered.
#[tokio::test]
async fn a_client_connects_with_the_token_in_a_subprotocol() {
    let server = server().await;
    for (target, others, chosen, seen) in [
        ("socket", "", "bearer", "bearer"),
        ("socket", ", chat, v2", "bearer", "bearer, chat, v2"),
        ("chat", ", chat", "chat", ""),
    ] {
        let mut request = format!("ws://{}/{target}", server.address).into_client_request().expect("a request");
        let offered = format!("bearer, {}{others}", server.good());
        request.headers_mut().insert("sec-websocket-protocol", offered.parse().expect("a value"));
        let (mut stream, response) =
            timeout(LIMIT, connect_async(request)).await.expect("in time").expect("a connection");
        let protocols: Vec<_> = response.headers().get_all("sec-websocket-protocol").iter().collect();
        assert_eq!(protocols, [chosen], "{target} {others}");
        if target == "socket" {
            let message =
                timeout(LIMIT, stream.next()).await.expect("in time").expect("a message").expect("a good one");
            assert_eq!(message.to_text().expect("text"), seen);
        }
    }
    assert!(server.events().is_empty());
}

#[tokio::test]
async fn a_bad_subprotocol_is_rejected_and_never_answered_with_its_token() {
    let server = server().await;
    let good = server.good();
    let expired = server.mint.token(&with(claims(), "exp", 1));
    for (offered, status, reason) in [
        ("bearer".to_owned(), 401, Reason::MalformedCredentials),
        (format!("bearer, {expired}"), 401, Reason::Expired),
        (format!("chat, bearer, {good}"), 401, Reason::MalformedCredentials),
        (format!("bearer, {good}, bearer"), 400, Reason::SeveralCredentials),
        (good.clone(), 401, Reason::MissingCredentials),
    ] {
        let mut connection = Connection::open(server.address).await;
        let response = connection.exchange(upgrade("/socket", &[&format!("sec-websocket-protocol: {offered}")])).await;
        assert_eq!(response.status, status, "{offered}");
        assert_eq!(response.header("sec-websocket-protocol"), None, "{offered}");
        let event = server.only_event();
        assert_eq!(event.reason, reason, "{offered}");
        assert_no_part_of_token_in(&event, &good);
    }
    let plain = format!("GET /me HTTP/1.1\r\nhost: localhost\r\nsec-websocket-protocol: bearer, {good}\r\n\r\n");
    assert_eq!(server.exchange(plain).await.status, 401);
    assert_eq!(server.only_event().reason, Reason::MalformedCredentials);
    assert_eq!(server.runs.so_far(), 0);
}

/// Cross-site WebSocket hijacking: the browser adds the cookie, and the page of another site reads.
#[tokio::test]
async fn a_cookie_opens_a_websocket_for_the_services_own_pages_only() {
    let server = server().await;
    let session = format!("cookie: __Host-session={}", server.good());
    for site in [&[][..], &["origin: https://evil.example"], &["sec-fetch-site: cross-site"], &["origin: null"]] {
        let mut connection = Connection::open(server.address).await;
        let response = connection.exchange(upgrade("/socket", &[&[session.as_str()][..], site].concat())).await;
        assert_eq!((response.status, response.header("sec-websocket-accept")), (403, None), "{site:?}");
        assert_eq!(server.only_event().reason, Reason::CrossSite);
    }
    assert_eq!(server.runs.so_far(), 0);
    for site in [format!("origin: {ORIGIN}"), "sec-fetch-site: same-origin".to_owned()] {
        let mut connection = Connection::open(server.address).await;
        connection.send(upgrade("/socket", &[&session, &site])).await;
        let switched = connection.receive_head().await;
        // The client offered no protocol, so that the answer must not name one.
        assert_eq!((switched.status, switched.header("sec-websocket-protocol")), (101, None), "{site}");
    }
}
