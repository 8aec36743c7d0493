//! A signed body of 10 KiB: behind the gate, and with the least that a handler has to do.

use super::Service;
use auth_runtime::routing::post;
use auth_runtime::signatures::{
    DeliveryKey, MemoryReplays, ReplayError, ReplayStore, Scheme, Signatures, SigningSecret,
};
use auth_runtime::{AuthRouter, Events, Signed, signature, signed};
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use std::fmt::Write;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tower::util::BoxCloneSyncService;

signature!(GitHub = Scheme::github());

const SECRET: &str = "9f2c6d5e01b74a83c8f0d3e7a6b51942";

/// Accepts a repeated delivery, because the bench sends one request again and again.
///
/// It claims and removes an entry of the store that services have by default.
#[derive(Default)]
struct Repeatable(MemoryReplays);

type Claimed<'a> = Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>>;

impl ReplayStore for Repeatable {
    fn claim<'a>(&'a self, delivery: &'a DeliveryKey, keep: Duration) -> Claimed<'a> {
        self.0.claim(delivery, keep)
    }

    fn handled<'a>(&'a self, delivery: &'a DeliveryKey, _: Duration) -> Claimed<'a> {
        self.0.release(delivery)
    }

    fn release<'a>(&'a self, delivery: &'a DeliveryKey) -> Claimed<'a> {
        self.0.release(delivery)
    }
}

#[signed(GitHub)]
async fn received(event: Signed<GitHub>) -> &'static str {
    std::hint::black_box(event.bytes());
    "ok"
}

/// A service that takes requests of GitHub, and a request with its body.
#[must_use]
pub fn signed_body() -> (Service, Request<Bytes>) {
    let github = Signatures::<GitHub>::builder()
        .secret(SigningSecret::from_bytes(SECRET))
        .replay(Repeatable::default())
        .events(Events::collect().0)
        .build()
        .expect("signatures");
    let app = AuthRouter::new().route("/orders", post(received)).with_state::<()>(github);
    (BoxCloneSyncService::new(app), request())
}

/// The HMAC over a body that was read without a copy, and nothing else of what the gate does.
#[must_use]
pub fn signed_by_hand() -> (Service, Request<Bytes>) {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let request = request();
    let expected = hmac::sign(&key, request.body());
    let received = async |State((key, expected)): State<(hmac::Key, hmac::Tag)>, body: Bytes| match hmac::verify(
        &key,
        &body,
        expected.as_ref(),
    ) {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::UNAUTHORIZED,
    };
    let app = Router::new().route("/orders", axum::routing::post(received)).with_state((key, expected));
    (BoxCloneSyncService::new(app), request)
}

fn request() -> Request<Bytes> {
    let body = Bytes::from(vec![b'x'; 10 * 1024]);
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), &body);
    let mut signature = "sha256=".to_owned();
    for byte in mac.as_ref() {
        let _ = write!(signature, "{byte:02x}");
    }
    Request::post("/orders").header("X-Hub-Signature-256", signature).body(body).expect("a request")
}
