//! Fuzzes the text of a token.
//!
//! Only this target can sign, so only what it has signed is accepted, byte by byte, because a token
//! has one spelling.

#![no_main]

use auth_fuzz::bench::Bench;
use auth_fuzz::fixtures::{
    GOOD, ISSUER, KID, OTHERS, P256, PARTNERS, base64url, ed25519_jwk, from_base64url, partners_token, secret_key,
};
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::{Claims, TokenType, VerifyingKey};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use std::sync::LazyLock;

static ONE: LazyLock<Bench<Claims>> = LazyLock::new(|| Bench::new(secret_key().with_kid(KID), TokenType::AccessToken));

/// Reads the claims before the signature, to know whose keys to ask.
static SEVERAL: LazyLock<Bench<Claims>> = LazyLock::new(|| {
    let key = |jwk: &str| VerifyingKey::from_jwk(jwk).expect("a key");
    let partners = TrustedIssuer::new(PARTNERS, key(&ed25519_jwk().to_string())).token_type(TokenType::AnyJwt);
    let others = TrustedIssuer::new(OTHERS, key(P256).with_kid(KID)).token_type(TokenType::AnyJwt);
    Bench::trusting(secret_key().with_kid(KID), TokenType::AccessToken, [partners, others])
});

static PARTNERS_TOKEN: LazyLock<String> = LazyLock::new(partners_token);

fuzz_target!(|bytes: &[u8]| {
    let Ok(token) = std::str::from_utf8(bytes) else { return };
    let ours = GOOD.iter().any(|good| good == token);
    let partners = *PARTNERS_TOKEN == token;

    let outcome = ONE.verify(token);
    assert_eq!(outcome.is_ok(), ours, "{outcome:?}");
    let outcome = SEVERAL.verify(token);
    assert_eq!(outcome.is_ok(), ours || partners, "{outcome:?}");
    if let Ok(proof) = outcome {
        assert_eq!(proof.issuer(), if ours { ISSUER } else { PARTNERS });
        for other in respelled(token) {
            assert!(ONE.verify(&other).is_err() && SEVERAL.verify(&other).is_err(), "a second spelling: {other}");
        }
    }
});

/// T34: spellings that a lax decoder reads as the same bytes: unused bits, and padding.
fn respelled(token: &str) -> impl Iterator<Item = String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
    let ends = token.match_indices('.').map(|(end, _)| end).chain([token.len()]);
    ends.flat_map(move |end| {
        let (before, after) = token.split_at(end);
        let replaced = ALPHABET.chars().map(move |last| format!("{}{last}{after}", &before[..end - 1]));
        let padded = ["=", "==", "\n", " "].map(|padding| format!("{before}{padding}{after}"));
        replaced.chain(padded).filter(move |other| other != token)
    })
}

// Half of the time what is changed are the bytes that a segment stands for.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let parts: Vec<_> = data[..size].split(|byte| *byte == b'.').collect();
    let which = seed as usize / 2 % parts.len();
    let inside = if seed.is_multiple_of(2) { None } else { from_base64url(parts[which]) };
    let Some(mut inside) = inside else { return fuzzer_mutate(data, size, max_size) };
    let length = inside.len();
    inside.resize(length + 64, 0);
    let changed = fuzzer_mutate(&mut inside, length, length + 64);
    let changed = base64url(&inside[..changed]);
    let mut token = Vec::with_capacity(size + 128);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            token.push(b'.');
        }
        token.extend_from_slice(if index == which { changed.as_bytes() } else { part });
    }
    token.truncate(max_size);
    data[..token.len()].copy_from_slice(&token);
    token.len()
});
