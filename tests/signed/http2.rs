//! Signed requests over HTTP/2, with a real client.

use super::hooks::{BODY, Hooks, github, mac};
use crate::support::PROBLEM_401;
use auth_runtime::events::Reason;
use axum::body::Bytes;
use h2::client::SendRequest;
use http::Request;
use http::request::Builder;
use std::net::SocketAddr;
use test_support::LIMIT;
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(super) struct Http2(SendRequest<Bytes>);

pub(super) struct Answer {
    pub(super) status: u16,
    body: Vec<u8>,
}

impl Http2 {
    pub(super) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        let (send, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
        tokio::spawn(connection);
        Self(send)
    }

    /// Sends a request, and its body as far as the server lets it.
    pub(super) async fn exchange(&mut self, request: Builder, body: &[u8]) -> Answer {
        let mut send = self.0.clone().ready().await.expect("room for a stream");
        let (answer, mut stream) = send.send_request(request.body(()).expect("a request"), false).expect("sent");
        stream.send_data(Bytes::copy_from_slice(body), true).expect("an open stream");
        let answer = async {
            let (head, mut body) = answer.await.expect("an answer").into_parts();
            let mut bytes = Vec::new();
            while let Some(chunk) = body.data().await {
                let chunk = chunk.expect("a body");
                let _ = body.flow_control().release_capacity(chunk.len());
                bytes.extend_from_slice(&chunk);
            }
            Answer { status: head.status.as_u16(), body: bytes }
        };
        timeout(LIMIT, answer).await.expect("an answer in time")
    }
}

fn post(path: &str) -> Builder {
    Request::post(format!("http://localhost{path}"))
}

/// The value of the header of GitHub.
fn value(body: &[u8]) -> String {
    github(body).trim_end().rsplit_once(": ").expect("a header").1.to_owned()
}

#[tokio::test]
async fn a_signed_request_over_http_2_gets_the_same_decisions() {
    let hooks = Hooks::start().await;
    let mut connection = Http2::open(hooks.address).await;
    let name = "x-hub-signature-256";
    for (case, request, reason) in [
        ("missing", post("/github"), Reason::MissingSignature),
        ("empty", post("/github").header(name, ""), Reason::MalformedSignature),
        ("twice", post("/github").header(name, value(BODY)).header(name, value(BODY)), Reason::MalformedSignature),
        ("without the prefix", post("/github").header(name, mac(b"", BODY)), Reason::MalformedSignature),
        ("of another body", post("/github").header(name, value(b"{}")), Reason::BadSignature),
    ] {
        let answer = connection.exchange(request, BODY).await;
        assert_eq!((answer.status, &*answer.body), (401, PROBLEM_401.as_bytes()), "{case}");
        hooks.one_event(reason, 401, case);
        assert_eq!(hooks.bytes_read(), if reason == Reason::BadSignature { BODY.len() } else { 0 }, "{case}");
    }
    assert_eq!(hooks.runs.so_far(), 0);
    let good = || post("/github").header(name, value(BODY));
    let answer = connection.exchange(good(), BODY).await;
    assert_eq!((answer.status, &*answer.body), (200, BODY));
    // The same delivery on the same connection.
    assert_eq!(connection.exchange(good(), BODY).await.status, 200);
    hooks.one_event(Reason::AlreadyDelivered, 200, "repeated");
    assert_eq!(hooks.runs.so_far(), 1);
}
