//! Interprets each reply of a Redis server by itself.

use super::super::{RevocationError, TokenIdentity};
use crate::base::redis::Failure;
use redis::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

impl From<Failure> for RevocationError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Outage(why) => Self::Unavailable(why),
            Failure::Answer(why) => Self::Unreadable(why),
        }
    }
}

/// The reply to one query.
pub(super) type Reply = Result<Value, Failure>;

fn unreadable(what: &str) -> RevocationError {
    RevocationError::Unreadable(format!("unexpected reply from Redis: {what}"))
}

/// Checks the reply to `EXISTS` for the key of a token or a session.
pub(super) fn check_absent(reply: Reply) -> Result<(), RevocationError> {
    match reply? {
        Value::Int(0) => Ok(()),
        Value::Int(_) => Err(RevocationError::Revoked),
        _ => Err(unreadable("not a number of keys")),
    }
}

/// Checks the reply to `GET` for the key of a subject.
pub(super) fn check_subject(reply: Reply, token: &TokenIdentity<'_>) -> Result<(), RevocationError> {
    time_of(reply)?.map_or(Ok(()), |revoked_up_to| token.check_issued_after(revoked_up_to))
}

/// Checks the reply to `GET` for the time since when the data is complete. `None`: it was emptied.
pub(super) fn check_since(reply: Reply, token: &TokenIdentity<'_>) -> Option<Result<(), RevocationError>> {
    Some(match time_of(reply) {
        Ok(None) => return None,
        Ok(Some(UNIX_EPOCH)) => Ok(()),
        Ok(Some(since)) => token.check_issued_after(since),
        Err(error) => Err(error),
    })
}

fn time_of(reply: Reply) -> Result<Option<SystemTime>, RevocationError> {
    let seconds = match reply? {
        Value::Nil => return Ok(None),
        Value::BulkString(bytes) => String::from_utf8(bytes).map_err(|_| unreadable("a time that is not UTF-8"))?,
        _ => return Err(unreadable("not a string")),
    };
    let digits = seconds.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = seconds.parse().ok().filter(|_| digits);
    let time = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    time.map(Some).ok_or_else(|| unreadable("a time that is not a number of seconds"))
}
