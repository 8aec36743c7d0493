//! Tests event streams and slow bodies: a truncated one must not look complete.

use super::{EXPIRED_AT, OFTEN, SELDOM, Store, ended, server};
use crate::support::{Connection, Runs, Server, get_with};
use auth_runtime::events::Reason;
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::body::Body;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::Event;
use futures_util::{Stream, StreamExt, stream};
use std::convert::Infallible;
use std::time::Duration;

fn ticking<T: Clone>(item: T) -> impl Stream<Item = Result<T, Infallible>> {
    let ticks = stream::repeat(item).then(async |item| {
        tokio::time::sleep(Duration::from_millis(5)).await;
        item
    });
    ticks.map(Ok)
}

#[authenticated]
pub(super) async fn ticks(
    auth: Authenticated<Claims>,
) -> Sse<impl Stream<Item = Result<Event, impl Into<axum::BoxError>>>> {
    Sse::new(auth.guard(ticking("tick")).map(|tick| tick.map(|tick| Event::default().data(tick))))
}

#[authenticated]
pub(super) async fn bytes(auth: Authenticated<Claims>) -> Body {
    Body::from_stream(auth.guard(ticking("bytes")))
}

/// Runs long work and watches the proof meanwhile.
#[authenticated]
pub(super) async fn work(auth: Authenticated<Claims>, State(runs): State<Runs>) -> String {
    runs.count();
    tokio::select! {
        why = auth.ended() => why.reason().to_string(),
        () = std::future::pending() => String::new(),
    }
}

async fn opened(server: &Server, path: &str) -> Connection {
    let mut connection = Connection::open(server.address).await;
    connection.send(get_with(path, &server.good())).await;
    let head = connection.receive_head().await;
    assert_eq!((head.status, head.header("transfer-encoding")), (200, Some("chunked")));
    connection
}

#[tokio::test]
async fn h22_event_streams_and_bodies_are_cut_off_when_their_token_expires() {
    for path in ["/ticks", "/bytes"] {
        let server = server(&Store::default(), OFTEN).await;
        let mut connection = opened(&server, path).await;
        let some = connection.some().await;
        let text = String::from_utf8_lossy(&some);
        assert!(text.contains("tick") || text.contains("bytes"), "{path}: {text}");
        server.clock.set(EXPIRED_AT);
        let rest = connection.rest().await;
        let text = String::from_utf8_lossy(&rest);
        // RFC 9112 section 7.1: a complete body ends with a chunk of length 0.
        assert!(!text.ends_with("0\r\n\r\n"), "{path} looks complete: {text}");
        ended(&server, Reason::Expired).await;
    }
}

#[tokio::test]
async fn h22_nothing_is_sent_after_the_end() {
    let server = server(&Store::default(), SELDOM).await;
    let mut connection = opened(&server, "/bytes").await;
    server.clock.set(EXPIRED_AT);
    assert!(!connection.rest().await.ends_with(b"0\r\n\r\n"));
    ended(&server, Reason::Expired).await;
}

#[tokio::test]
async fn h22_long_work_is_notified_when_its_token_ends() {
    let server = server(&Store::default(), OFTEN).await;
    let mut connection = Connection::open(server.address).await;
    connection.send(get_with("/work", &server.good())).await;
    for _ in 0..500 {
        if server.runs.so_far() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.clock.set(EXPIRED_AT);
    assert_eq!(connection.receive().await.text(), "expired");
    ended(&server, Reason::Expired).await;
}
