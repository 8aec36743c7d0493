//! Tests that a token with one flipped bit is rejected, because its signature does not match.

use super::for_all;
use crate::support::{ALGORITHMS, Bench, Mint, base64url, claims, segments, with};
use auth_runtime::TokenType;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::any;
use proptest::sample::{Index, select};
use test_support::cases;

fn bench(algorithm: Algorithm) -> (Bench, String) {
    let mint = Mint::of(algorithm);
    let bench = Bench::new(mint.key(), TokenType::AccessToken);
    let good = mint.token(&claims());
    assert_eq!(bench.verify(&good), Ok(()));
    (bench, good)
}

fn refused(bench: &Bench, good: &str, at: usize, bit: usize) {
    let mut flipped = good.as_bytes().to_vec();
    flipped[at] ^= 1 << bit;
    if let Ok(text) = std::str::from_utf8(&flipped) {
        assert!(bench.verify(text).is_err(), "bit {bit} of byte {at}: {text}");
    }
    // Bytes that are not UTF-8 can only come in a header.
    if let Some(outcome) = bench.authenticate_with(&[b"Bearer ", flipped.as_slice()].concat()) {
        assert!(outcome.is_err(), "bit {bit} of byte {at}: {}", String::from_utf8_lossy(&flipped));
    }
}

/// Flips each bit of each byte, or some bits of each byte, as [`cases`] has it. For ECDSA there is
/// a second valid signature (r, n - s), but it differs in many bits.
#[test]
fn a_token_with_any_flipped_bit_is_rejected() {
    for algorithm in ALGORITHMS {
        let (bench, good) = bench(algorithm);
        for at in 0..good.len() {
            (0..cases(8) as usize).for_each(|turn| refused(&bench, &good, at, (at + turn) % 8));
        }
    }
}

/// Replaces the last character by every other one, because one flipped bit may change several bits
/// of it.
#[test]
fn a_token_with_another_last_character_in_a_segment_is_rejected() {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
    for algorithm in ALGORITHMS {
        let (bench, good) = bench(algorithm);
        let [header, payload, _] = segments(&good);
        for end in [header.len(), header.len() + 1 + payload.len(), good.len()] {
            for other in ALPHABET.chars().filter(|other| !good[end - 1..].starts_with(*other)) {
                let flipped = format!("{}{other}{}", &good[..end - 1], &good[end..]);
                assert!(bench.verify(&flipped).is_err(), "{algorithm} with {other}: {flipped}");
            }
        }
    }
}

/// Tokens of all lengths, so that segments end in every possible way.
#[test]
fn any_token_of_any_algorithm_with_a_flipped_bit_is_rejected() {
    let benches = ALGORITHMS.map(|algorithm| bench(algorithm).0);
    let case = (0..ALGORITHMS.len(), any::<String>(), any::<Index>(), 0..8u8);
    for_all(2048, &case, |(which, subject, at, bit)| {
        let good = Mint::of(ALGORITHMS[which]).token(&with(claims(), "sub", format!("a{subject}")));
        assert_eq!(benches[which].verify(&good), Ok(()));
        refused(&benches[which], &good, at.index(good.len()), bit.into());
    });
}

/// Flips one bit of the decoded bytes, in a token that is encoded canonically.
#[test]
fn a_token_with_a_flipped_bit_in_its_bytes_is_rejected() {
    let benches = ALGORITHMS.map(bench);
    let case = (0..ALGORITHMS.len(), select(vec![0, 1, 2]), any::<Index>(), 0..8u8);
    for_all(2048, &case, |(which, segment, at, bit)| {
        let (bench, good) = &benches[which];
        let mut parts = segments(good).map(|part| URL_SAFE_NO_PAD.decode(part).expect("base64url"));
        let at = at.index(parts[segment].len());
        parts[segment][at] ^= 1 << bit;
        let flipped = parts.map(base64url).join(".");
        let refused = bench.verify(&flipped).expect_err("it was accepted");
        if segment > 0 {
            assert_eq!(refused.reason, Reason::BadSignature, "bit {bit} of byte {at} of part {segment}: {flipped}");
        }
    });
}
