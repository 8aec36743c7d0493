//! A service with webhooks of two senders, and requests that are signed as theirs.

use crate::support::{Clock, Connection, PROBLEM_401, Response, Runs, serve};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::routing::post;
use auth_runtime::signatures::{MalformedJson, Scheme, Signatures, SignaturesBuilder, SigningSecret};
use auth_runtime::{AuthEvent, AuthRouter, Events, Signed, signature, signed};
use aws_lc_rs::hmac;
use axum::body::{Body, Bytes};
use axum::extract::{FromRef, Path, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::Response as Answer;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

signature!(pub(crate) GitHub = Scheme::github());
signature!(
    pub(crate) Bank = Scheme::hmac("X-Bank-Signature")
        .hex()
        .signed("{timestamp}.{body}")
        .timestamp_header("X-Bank-Timestamp")
        .tolerance(Duration::from_secs(5 * 60))
);

pub(super) const SECRET: &str = "a-long-random-secret-of-a-sender";
/// The cap of the bodies.
pub(super) const MAX_BODY: usize = 64 * 1024;

#[derive(Clone, FromRef)]
struct App {
    github: Signatures<GitHub>,
    bank: Signatures<Bank>,
    runs: Runs,
    events: Events,
}

#[signed(GitHub)]
async fn echo(event: Signed<GitHub>, State(runs): State<Runs>) -> Bytes {
    runs.count();
    event.into_bytes()
}

#[signed(GitHub)]
async fn parsed(event: Signed<GitHub>, State(runs): State<Runs>) -> Result<String, MalformedJson> {
    let push: serde_json::Map<String, serde_json::Value> = event.json()?;
    runs.count();
    Ok(push["ref"].to_string())
}

#[signed(Bank)]
async fn paid(event: Signed<Bank>, State(runs): State<Runs>, Path(order): Path<u32>) -> String {
    runs.count();
    let sent = event.sent_at().expect("the bank signs the time");
    let sent = sent.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    format!("order {order} of {} bytes at {sent}", event.bytes().len())
}

#[signed(GitHub)]
async fn fails(State(runs): State<Runs>) -> http::StatusCode {
    runs.count();
    http::StatusCode::INTERNAL_SERVER_ERROR
}

#[signed(GitHub)]
async fn panics(State(runs): State<Runs>) {
    runs.count();
    panic!("deliberate: a handler");
}

/// Answers when the other delivery was rejected.
#[signed(GitHub)]
async fn waits(State(App { runs, events, .. }): State<App>) {
    runs.count();
    while events.counts().invalid == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The service under test.
pub(super) struct Hooks {
    pub(super) address: SocketAddr,
    pub(super) runs: Runs,
    pub(super) events: Events,
    collected: Collected,
    read: Arc<AtomicUsize>,
}

impl Hooks {
    pub(super) async fn start() -> Self {
        Self::with(|builder| builder, |app| app).await
    }

    /// Starts a service with other settings of GitHub, and with layers.
    pub(super) async fn with(
        github: impl FnOnce(SignaturesBuilder<GitHub>) -> SignaturesBuilder<GitHub>,
        layers: impl FnOnce(AuthRouter) -> AuthRouter,
    ) -> Self {
        let (events, collected) = Events::collect();
        let hooks = Self::with_events(events, github, layers).await;
        Self { collected, ..hooks }
    }

    pub(super) async fn with_events(
        events: Events,
        github: impl FnOnce(SignaturesBuilder<GitHub>) -> SignaturesBuilder<GitHub>,
        layers: impl FnOnce(AuthRouter) -> AuthRouter,
    ) -> Self {
        Self::served(events, github, layers, serve).await
    }

    /// Starts a service on a listener of the test.
    pub(super) async fn served(
        events: Events,
        github: impl FnOnce(SignaturesBuilder<GitHub>) -> SignaturesBuilder<GitHub>,
        layers: impl FnOnce(AuthRouter) -> AuthRouter,
        serve: impl AsyncFnOnce(AuthRouter) -> SocketAddr,
    ) -> Self {
        let (runs, clock, read) = (Runs::default(), Clock::standing(), Arc::<AtomicUsize>::default());
        let now = clock.clone();
        let github = github(Signatures::builder().max_body(MAX_BODY)).secret(SigningSecret::from_bytes(SECRET));
        let github = github.events(events.clone()).build().expect("signatures");
        let bank = Signatures::builder().secret(SigningSecret::from_bytes(SECRET)).events(events.clone());
        let bank = bank.clock(move || now.now()).build().expect("signatures");
        let app = AuthRouter::new()
            .route("/github", post(echo))
            .route("/parsed", post(parsed))
            .route("/fails", post(fails))
            .route("/panics", post(panics))
            .route("/waits", post(waits))
            .route("/bank/{order}", post(paid))
            .route("/closure", post(async |event: Signed<GitHub>| event.into_bytes()))
            .with_state(App { github, bank, runs: runs.clone(), events: events.clone() });
        let counted = Arc::clone(&read);
        let app = layers(app).layer(from_fn(move |request, next| count(Arc::clone(&counted), request, next)));
        let (_, collected) = Events::collect();
        Self { address: serve(app).await, runs, events, collected, read }
    }

    /// Returns the bytes that were read of bodies since the last call.
    pub(super) fn bytes_read(&self) -> usize {
        self.read.swap(0, Ordering::SeqCst)
    }

    pub(super) fn collected(&self) -> Vec<AuthEvent> {
        self.collected.take()
    }

    pub(super) async fn exchange(&self, request: impl AsRef<[u8]>) -> Response {
        Connection::open(self.address).await.exchange(request).await
    }

    /// Asserts that the rejection has one event, which has nothing of the request.
    pub(super) fn one_event(&self, reason: Reason, status: u16, case: &str) -> AuthEvent {
        let mut events = self.collected();
        assert_eq!(events.len(), 1, "{case}: {events:?}");
        let event = events.remove(0);
        assert_eq!((event.reason, event.status), (reason, status), "{case}: {event:?}");
        let text = serde_json::to_string(&event).expect("JSON");
        for part in [SECRET, "private", &mac(SECRET.as_bytes(), BODY)] {
            assert!(!text.contains(part), "{case}: {text}");
        }
        event
    }

    /// Sends a request that is rejected with 401, and asserts that its handler did not run.
    pub(super) async fn refuses(&self, request: impl AsRef<[u8]>, reason: Reason, case: &str) -> Response {
        let runs = self.runs.so_far();
        let response = self.exchange(request).await;
        assert_eq!((response.status, response.text()), (401, PROBLEM_401), "{case}");
        assert_eq!(response.header("www-authenticate"), Some("Signature"), "{case}");
        assert_eq!(self.runs.so_far(), runs, "{case}: the handler ran");
        self.one_event(reason, 401, case);
        response
    }
}

/// Counts the bytes of a body where the gate reads them.
async fn count(read: Arc<AtomicUsize>, request: Request, next: Next) -> Answer {
    use futures_util::StreamExt;
    let counted = request.map(|body| {
        Body::from_stream(body.into_data_stream().inspect(move |data| {
            read.fetch_add(data.as_ref().map_or(0, Bytes::len), Ordering::SeqCst);
        }))
    });
    next.run(counted).await
}

/// Not as a serializer would write it.
pub(super) const BODY: &[u8] = b"{ \"ref\":\"refs/heads/private\",\"n\": 1.0 }\n";

/// The MAC in lower-case hexadecimal digits.
pub(super) fn mac(secret: &[u8], text: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text);
    tag.as_ref().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A request with these header lines.
pub(super) fn request(path: &str, lines: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n{lines}\r\n");
    [head.as_bytes(), body].concat()
}

/// The line that GitHub sends for a body.
pub(super) fn github(body: &[u8]) -> String {
    format!("X-Hub-Signature-256: sha256={}\r\n", mac(SECRET.as_bytes(), body))
}

/// The lines that the bank sends for a body.
pub(super) fn bank(timestamp: &str, body: &[u8]) -> String {
    let signed = [timestamp.as_bytes(), b".", body].concat();
    format!("X-Bank-Timestamp: {timestamp}\r\nX-Bank-Signature: {}\r\n", mac(SECRET.as_bytes(), &signed))
}
