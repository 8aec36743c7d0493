//! Requests that are signed by the libraries of their senders.
//!
//! `standardwebhooks`, `stripe`, `svix` and `@octokit/webhooks-methods` share no code with this
//! project.

use super::hooks::request;
use crate::support::{Connection, serve};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::routing::post;
use auth_runtime::signatures::{Scheme, Sender, Signatures, SigningSecret};
use auth_runtime::{AuthRouter, Events, Signed, signature, signed};
use axum::body::Bytes;
use axum::extract::FromRef;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use test_support::{is_installed, require_or_skip, run};

signature!(GitHub = Scheme::github());
signature!(Stripe = Scheme::stripe());
signature!(Standard = Scheme::standard_webhooks());
signature!(SvixSender = Scheme::svix());

const GITHUB: &str = "9f2c6d5e01b74a83c8f0d3e7a6b51942";
const STRIPE: &str = "whsec_7d1e0b9f4c3a825617f0e2d9c8b3a4f5";
const STANDARD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Not as a serializer would write it, and not ASCII.
const BODY: &str = "{ \"name\": \"M\u{fc}ller \u{2713}\",\"n\":1.0 }";

#[derive(Clone, FromRef)]
struct App {
    github: Signatures<GitHub>,
    stripe: Signatures<Stripe>,
    standard: Signatures<Standard>,
    svix: Signatures<SvixSender>,
}

#[signed(GitHub)]
async fn pushed(event: Signed<GitHub>) -> Bytes {
    event.into_bytes()
}

#[signed(Stripe)]
async fn paid(event: Signed<Stripe>) -> Bytes {
    event.into_bytes()
}

#[signed(Standard)]
async fn sent(event: Signed<Standard>) -> String {
    event.delivery_id().unwrap_or_default().to_owned()
}

#[signed(SvixSender)]
async fn relayed(event: Signed<SvixSender>) -> String {
    event.delivery_id().unwrap_or_default().to_owned()
}

fn signatures<S: Sender>(secret: &str, events: &Events) -> Signatures<S> {
    let secret = SigningSecret::from_bytes(secret);
    Signatures::builder().secret(secret).events(events.clone()).build().expect("signatures")
}

async fn service() -> (SocketAddr, Collected) {
    let (events, collected) = Events::collect();
    let app = App {
        github: signatures(GITHUB, &events),
        stripe: signatures(STRIPE, &events),
        standard: signatures(STANDARD, &events),
        svix: signatures(STANDARD, &events),
    };
    let hooks = AuthRouter::new()
        .route("/github", post(pushed))
        .route("/stripe", post(paid))
        .route("/standard", post(sent))
        .route("/svix", post(relayed))
        .with_state(app);
    (serve(hooks).await, collected)
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/webhook-senders"))
}

fn installed() -> Option<()> {
    let there = is_installed("node") && folder().join("node_modules/svix").is_dir();
    require_or_skip(there, "no webhook senders: run tests/webhook-senders/install")
}

/// The header lines that the library of a sender writes.
fn lines(sender: &str, secret: &str, id: &str) -> String {
    let mut node = Command::new("node");
    node.arg(folder().join("sign.mjs")).args([sender, secret, id, BODY]);
    let output = run(node);
    let headers: BTreeMap<String, String> = serde_json::from_slice(&output.stdout).expect("headers as JSON");
    headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect()
}

async fn status(address: SocketAddr, path: &str, lines: &str, body: &str) -> (u16, String) {
    let response = Connection::open(address).await.exchange(request(path, lines, body.as_bytes())).await;
    (response.status, response.text().to_owned())
}

#[tokio::test]
async fn a_request_of_each_library_is_accepted_and_its_twin_is_not() {
    let Some(()) = installed() else { return };
    let (address, collected) = service().await;
    for (path, sender, secret, answer) in [
        ("/github", "github", GITHUB, BODY),
        ("/stripe", "stripe", STRIPE, BODY),
        ("/standard", "standard", STANDARD, "msg_1"),
        ("/svix", "svix", STANDARD, "msg_1"),
    ] {
        let signed = lines(sender, secret, "msg_1");
        // The body as another program writes the same JSON.
        let rewritten = BODY.replace("1.0", "1");
        assert_eq!(status(address, path, &signed, &rewritten).await.0, 401, "{path}");
        assert_eq!(collected.take()[0].reason, Reason::BadSignature, "{path}");
        let other = lines(sender, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_1");
        assert_eq!(status(address, path, &other, BODY).await.0, 401, "{path}");
        assert_eq!(collected.take()[0].reason, Reason::BadSignature, "{path}");

        assert_eq!(status(address, path, &signed, BODY).await, (200, answer.to_owned()), "{path}");
        assert!(collected.take().is_empty(), "{path}");
    }
}

/// A sender repeats a delivery whose answer is lost.
///
/// GitHub sends the same bytes again. Stripe and Standard Webhooks sign the same event anew.
#[tokio::test]
async fn a_sender_that_repeats_a_delivery_stops_at_the_answer() {
    let Some(()) = installed() else { return };
    let (address, collected) = service().await;
    let github = lines("github", GITHUB, "");
    assert_eq!(status(address, "/github", &github, BODY).await, (200, BODY.to_owned()));
    let (status_, answer) = status(address, "/github", &github, BODY).await;
    assert_eq!(status_, 200);
    assert_ne!(answer, BODY, "the handler ran again");
    assert_eq!(collected.take()[0].reason, Reason::AlreadyDelivered);

    let first = lines("standard", STANDARD, "msg_2");
    assert_eq!(status(address, "/standard", &first, BODY).await, (200, "msg_2".to_owned()));
    let again = lines("standard", STANDARD, "msg_2");
    let (status_, answer) = status(address, "/standard", &again, BODY).await;
    assert_eq!(status_, 200);
    assert_ne!(answer, "msg_2", "the handler ran again");
    assert_eq!(collected.take()[0].reason, Reason::AlreadyDelivered);

    let stripe = lines("stripe", STRIPE, "");
    assert_eq!(status(address, "/stripe", &stripe, BODY).await.0, 200);
    assert_eq!(status(address, "/stripe", &stripe, BODY).await.0, 401);
    assert_eq!(collected.take()[0].reason, Reason::ReplayedSignature);
}
