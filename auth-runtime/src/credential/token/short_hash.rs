//! Hashes a `kid` for events.

use aws_lc_rs::digest;

/// Hashes a `kid` for events: enough to group them, and safe against injection.
pub(crate) fn short_hash(kid: &str) -> u32 {
    let hash = digest::digest(&digest::SHA256, kid.as_bytes());
    hash.as_ref().first_chunk().copied().map(u32::from_be_bytes).unwrap_or_default()
}
