//! A token with one bit turned is another token, and nobody signed it.

use super::for_all;
use crate::support::{ALGORITHMS, Bench, Mint, base64url, claims, segments, with};
use auth_runtime::TokenType;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::any;
use proptest::sample::{Index, select};

fn bench(algorithm: Algorithm) -> (Bench, String) {
    let mint = Mint::of(algorithm);
    let bench = Bench::new(mint.key(), TokenType::AccessToken);
    let good = mint.token(&claims());
    assert_eq!(bench.verify(&good), Ok(()));
    (bench, good)
}

fn refused(bench: &Bench, good: &str, at: usize, bit: u8) {
    let mut bent = good.as_bytes().to_vec();
    bent[at] ^= 1 << bit;
    if let Ok(text) = std::str::from_utf8(&bent) {
        assert!(bench.verify(text).is_err(), "bit {bit} of byte {at}: {text}");
    }
    // Bytes that are no UTF-8 come in a header only.
    if let Some(outcome) = bench.authenticate_with(&[b"Bearer ", bent.as_slice()].concat()) {
        assert!(outcome.is_err(), "bit {bit} of byte {at}: {}", String::from_utf8_lossy(&bent));
    }
}

/// All of them, one after the other. ECDSA too: with r and s there is another good pair, (r, n - s), and it is many bits
/// away.
#[test]
fn a_token_with_any_bit_turned_is_refused() {
    for algorithm in ALGORITHMS {
        let (bench, good) = bench(algorithm);
        for at in 0..good.len() {
            (0..8).for_each(|bit| refused(&bench, &good, at, bit));
        }
    }
}

/// Not only single bits of the character, but every other character: a bit of what it stands for may be several of it.
#[test]
fn a_segment_ends_in_no_other_character() {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
    for algorithm in ALGORITHMS {
        let (bench, good) = bench(algorithm);
        let [header, payload, _] = segments(&good);
        for end in [header.len(), header.len() + 1 + payload.len(), good.len()] {
            for other in ALPHABET.chars().filter(|other| !good[end - 1..].starts_with(*other)) {
                let bent = format!("{}{other}{}", &good[..end - 1], &good[end..]);
                assert!(bench.verify(&bent).is_err(), "{algorithm} with {other}: {bent}");
            }
        }
    }
}

/// Tokens of all lengths, so that the segments end in every way they can.
#[test]
fn any_token_of_any_algorithm_with_a_bit_turned_is_refused() {
    let benches = ALGORITHMS.map(|algorithm| bench(algorithm).0);
    let case = (0..ALGORITHMS.len(), any::<String>(), any::<Index>(), 0..8u8);
    for_all(2048, &case, |(which, subject, at, bit)| {
        let good = Mint::of(ALGORITHMS[which]).token(&with(claims(), "sub", format!("a{subject}")));
        assert_eq!(benches[which].verify(&good), Ok(()));
        refused(&benches[which], &good, at.index(good.len()), bit);
    });
}

/// One bit of what the characters stand for, in a token that is written as it should be.
#[test]
fn a_token_whose_bytes_have_a_bit_turned_is_refused() {
    let benches = ALGORITHMS.map(bench);
    let case = (0..ALGORITHMS.len(), select(vec![0, 1, 2]), any::<Index>(), 0..8u8);
    for_all(2048, &case, |(which, segment, at, bit)| {
        let (bench, good) = &benches[which];
        let mut parts = segments(good).map(|part| URL_SAFE_NO_PAD.decode(part).expect("base64url"));
        let at = at.index(parts[segment].len());
        parts[segment][at] ^= 1 << bit;
        let bent = parts.map(base64url).join(".");
        let refused = bench.verify(&bent).expect_err("it got in");
        if segment > 0 {
            assert_eq!(refused.reason, Reason::BadSignature, "bit {bit} of byte {at} of part {segment}: {bent}");
        }
    });
}
