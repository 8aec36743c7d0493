//! Tests that HTTP/2, over a real connection with a real client, changes no decision.

use crate::support::{
    AUDIENCE, BARE_CHALLENGE, INVALID_REQUEST, INVALID_TOKEN, Mint, Runs, Server, claims, get, get_with, routes, with,
};
use auth_runtime::authenticated;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::any;
use axum::body::Bytes;
use axum::extract::State;
use futures_util::future::join_all;
use h2::client::SendRequest;
use h2::ext::Protocol;
use http::header::{AUTHORIZATION, HOST};
use http::request::Builder;
use http::{HeaderMap, Method, Request};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

struct Http2(SendRequest<Bytes>);

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Http2 {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        let (send, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
        tokio::spawn(connection);
        Self(send)
    }

    /// Sends the request now; the returned future is the response.
    async fn send(&mut self, request: Builder) -> impl Future<Output = Answer> + use<> {
        let mut send = self.0.clone().ready().await.expect("room for a stream");
        let (answer, _) = send.send_request(request.body(()).expect("a request"), true).expect("sent");
        let answer = async {
            let (head, mut body) = answer.await.expect("an answer").into_parts();
            let mut bytes = Vec::new();
            while let Some(chunk) = body.data().await {
                bytes.extend_from_slice(&chunk.expect("a body"));
            }
            Answer { status: head.status.as_u16(), headers: head.headers, body: bytes }
        };
        async { tokio::time::timeout(Duration::from_secs(20), answer).await.expect("an answer in time") }
    }

    async fn exchange(&mut self, request: Builder) -> Answer {
        self.send(request).await.await
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII"))
    }
}

fn me() -> Builder {
    Request::get("http://localhost/me")
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[tokio::test]
async fn h26_http_2_gets_the_same_decisions_as_http_1_1() {
    let server = Server::start().await;
    let mut connection = Http2::open(server.address).await;
    let good = server.good();
    let forged = Mint::untrusted(Algorithm::Ed25519).token(&claims());
    let cases = [
        (me(), get("/me"), BARE_CHALLENGE, Reason::MissingCredentials),
        (me().header(AUTHORIZATION, "Bearer"), get_with("/me", ""), INVALID_TOKEN, Reason::PlaceholderToken),
        (me().header(AUTHORIZATION, bearer("x")), get_with("/me", "x"), INVALID_TOKEN, Reason::MalformedToken),
        (me().header(AUTHORIZATION, bearer(&forged)), get_with("/me", &forged), INVALID_TOKEN, Reason::BadSignature),
        (
            me().header(AUTHORIZATION, bearer(&good)).header(AUTHORIZATION, bearer(&good)),
            get_with("/me", &format!("{good}\r\nauthorization: Bearer {good}")),
            INVALID_REQUEST,
            Reason::SeveralCredentials,
        ),
    ];
    for (request, over_http_1, challenge, reason) in cases {
        let answer = connection.exchange(request).await;
        let event = server.only_event();
        assert_eq!((event.reason, event.route.as_deref()), (reason, Some("/me")));
        assert_eq!(answer.header("www-authenticate"), Some(challenge));
        let other = server.exchange(over_http_1).await;
        assert_eq!((answer.status, &answer.body), (other.status, &other.body), "{reason}");
        for name in ["www-authenticate", "content-type", "cache-control", "vary", "content-length"] {
            assert_eq!(answer.header(name), other.header(name), "{reason}");
        }
        assert_eq!(server.only_event().reason, reason);
    }
    assert_eq!(server.runs.so_far(), 0);
    let answer = connection.exchange(me().header(AUTHORIZATION, bearer(&good))).await;
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"alice".as_slice()));
    // The connection does not keep the caller.
    assert_eq!(connection.exchange(me()).await.status, 401);
    assert_eq!(server.runs.so_far(), 1);
}

#[tokio::test]
async fn h26_h16_no_path_in_a_pseudo_header_bypasses_the_proof() {
    let server = Server::start().await;
    let mut connection = Http2::open(server.address).await;
    for path in [
        "/me",
        "//me",
        "/me/",
        "/ME",
        "/%6de",
        "/v1/../me",
        "/v1/%2e%2e/me",
        "/v1%2fme",
        "/me;x",
        "/me%00",
        "/me?x=/health",
    ] {
        let answer = connection.exchange(Request::get(format!("http://localhost{path}"))).await;
        assert!([401, 404].contains(&answer.status), "{path}: {answer:?}");
        assert_eq!(server.events().len(), usize::from(answer.status == 401), "{path}");
    }
    for method in ["HEAD", "POST", "OPTIONS", "TRACE", "FOO"] {
        let answer = connection.exchange(me().method(method)).await;
        assert_eq!(answer.status, if method == "HEAD" { 401 } else { 405 }, "{method}");
        assert_eq!(answer.body, b"", "{method}");
    }
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn h26_h25_authority_and_host_do_not_change_the_decision() {
    let server = Server::start().await;
    let mut connection = Http2::open(server.address).await;
    let other_audience = server.mint.token(&with(claims(), "aud", "evil.example"));
    for (authority, host) in [
        ("localhost", None),
        ("evil.example", None),
        ("localhost", Some("evil.example")),
        ("evil.example", Some(AUDIENCE)),
    ] {
        let request = |token: Option<&str>| {
            let request = Request::get(format!("http://{authority}/me"));
            let request = host.into_iter().fold(request, |request, host| request.header(HOST, host));
            token.into_iter().fold(request, |request, token| request.header(AUTHORIZATION, bearer(token)))
        };
        assert_eq!(connection.exchange(request(None)).await.status, 401, "{authority} {host:?}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
        assert_eq!(connection.exchange(request(Some(&other_audience))).await.status, 401, "{authority} {host:?}");
        let event = server.only_event();
        assert_eq!((event.reason, &*event.audience), (Reason::WrongAudience, AUDIENCE));
        assert_eq!(connection.exchange(request(Some(&server.good()))).await.body, b"alice", "{authority} {host:?}");
    }
    assert_eq!(server.runs.so_far(), 4);
}

#[tokio::test]
async fn h26_h29_streams_of_one_connection_each_get_their_own_response() {
    let server = Server::start().await;
    let mut connection = Http2::open(server.address).await;
    let mut answers = Vec::new();
    for number in 0..90 {
        let token = match number % 3 {
            0 => None,
            1 => Some(Mint::untrusted(Algorithm::Ed25519).token(&claims())),
            _ => Some(server.mint.token(&with(claims(), "sub", format!("caller-{number}")))),
        };
        let request = token.iter().fold(me(), |request, token| request.header(AUTHORIZATION, bearer(token)));
        answers.push(connection.send(request).await);
    }
    for (number, answer) in join_all(answers).await.into_iter().enumerate() {
        if number % 3 == 2 {
            assert_eq!((answer.status, answer.body), (200, format!("caller-{number}").into_bytes()));
        } else {
            assert_eq!(answer.status, 401, "{number}");
        }
    }
    assert_eq!((server.runs.so_far(), server.events().len()), (30, 60));
}

#[authenticated]
async fn socket(State(runs): State<Runs>) {
    runs.count();
}

/// RFC 8441: a WebSocket over HTTP/2 starts with CONNECT, which a route for GET does not accept.
#[tokio::test]
async fn h21_h26_an_extended_connect_requires_a_proof() {
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| routes().route("/socket", any(socket)).with_state(service))
        .start()
        .await;
    let mut connection = Http2::open(server.address).await;
    let good = server.good();
    connection.exchange(me()).await;
    server.only_event();
    assert!(connection.0.is_extended_connect_protocol_enabled(), "the settings have come by now");
    let connect = |path: &str| {
        let request = Request::builder().method(Method::CONNECT).uri(format!("http://localhost{path}"));
        request.extension(Protocol::from_static("websocket")).header("sec-websocket-version", "13")
    };
    for (request, reason) in [
        (connect("/socket"), Reason::MissingCredentials),
        (connect("/socket").header("sec-websocket-protocol", format!("bearer, {good}")), Reason::MissingCredentials),
        (connect("/socket").header(AUTHORIZATION, bearer("garbage")), Reason::MalformedToken),
        (connect(&format!("/socket?access_token={good}")), Reason::TokenInQuery),
    ] {
        assert_eq!(connection.exchange(request).await.status, 401, "{reason}");
        assert_eq!(server.only_event().reason, reason);
    }
    assert_eq!(server.runs.so_far(), 0);
    let answer = connection.exchange(connect("/socket").header(AUTHORIZATION, bearer(&good))).await;
    assert_eq!((answer.status, server.runs.so_far()), (200, 1));
    assert_eq!(connection.exchange(connect("/me")).await.status, 405);
}
