//! The record of one rejection.

use super::kind::Kind;
use super::{Class, Reason, Severity};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;
use time::OffsetDateTime;

/// Records one rejection.
///
/// P7: no field can hold a token or a claim of an unverified token. Its `kid` appears as a short
/// hash, and its subject only after the signature has been verified.
///
/// ```
/// use auth_runtime::AuthEvent;
///
/// /// A line for a ticket, without the peer.
/// fn line(event: &AuthEvent) -> String {
///     format!("{} on {}", event.reason, event.route.as_deref().unwrap_or("an unmatched path"))
/// }
/// # let _ = line;
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AuthEvent {
    /// The version of this schema.
    pub schema: u32,
    /// When the request was rejected (RFC 3339, UTC, in JSON).
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// Why the request was rejected: one of a closed set.
    pub reason: Reason,
    /// The class of the rejection: that of the reason, or `claims` after a good signature.
    pub class: Class,
    /// The severity of one such rejection.
    pub severity: Severity,
    /// The status of the response.
    pub status: u16,
    /// The request's method if it is a registered one, otherwise `OTHER`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// The template of the route (`/orders/{id}`), never the request's path.
    ///
    /// Absent where no route matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<str>>,
    /// The client's address, if the router was started with `serve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<SocketAddr>,
    /// The issuer that the verifier trusts, by its configuration and not by the token's claim.
    ///
    /// A verifier that trusts several issuers gives all of them, separated by spaces, if the
    /// token's issuer is not known or verification could not be decided (503).
    pub issuer: Arc<str>,
    /// The audience that the verifier requires.
    pub audience: Arc<str>,
    /// The first eight hex digits of the SHA-256 of the presented `kid`, or of the id of a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id_hash: Option<String>,
    /// The token's subject, present only if the token verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The permission or rule that denied the request or could not decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'static str>,
    /// The claim that was refused, present only if the token's signature was good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Cow<'static, str>>,
    /// Distinguishes refused credentials: sixteen hex digits of a hash.
    ///
    /// Its salt is random and known to this process only, so that a hash can be neither reversed
    /// nor compared with those of another run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_hash: Option<String>,
    /// The trace of the request, from a valid `traceparent` header (W3C Trace Context).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Details, in words of this crate or of `Denied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl AuthEvent {
    /// The version of the schema. The manual lists what each version changed.
    pub const SCHEMA: u32 = 2;

    pub(crate) fn new(rejected: Rejected<'_>) -> Self {
        let Rejected {
            kind: Kind { reason, class },
            status,
            method,
            route,
            peer,
            issuer,
            audience,
            key_id_hash,
            subject,
            permission,
            claim,
            token_hash,
            trace_id,
            detail,
        } = rejected;
        let detail = match (&claim, detail) {
            (Some(claim), Some(detail)) => Some(format!("{GOOD_SIGNATURE}: `{claim}`: {detail}").into()),
            (_, detail) => detail,
        };
        Self {
            schema: Self::SCHEMA,
            // Not the verifier's clock, because tests and tools move that one.
            time: SystemTime::now(),
            reason,
            class,
            severity: class.severity(),
            status,
            method,
            route: route.map(Arc::from),
            peer,
            issuer,
            audience,
            key_id_hash: key_id_hash.map(|hash| format!("{hash:08x}")),
            subject: subject.map(|subject| bounded(subject.into(), MAX_SUBJECT)),
            permission,
            claim,
            token_hash: token_hash.map(|hash| format!("{hash:016x}")),
            trace_id: trace_id.map(|id| format!("{id:032x}")),
            detail: detail.map(|detail| bounded(detail.into_owned(), MAX_DETAIL)),
        }
    }
}

#[cfg(test)]
impl AuthEvent {
    /// Makes an event with nothing in it but its reason.
    pub(crate) fn example(reason: Reason) -> Self {
        Self::new(Rejected {
            kind: reason.into(),
            status: reason.status(),
            method: None,
            route: None,
            peer: None,
            issuer: "issuer".into(),
            audience: "audience".into(),
            key_id_hash: None,
            subject: None,
            permission: None,
            claim: None,
            token_hash: None,
            trace_id: None,
            detail: None,
        })
    }
}

/// The parts of a rejection from which its event is made.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are those of `AuthEvent`, which has their documentation")]
pub struct Rejected<'a> {
    pub kind: Kind,
    pub status: u16,
    pub method: Option<&'static str>,
    pub route: Option<&'a str>,
    pub peer: Option<SocketAddr>,
    pub issuer: Arc<str>,
    pub audience: Arc<str>,
    pub key_id_hash: Option<u32>,
    pub subject: Option<Box<str>>,
    pub permission: Option<&'static str>,
    pub claim: Option<Cow<'static, str>>,
    pub token_hash: Option<u64>,
    pub trace_id: Option<u128>,
    pub detail: Option<Cow<'static, str>>,
}

/// The start of the detail of a token whose claims are refused.
///
/// So it is not taken for a forged one.
pub(crate) const GOOD_SIGNATURE: &str = "good signature, claims refused";

/// How many bytes of a subject and of a detail are kept.
///
/// P7: a caller may choose them, and a longer record could exceed what a spool or a receiver takes.
/// A subject is at most 255 characters long (OpenID Connect Core section 2).
const MAX_SUBJECT: usize = 255;
const MAX_DETAIL: usize = 500;

/// Cuts a text off, and says how long it was.
fn bounded(text: String, most: usize) -> String {
    if text.len() > most {
        // `str::floor_char_boundary` needs Rust 1.91. Byte 0 is a boundary.
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        return format!("{}.. ({} bytes)", &text[..end], text.len());
    }
    text
}

/// Writes a time in UTC with microseconds, at a fixed length so that lines sort as text.
pub(super) fn rfc3339<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let time = OffsetDateTime::from(*time);
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second, micro) = time.to_hms_micro();
    serializer.collect_str(&format_args!(
        "{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z",
        u8::from(month)
    ))
}
