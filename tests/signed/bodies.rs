//! The gate reads a bounded body, within a time limit (P6).

use super::hooks::{BODY, Hooks, MAX_BODY, github, request};
use crate::support::{Connection, deliberate_panics_are_silent};
use auth_runtime::events::Reason;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::map_request;
use std::io;
use std::time::Duration;

const PROBLEM_413: &str = r#"{"type":"about:blank","title":"Content Too Large","status":413}"#;
const PROBLEM_408: &str = r#"{"type":"about:blank","title":"Request Timeout","status":408}"#;

/// A chunked request without its end.
fn chunked(lines: &str, chunks: &[&[u8]]) -> Vec<u8> {
    let head = format!("POST /github HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n{lines}\r\n");
    let mut all = head.into_bytes();
    for chunk in chunks {
        all.extend(format!("{:x}\r\n", chunk.len()).bytes());
        all.extend(*chunk);
        all.extend(b"\r\n");
    }
    all
}

#[tokio::test]
async fn a_body_that_declares_too_much_is_rejected_unread() {
    let hooks = Hooks::start().await;
    let body = vec![7; MAX_BODY + 1];
    for sent in [&body[..], b""] {
        let mut connection = Connection::open(hooks.address).await;
        let whole = request("/github", &github(&body), &body);
        connection.send(&whole[..whole.len() - body.len() + sent.len()]).await;
        let response = connection.receive().await;
        assert_eq!((response.status, response.text()), (413, PROBLEM_413));
        assert_eq!(response.header("www-authenticate"), None);
        hooks.one_event(Reason::BodyTooLarge, 413, "declared");
    }
    assert_eq!((hooks.bytes_read(), hooks.runs.so_far()), (0, 0));
}

#[tokio::test]
async fn a_body_that_grows_too_long_is_rejected_at_the_limit() {
    let hooks = Hooks::start().await;
    let chunk = vec![7; 8 * 1024];
    let mut connection = Connection::open(hooks.address).await;
    // It has no end, so the gate must not wait for one.
    connection.send(chunked(&github(BODY), &[&chunk[..]; 9])).await;
    let response = connection.receive().await;
    assert_eq!((response.status, response.text()), (413, PROBLEM_413));
    hooks.one_event(Reason::BodyTooLarge, 413, "chunked");
    assert!((MAX_BODY..=MAX_BODY + chunk.len()).contains(&hooks.bytes_read()));
    assert_eq!(hooks.runs.so_far(), 0);
}

#[tokio::test]
async fn a_body_that_does_not_end_in_time_is_rejected() {
    let hooks = Hooks::with(|builder| builder.body_time_limit(Duration::from_millis(200)), |app| app).await;
    let short = request("/github", &github(BODY), BODY);
    for (case, sent) in [
        ("declared", short[..short.len() - 1].to_vec()),
        ("nothing sent", short[..short.len() - BODY.len()].to_vec()),
        ("chunked", chunked(&github(BODY), &[BODY])),
    ] {
        let mut connection = Connection::open(hooks.address).await;
        connection.send(sent).await;
        let response = connection.receive().await;
        assert_eq!((response.status, response.text()), (408, PROBLEM_408), "{case}");
        hooks.one_event(Reason::BodyNotReceived, 408, case);
    }
    assert_eq!(hooks.runs.so_far(), 0);
}

/// A layer may replace the body, and its code may fail.
#[tokio::test]
async fn a_body_that_fails_or_panics_is_rejected() {
    async fn broken(request: Request) -> Request {
        request.map(|_| {
            Body::from_stream(futures_util::stream::once(async { Err::<Bytes, _>(io::Error::other("broken")) }))
        })
    }
    async fn panicking(request: Request) -> Request {
        let stream = futures_util::stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, io::Error>>> {
            panic!("deliberate: a body")
        });
        request.map(|_| Body::from_stream(stream))
    }
    deliberate_panics_are_silent();
    let hooks = Hooks::with(|builder| builder, |app| app.layer(map_request(broken))).await;
    assert_eq!(hooks.exchange(request("/github", &github(BODY), BODY)).await.status, 408);
    hooks.one_event(Reason::BodyNotReceived, 408, "broken");
    let hooks = Hooks::with(|builder| builder, |app| app.layer(map_request(panicking))).await;
    assert_eq!(hooks.exchange(request("/github", &github(BODY), BODY)).await.status, 503);
    hooks.one_event(Reason::VerifierPanicked, 503, "panicking");
    assert_eq!(hooks.runs.so_far(), 0);
}

/// P6: the gate verifies what it has read, whatever a layer has removed.
#[tokio::test]
async fn a_body_that_a_layer_has_read_is_not_the_signed_one() {
    async fn consuming(request: Request) -> Request {
        request.map(|_| Body::empty())
    }
    let hooks = Hooks::with(|builder| builder, |app| app.layer(map_request(consuming))).await;
    hooks.refuses(request("/github", &github(BODY), BODY), Reason::BadSignature, "a consumed body").await;
}

#[tokio::test]
async fn a_client_that_leaves_while_its_body_is_read_is_counted_once() {
    let hooks = Hooks::start().await;
    let whole = request("/github", &github(BODY), BODY);
    let mut connection = Connection::open(hooks.address).await;
    connection.send(&whole[..whole.len() - 1]).await;
    drop(connection);
    // The server sees the end of the connection, or of the body.
    let mut events = Vec::new();
    for _ in 0..1000 {
        events.extend(hooks.collected());
        if events.len() as u64 + hooks.events.counts().abandoned > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(events.len() as u64 + hooks.events.counts().abandoned, 1, "{events:?}");
    assert_eq!((hooks.runs.so_far(), hooks.events.counts().accepted), (0, 0));
}
