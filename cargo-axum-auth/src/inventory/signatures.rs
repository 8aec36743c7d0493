//! Finds code that verifies the signature of a message.

use super::functions::{Functions, Id};
use crate::scan::{FileScan, What};

/// Crates and modules that verify signatures of messages.
const VERIFYING: &[&str] = &[
    "aws_lc_rs::hmac",
    "ed25519_dalek",
    "hmac",
    "hmac_sha256",
    "openssl::sign",
    "ring::hmac",
    "standardwebhooks",
    "stripe::Webhook",
    "svix::webhooks",
    "webhook_verify",
];

/// Methods of `hmac::Mac` and its kind, whatever the path of the type.
const METHODS: &[&str] =
    &["verify_reset", "verify_slice", "verify_strict", "verify_truncated_left", "verify_truncated_right"];

impl Functions<'_> {
    /// Returns what verifies a signature in a function, or in a function that it uses.
    pub(crate) fn verifies_signature(&self, id: Id) -> Option<String> {
        self.reached(id).iter().find_map(|(file, number)| verifies(self.scans[*file], *number))
    }
}

/// Returns what verifies a signature in the code of a function.
fn verifies(scan: &FileScan, function: usize) -> Option<String> {
    let mut of_it = scan.occurrences.iter().filter(|occurrence| occurrence.function == Some(function));
    of_it.find_map(|occurrence| match &occurrence.what {
        What::Path { meant, .. } if VERIFYING.iter().any(|module| meant.is_in(module)) => {
            meant.0.first().map(|path| path.join("::"))
        }
        What::Method { name, .. } if METHODS.contains(&name.as_str()) => Some(format!(".{name}(..)")),
        _ => None,
    })
}
