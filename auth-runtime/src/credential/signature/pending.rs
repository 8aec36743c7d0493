//! Verifies a signature over a body.

use super::form::Presented;
use super::signatures::SharedSignatures;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use std::time::SystemTime;

/// A signature whose head was checked, and whose body was not read yet.
#[must_use = "verify it over the body"]
pub(crate) struct PendingSignature<'a> {
    pub(super) shared: &'a SharedSignatures,
    pub(super) presented: Presented<'a>,
    /// The signed text in front of the body.
    pub(super) signed_head: Vec<u8>,
    pub(super) id: Option<&'a str>,
    pub(super) sent_at: Option<SystemTime>,
}

/// A delivery whose signature is verified, and which may be a replay.
#[must_use = "check it for a replay with `Signatures::claim`"]
pub(crate) struct VerifiedDelivery {
    /// Each signature that was verified: two, while the sender changes its secret.
    pub(super) macs: Vec<[u8; 32]>,
    pub(super) id: Option<Box<str>>,
    /// When the sender signed it, if the scheme signs a timestamp.
    pub(super) sent_at: Option<SystemTime>,
}

impl PendingSignature<'_> {
    /// Verifies the signature over exactly these bytes.
    pub(crate) fn verify(&self, body: &[u8]) -> Result<VerifiedDelivery, Refusal> {
        let mut macs = Vec::new();
        for key in &self.shared.keys {
            let tag = self.mac(&key.key, body);
            // P6: in constant time, so that an attacker cannot find a MAC byte by byte.
            macs.extend(self.presented.macs.iter().filter(|mac| verify_slices_are_equal(tag.as_ref(), *mac).is_ok()));
        }
        if macs.is_empty() {
            return Err(Rejection::InvalidSignature(Reason::BadSignature).into());
        }
        Ok(VerifiedDelivery { macs, id: self.id.map(Box::from), sent_at: self.sent_at })
    }

    /// Computes the MAC, without a copy of the body.
    fn mac(&self, key: &hmac::Key, body: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(key);
        context.update(&self.signed_head);
        context.update(body);
        context.sign()
    }
}
