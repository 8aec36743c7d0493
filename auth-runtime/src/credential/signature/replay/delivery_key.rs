//! Identifies a delivery in a replay store: [`DeliveryKey`].

use aws_lc_rs::digest;
use std::fmt::{self, Write};

/// Identifies a delivery in a replay store: a hash of the sender's name and of its id or signature.
///
/// [`ReplayStore`](super::ReplayStore) has an example that stores it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey([u8; 32]);

impl DeliveryKey {
    /// P2: hashed, so that a store neither learns a signature nor has to bound an id.
    pub(in super::super) fn of(sender: &str, kind: &str, name: &[u8]) -> Self {
        // One block of SHA-256 for most senders.
        let mut text = Vec::with_capacity(64);
        for part in [sender, kind] {
            // With its length, so that two different deliveries never hash the same bytes.
            text.extend_from_slice(&(part.len() as u64).to_le_bytes()[..4]);
            text.extend_from_slice(part.as_bytes());
        }
        text.extend_from_slice(name);
        let mut key = [0; 32];
        key.copy_from_slice(digest::digest(&digest::SHA256, &text).as_ref());
        Self(key)
    }

    /// Returns the 32 bytes of the hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// As 64 hexadecimal digits.
impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeliveryKey(")?;
        fmt::Display::fmt(self, f)?;
        f.write_char(')')
    }
}
