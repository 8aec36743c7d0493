//! Tests that a text that is not a token is rejected, without a panic.

use super::for_all;
use super::json::json;
use crate::support::{ALGORITHMS, Bench, Mint, base64url, claims};
use auth_runtime::TokenType;
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::keys::Algorithm;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::string::string_regex;

/// Makes a verifier for each algorithm, and one with two issuers, which reads the claims before the
/// signature.
fn benches() -> Vec<Bench> {
    let of_one = ALGORITHMS.iter().map(|algorithm| Bench::new(Mint::of(*algorithm).key(), TokenType::AnyJwt));
    let other = TrustedIssuer::new("https://partners.example.com/", Mint::of(Algorithm::ES256).key());
    of_one.chain([Bench::beside(Mint::of(Algorithm::Ed25519).key(), other)]).collect()
}

#[test]
fn random_text_is_rejected() {
    let benches = benches();
    let text = prop_oneof![
        any::<String>(),
        string_regex("[A-Za-z0-9_=+/-]{0,60}(\\.[A-Za-z0-9_=+/-]{0,60}){0,5}").expect("a pattern"),
        string_regex("eyJ[A-Za-z0-9_-]{0,60}\\.eyJ[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,90}").expect("a pattern"),
    ];
    for_all(3_000, &text, |text| {
        for bench in &benches {
            assert!(bench.verify(&text).is_err());
        }
    });
}

/// Three segments that decode to anything.
#[test]
fn three_random_segments_are_rejected() {
    let benches = benches();
    let part = || prop_oneof![vec(any::<u8>(), 0..100), json().prop_map(|json| json.to_string().into_bytes())];
    for_all(3_000, &(part(), part(), vec(any::<u8>(), 0..300)), |(header, payload, signature)| {
        let token = [header, payload, signature].map(base64url).join(".");
        for bench in &benches {
            assert!(bench.verify(&token).is_err(), "{token}");
        }
    });
}

/// Signed bytes, so that only the parser of the claims can reject them.
#[test]
fn signed_random_bytes_are_rejected() {
    let benches = benches();
    let bytes = || prop_oneof![vec(any::<u8>(), 0..100), json().prop_map(|json| json.to_string().into_bytes())];
    for_all(400, &(0..ALGORITHMS.len(), bytes(), bytes()), |(which, one, other)| {
        let (mint, bench) = (Mint::of(ALGORITHMS[which]), &benches[which]);
        let header = crate::support::header(mint.algorithm).to_string();
        for (header, payload) in
            [(header.as_bytes(), &one), (&other, &one), (&other, &claims().to_string().into_bytes())]
        {
            assert!(bench.verify(&mint.signed(header, payload)).is_err());
        }
    });
}

/// A good token with characters inserted, removed or repeated.
#[test]
fn an_edited_token_is_rejected() {
    let benches = benches();
    let good: Vec<_> = ALGORITHMS.iter().map(|algorithm| Mint::of(*algorithm).token(&claims())).collect();
    let case = (
        0..ALGORITHMS.len(),
        any::<(proptest::sample::Index, proptest::sample::Index)>(),
        string_regex("[ -~]{0,3}|\\PC{0,2}").expect("a pattern"),
    );
    for_all(2_000, &case, |(which, (from, to), put)| {
        let good = &good[which];
        let (from, to) = (from.index(good.len() + 1), to.index(good.len() + 1));
        // If the first index is smaller the range is removed, otherwise it is repeated.
        let edited = format!("{}{put}{}", &good[..from], &good[to..]);
        if edited != *good {
            assert!(benches[which].verify(&edited).is_err(), "{edited}");
        }
    });
}
