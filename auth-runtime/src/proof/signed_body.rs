//! Reads the body of a signed request, up to its limits.

use crate::rejection::{Refusal, Rejection, isolate};
use auth_events::Reason;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::request::Parts;
use http::header::CONTENT_LENGTH;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio::task::consume_budget;

/// Reads a body of at most `max_body` bytes within `time_limit`.
///
/// P6: a panic in the body, which may be that of a layer, rejects the request.
pub(super) async fn read(parts: &Parts, body: Body, max_body: usize, time_limit: Duration) -> Result<Bytes, Refusal> {
    let read = isolate(time_limit, read_frames(parts, body, max_body)).await;
    read.map_err(|refusal| match refusal.rejection.reason() {
        Reason::VerifierTimeout => not_received("the body did not end in time"),
        _ => refusal,
    })
}

/// Reads the frames of a body.
///
/// A body in one frame is not copied. Memory grows with the received bytes and not with the
/// declared length, because the client has not been verified.
async fn read_frames(parts: &Parts, mut body: Body, max_body: usize) -> Result<Bytes, Refusal> {
    // P4: a body that declares too much is not read at all.
    if declared_length(parts, &body) > u64::try_from(max_body).unwrap_or(u64::MAX) {
        return Err(too_large("the declared length is over the limit"));
    }
    let (mut first, mut all) = (Bytes::new(), Vec::new());
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| not_received("the body broke off"))?;
        // Trailers are not signed.
        let Ok(data) = frame.into_data() else { continue };
        let length = first.len().max(all.len()) + data.len();
        if length > max_body {
            return Err(too_large("the body is longer than the limit"));
        }
        if length == data.len() {
            first = data;
        } else {
            if all.is_empty() {
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&data);
        }
        // A client that sends many small frames must not keep the thread, and the time limit ends
        // it.
        consume_budget().await;
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

/// Returns the length that the head declares, or the least length that the body knows.
fn declared_length(parts: &Parts, body: &Body) -> u64 {
    let declared = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    declared.unwrap_or(0).max(body.size_hint().lower())
}

fn too_large(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::BodyTooLarge, detail)
}

fn not_received(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::BodyNotReceived, detail)
}
