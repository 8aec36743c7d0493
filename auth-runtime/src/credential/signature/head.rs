//! Checks the head of a signed request, before its body is read.

use super::form::{self, malformed};
use super::scheme::TimestampPlace;
use super::signatures::SharedSignatures;
use super::template::Piece;
use super::{PendingSignature, Signatures};
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use http::{HeaderMap, HeaderName};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest timestamp, in digits. It is far in the future, and cannot overflow.
const MOST_DIGITS: usize = 12;
/// The longest id of a delivery, in bytes.
const LONGEST_ID: usize = 256;

impl<S> Signatures<S> {
    /// Checks all that can be checked without the body.
    ///
    /// P4: exactly one signature header, its form, the timestamp's form, and its age.
    pub(crate) fn check_head<'a>(
        &'a self,
        headers: &'a HeaderMap,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<PendingSignature<'a>, Refusal> {
        let shared = &*self.shared;
        let Some(signature) = only(headers, &shared.header)? else {
            return Err(Rejection::InvalidSignature(Reason::MissingSignature).into());
        };
        let presented = form::read(&shared.scheme, signature)?;
        let no_time = "the timestamp is missing";
        let timestamp = match shared.scheme.timestamp {
            TimestampPlace::NotSent => None,
            TimestampPlace::OwnHeader(_) => Some(required(headers, shared.timestamp_header.as_ref(), no_time)?),
            TimestampPlace::SignatureHeader => Some(presented.timestamp.ok_or_else(|| malformed(no_time))?),
        };
        let tolerance = shared.scheme.tolerance.unwrap_or_default();
        let sent_at = timestamp.map(|text| check_age(text, tolerance, now())).transpose()?;
        let no_id = "the id of the delivery is missing";
        let id = shared.id_header.as_ref().map(|name| required(headers, Some(name), no_id).and_then(check_id));
        let id = id.transpose()?;
        let signed_head = shared.signed_head(timestamp.unwrap_or_default(), id.unwrap_or_default());
        Ok(PendingSignature { shared, presented, signed_head, id, sent_at })
    }
}

impl SharedSignatures {
    /// Returns the signed text in front of the body. A template ends with the body.
    fn signed_head(&self, timestamp: &str, id: &str) -> Vec<u8> {
        if let [Piece::WholeBody] = *self.pieces {
            return Vec::new();
        }
        let mut head = String::with_capacity(64);
        for piece in &self.pieces {
            head.push_str(match piece {
                Piece::Text(text) => text,
                Piece::SentAt => timestamp,
                Piece::DeliveryId => id,
                Piece::WholeBody | Piece::UnknownPlaceholder => break,
            });
        }
        head.into_bytes()
    }
}

/// Returns the value of a header.
///
/// P6: two values are refused, because the service and a proxy could read different ones.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| malformed("a signed header is not ASCII")),
        (Some(_), Some(_)) => Err(malformed("a header of the signature is sent twice")),
    }
}

fn required<'a>(headers: &'a HeaderMap, name: Option<&HeaderName>, missing: &'static str) -> Result<&'a str, Refusal> {
    let value = name.map_or(Ok(None), |name| only(headers, name))?;
    value.ok_or_else(|| malformed(missing))
}

/// P6: a timestamp that cannot be read is refused, and never skips the check.
fn check_age(text: &str, tolerance: Duration, now: SystemTime) -> Result<SystemTime, Refusal> {
    if text.is_empty() || text.len() > MOST_DIGITS || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed("the timestamp is not a number of Unix seconds"));
    }
    let sent: u64 = text.parse().map_err(|_| malformed("the timestamp is not a number of Unix seconds"))?;
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if sent.abs_diff(now) > tolerance.as_secs() {
        let detail = if sent < now { "the timestamp is too old" } else { "the timestamp is in the future" };
        return Err(Refusal::because(Rejection::InvalidSignature(Reason::StaleSignature), detail));
    }
    Ok(UNIX_EPOCH + Duration::from_secs(sent))
}

/// P6: an id must not hold the separator, because its end could then count as the timestamp.
fn check_id(id: &str) -> Result<&str, Refusal> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(is_plain) {
        return Err(malformed("the id of the delivery is not 1 to 256 letters, digits, `_` and `-`"));
    }
    Ok(id)
}
