//! Tests what an event says about a rejection: the route, the caller and the reason, never the
//! token.

use crate::support::{
    AUDIENCE, Clock, Connection, ISSUER, Mint, Server, claims, deliberate_panics_are_silent, get, get_with, routes,
    with,
};
use auth_runtime::events::{EventSink, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get as route_get;
use auth_runtime::{AuthEvent, AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, routing};
use serde_json::Value;
use std::io::{self, Write};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, SystemTime};

#[tokio::test]
async fn an_event_names_the_peer_and_the_template_of_the_route() {
    let server = Server::start().await;
    for (path, template) in [
        ("/me", "/me"),
        ("/orders/7", "/orders/{id}"),
        ("/orders/%0a%22secret", "/orders/{id}"),
        ("/v1", "/v1"),
        ("/v1/orders/secret", "/v1/orders/{id}"),
        ("/files/secret/path", "/files/{*path}"),
        ("/orders/secret?secret=1", "/orders/{id}"),
    ] {
        let mut connection = Connection::open(server.address).await;
        let before = SystemTime::now();
        assert_eq!(connection.exchange(get(path)).await.status, 401);
        let event = server.only_event();
        assert_eq!(event.route.as_deref(), Some(template));
        assert_eq!(event.peer, Some(connection.local_address()));
        assert_eq!((&*event.issuer, &*event.audience, event.method), (ISSUER, AUDIENCE, Some("GET")));
        assert!(event.time >= before && event.time <= SystemTime::now());
        assert!(!serde_json::to_string(&event).expect("JSON").contains("secret"), "{event:?}");
    }
}

#[authenticated]
async fn subject(auth: Authenticated<Claims>) -> String {
    auth.subject().to_owned()
}

/// A module that has moved, in a service whose other modules have not.
#[tokio::test]
async fn an_event_below_a_plain_router_names_the_peer_if_its_server_does() {
    let (events, collected) = Events::collect();
    let builder = Verifier::<Claims>::builder().issuer(ISSUER).audience(AUDIENCE).events(events);
    let verifier = builder.keys(Mint::of(Algorithm::Ed25519).key()).build().unwrap();
    let moved: AuthRouter = AuthRouter::new().route("/me", route_get(subject)).with_state(verifier);
    let plain = axum::Router::new().nest_service("/moved", moved);
    let listener = || async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        (listener.local_addr().unwrap(), listener)
    };
    let (with, listener_with) = listener().await;
    let (without, listener_without) = listener().await;
    let connected = plain.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async { axum::serve(listener_with, connected).await });
    tokio::spawn(async { axum::serve(listener_without, plain).await });
    for (address, has_peer) in [(with, true), (without, false)] {
        assert_eq!(Connection::open(address).await.exchange(get("/moved/me")).await.status, 401);
        let event = collected.take().remove(0);
        assert_eq!((event.peer.is_some(), event.route.as_deref()), (has_peer, Some("/moved/me")));
    }
}

#[tokio::test]
async fn an_event_of_a_denial_names_caller_route_and_permission() {
    let server = Server::start().await;
    for (path, template, permission) in
        [("/orders", "/orders", "orders:write"), ("/orders/7/refund", "/orders/{id}/refund", "orders:refund")]
    {
        let mut connection = Connection::open(server.address).await;
        connection.exchange(get_with(path, &server.good()).replacen("GET", "POST", 1)).await;
        let event = server.only_event();
        assert_eq!((event.subject.as_deref(), event.permission), (Some("alice"), Some(permission)));
        assert_eq!((event.route.as_deref(), event.method), (Some(template), Some("POST")));
        assert_eq!(event.peer, Some(connection.local_address()));
        assert!(event.detail.is_some());
    }
}

/// The key has the same field in every event, so that a search for a stolen key finds them all.
#[tokio::test]
async fn an_event_of_a_denial_names_the_key_like_other_events() {
    let server = Server::start().await;
    server.exchange(get_with("/me", &server.mint.token(&with(claims(), "aud", "payments")))).await;
    let refused = server.only_event().key_id_hash;
    assert!(refused.is_some());
    for path in ["/orders", "/orders/7/refund"] {
        server.exchange(get_with(path, &server.good()).replacen("GET", "POST", 1)).await;
        assert_eq!(server.only_event().key_id_hash, refused, "{path}");
    }
}

#[tokio::test]
async fn a_token_from_another_source_gets_the_same_decision_and_event() {
    let (events, collected) = Events::collect();
    let (clock, mint) = (Clock::standing(), Mint::of(Algorithm::Ed25519));
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(mint.key())
        .events(events)
        .clock(move || clock.now())
        .build()
        .expect("a verifier");
    let proof = verifier.verify(&mint.token(&claims())).await.expect("a good one");
    assert_eq!(proof.subject(), "alice");
    for (token, reason) in [
        (Mint::untrusted(Algorithm::Ed25519).token(&claims()), Reason::BadSignature),
        (mint.token(&with(claims(), "aud", "payments")), Reason::WrongAudience),
        ("x".repeat(20_000), Reason::TokenTooLong),
        (format!("Bearer {}", mint.token(&claims())), Reason::MalformedToken),
        (String::new(), Reason::PlaceholderToken),
        ("undefined".to_owned(), Reason::PlaceholderToken),
    ] {
        let rejection = verifier.verify(&token).await.expect_err("a bad one");
        assert_eq!(rejection.reason(), reason);
        let event = collected.take().remove(0);
        assert_eq!((event.reason, event.route, event.peer, event.method), (reason, None, None, None));
    }
    assert!(collected.take().is_empty());
}

/// Sends each line to the test as it is written.
struct Lines(Sender<Vec<u8>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_hostile_name_does_not_add_a_line_to_the_log() {
    let (writer, written) = channel();
    let events = Events::writer(Lines(writer));
    let server = Server::with(Algorithm::Ed25519).verifier(move |builder| builder.events(events)).start().await;
    let hostile = "eve\n{\"reason\":\"forged\"}\r\n\u{1b}[31m\u{2028}\"\\";
    let token = server.mint.token(&with(claims(), "sub", hostile));
    assert_eq!(server.exchange(get_with("/orders", &token).replacen("GET", "POST", 1)).await.status, 403);
    server.exchange(get("/me")).await;
    let mut started = true;
    let lines = [(); 2].map(|()| {
        // The first line is the notice of the stream.
        if std::mem::take(&mut started) {
            written.recv_timeout(Duration::from_secs(20)).expect("a line in time");
        }
        let line = written.recv_timeout(Duration::from_secs(20)).expect("a line in time");
        let line = String::from_utf8(line).expect("UTF-8");
        assert_eq!(line.find('\n'), Some(line.len() - 1), "one write, one line: {line}");
        serde_json::from_str::<Value>(&line).expect("JSON")
    });
    assert_eq!((&lines[0]["reason"], &lines[0]["subject"]), (&"denied".into(), &hostile.into()));
    assert_eq!((&lines[1]["reason"], &lines[1]["schema"]), (&"missing_credentials".into(), &2.into()));
    assert!(lines.iter().all(|line| line["time"].as_str().is_some_and(|time| time.ends_with('Z'))));
}

struct Broken;

impl EventSink for Broken {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        assert_ne!(event.reason, Reason::MalformedToken, "deliberate: the sink panics");
        Err(io::Error::other("disk full"))
    }
}

async fn dropped(events: &Events, count: u64) {
    for _ in 0..1000 {
        if events.dropped() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} dropped, not {count}", events.dropped());
}

#[tokio::test]
async fn a_sink_that_fails_or_panics_loses_its_event_but_the_request_is_rejected() {
    deliberate_panics_are_silent();
    let events = Events::sink(Broken);
    let given = events.clone();
    let server = Server::with(Algorithm::Ed25519).verifier(move |builder| builder.events(given)).start().await;
    assert_eq!(server.exchange(get("/me")).await.status, 401);
    dropped(&events, 1).await;
    assert_eq!(server.exchange(get_with("/me", "garbage")).await.status, 401);
    dropped(&events, 2).await;
    assert_eq!(server.runs.so_far(), 0);
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn a_proof_has_the_expiry_and_hides_the_rest_from_debug_output() {
    async fn proof(auth: Authenticated<Claims>) -> String {
        let expires = auth.expires_at().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
        format!("{expires} {} {} {auth:?}", auth.issuer(), auth.subject())
    }
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().route("/proof", routing::get(proof)).with_state(service))
        .start()
        .await;
    let response = server.exchange(get_with("/proof", &server.good())).await;
    assert_eq!(response.text(), "1900000300 https://id.example.com/ alice Authenticated { .. }");
}
