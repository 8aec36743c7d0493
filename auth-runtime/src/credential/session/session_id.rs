//! The id of a session, which is a secret, and its public name.

use crate::rejection::Refusal;
use auth_events::Reason;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tower_sessions_core::session::Id;

/// Each id has 128 bits: 22 characters of base64url.
const LENGTH: usize = 22;

/// Whether a text has the length of an id, and its characters.
pub(super) fn has_form(presented: &str) -> bool {
    presented.len() == LENGTH && presented.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Reads the id that a cookie presents, in its one spelling.
///
/// The length is checked before anything is decoded, and the store is not asked for a malformed id.
pub(super) fn parse(presented: &str) -> Result<Id, Refusal> {
    let malformed = || Refusal::token(Reason::MalformedSession, "not 22 characters of base64url, unsigned");
    if !has_form(presented) {
        return Err(malformed());
    }
    presented.parse().map_err(|_| malformed())
}

/// Names a session without its id, for revocations: half of the SHA-256 of the id.
///
/// The id has 128 random bits, so it cannot be found from the name.
pub(super) fn public_name(id: Id) -> String {
    let hash = digest::digest(&digest::SHA256, id.to_string().as_bytes());
    let (half, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(half)
}
