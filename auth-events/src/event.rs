//! The record of one rejection.

use super::{Class, Reason, Severity};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;
use time::OffsetDateTime;

/// One rejection.
///
/// P7: there is no field that could hold a token, and none for what an unverified token says of itself: its `kid`
/// appears as a short hash, its subject only once the signature was found good.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AuthEvent {
    /// The version of this schema.
    pub schema: u32,
    /// When it was refused (RFC 3339, UTC, in JSON).
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// Why: one of a closed set.
    pub reason: Reason,
    /// What kind of thing that is.
    pub class: Class,
    /// How bad one of them is.
    pub severity: Severity,
    /// The status that the client got.
    pub status: u16,
    /// The method, when it is a registered one; `OTHER` for any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// The template of the route (`/orders/{id}`), never the path as sent; absent where no route matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<str>>,
    /// The other end of the connection, when the router was started with `serve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<SocketAddr>,
    /// The issuer that the verifier trusts (its own configuration, not the token's claim). Where it trusts several, and
    /// it isn't known whose token this is, or there was no answer about it (503): all of them, with a space between.
    pub issuer: Arc<str>,
    /// The audience that the verifier stands for.
    pub audience: Arc<str>,
    /// The first eight hex digits of the SHA-256 of the presented `kid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id_hash: Option<String>,
    /// Who it was: present only when the token verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The permission or the rule that did not allow it, or could not decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'static str>,
    /// What was wrong in particular, in our words or those of `Denied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl AuthEvent {
    /// The schema's version, as in [`AuthEvent::schema`].
    pub const SCHEMA: u32 = 1;

    pub(crate) fn new(rejected: Rejected<'_>) -> Self {
        let Rejected {
            reason,
            status,
            method,
            route,
            peer,
            issuer,
            audience,
            key_id_hash,
            subject,
            permission,
            detail,
        } = rejected;
        Self {
            schema: Self::SCHEMA,
            // Not the verifier's clock: tests and tools move that one, and an event tells when it was written.
            time: SystemTime::now(),
            reason,
            class: reason.class(),
            severity: reason.class().severity(),
            status,
            method,
            route: route.map(Arc::from),
            peer,
            issuer,
            audience,
            key_id_hash: key_id_hash.map(|hash| format!("{hash:08x}")),
            subject: subject.map(Into::into),
            permission,
            detail: detail.map(Cow::into_owned),
        }
    }
}

#[cfg(test)]
impl AuthEvent {
    /// An event with nothing in it but its reason.
    pub(crate) fn example(reason: Reason) -> Self {
        Self::new(Rejected {
            reason,
            status: reason.status(),
            method: None,
            route: None,
            peer: None,
            issuer: "issuer".into(),
            audience: "audience".into(),
            key_id_hash: None,
            subject: None,
            permission: None,
            detail: None,
        })
    }
}

/// A rejection, as its event needs it.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are those of `AuthEvent`, which has their documentation")]
pub struct Rejected<'a> {
    pub reason: Reason,
    pub status: u16,
    pub method: Option<&'static str>,
    pub route: Option<&'a str>,
    pub peer: Option<SocketAddr>,
    pub issuer: Arc<str>,
    pub audience: Arc<str>,
    pub key_id_hash: Option<u32>,
    pub subject: Option<Box<str>>,
    pub permission: Option<&'static str>,
    pub detail: Option<Cow<'static, str>>,
}

/// In UTC, with microseconds: always of one length, so that lines sort as text.
pub(super) fn rfc3339<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let time = OffsetDateTime::from(*time);
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second, micro) = time.to_hms_micro();
    serializer.collect_str(&format_args!(
        "{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z",
        u8::from(month)
    ))
}
