//! Identifies a delivery in a replay store: [`DeliveryKey`].

use aws_lc_rs::digest;
use std::fmt::{self, Write};

/// Identifies a delivery in a replay store: a hash of the sender's name and of its id or signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey([u8; 32]);

impl DeliveryKey {
    /// P2: hashed, so that a store neither learns a signature nor has to bound an id.
    pub(in super::super) fn of(sender: &str, kind: &str, name: &[u8]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [sender.as_bytes(), kind.as_bytes(), name] {
            // With its length, so that two different deliveries never hash the same bytes.
            context.update(&part.len().to_le_bytes());
            context.update(part);
        }
        let mut key = [0; 32];
        key.copy_from_slice(context.finish().as_ref());
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
