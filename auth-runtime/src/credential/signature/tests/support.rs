//! Senders, and a verification without a server.

use super::super::{Scheme, Sender, Signatures, SigningSecret, VerifiedDelivery};
use crate::rejection::Refusal;
use auth_events::{Events, Reason};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

auth_runtime::signature!(pub(super) GitHub = Scheme::github());
auth_runtime::signature!(pub(super) Stripe = Scheme::stripe());
auth_runtime::signature!(pub(super) Slack = Scheme::slack());
auth_runtime::signature!(pub(super) Shopify = Scheme::shopify());
auth_runtime::signature!(pub(super) Standard = Scheme::standard_webhooks());
auth_runtime::signature!(pub(super) Svix = Scheme::svix());
auth_runtime::signature!(
    pub(super) Warehouse = Scheme::hmac("X-Signature")
        .base64()
        .prefix("hmac-")
        .signed("{id}/{timestamp}/{body}")
        .timestamp_header("X-Sent")
        .tolerance(Duration::from_secs(60))
        .delivery_id_header("X-Delivery")
);

pub(super) const SECRET: &str = "9f2c6d5e01b74a83c8f0d3e7a6b51942";
pub(super) const NOW: u64 = 1_800_000_000;

pub(super) fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

pub(super) fn signatures<S: Sender>(secret: &str) -> Signatures<S> {
    let events = Events::discard("these tests read the refusals");
    let secret = SigningSecret::from_bytes(secret);
    Signatures::builder().secret(secret).events(events).build().expect("signatures")
}

pub(super) fn headers<V: AsRef<[u8]>>(headers: &[(&str, V)]) -> HeaderMap {
    let header = |(name, value): &(&str, V)| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        (name, HeaderValue::from_bytes(value.as_ref()).expect("a value"))
    };
    let mut map = HeaderMap::new();
    for (name, value) in headers.iter().map(header) {
        map.append(name, value);
    }
    map
}

/// Checks the head, then the body: what the gate does.
pub(super) fn verify<S>(
    signatures: &Signatures<S>,
    headers: &HeaderMap,
    body: &[u8],
    now: u64,
) -> Result<VerifiedDelivery, Refusal> {
    signatures.check_head(headers, || at(now))?.verify(body)
}

/// The reason of a refusal, and its detail.
pub(super) fn refusal<T>(outcome: Result<T, Refusal>) -> (Reason, String) {
    let refusal = outcome.err().expect("a refusal");
    (refusal.rejection.reason(), refusal.detail.unwrap_or_default().into_owned())
}

pub(super) fn reason<T>(outcome: Result<T, Refusal>) -> Reason {
    refusal(outcome).0
}

pub(super) fn mac(secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::sign(&key, &parts.concat()).as_ref().to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The header of GitHub for a body.
pub(super) fn github(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex(&mac(secret.as_bytes(), &[body])))
}

/// The header of Stripe for a body.
pub(super) fn stripe(secret: &str, timestamp: u64, body: &[u8]) -> String {
    let timestamp = timestamp.to_string();
    format!("t={timestamp},v1={}", hex(&mac(secret.as_bytes(), &[timestamp.as_bytes(), b".", body])))
}

/// The headers of Standard Webhooks for a body. The secret is raw.
pub(super) fn standard(secret: &[u8], id: &str, timestamp: u64, body: &[u8]) -> HeaderMap {
    let timestamp = timestamp.to_string();
    let signed = mac(secret, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]);
    headers(&[
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", format!("v1,{}", base64(&signed))),
    ])
}

/// The headers of the scheme of its own.
pub(super) fn warehouse(id: &str, timestamp: &str, body: &[u8]) -> HeaderMap {
    let signed = mac(SECRET.as_bytes(), &[id.as_bytes(), b"/", timestamp.as_bytes(), b"/", body]);
    let signature = format!("hmac-{}", base64(&signed));
    headers(&[("x-signature", &*signature), ("x-sent", timestamp), ("x-delivery", id)])
}
