//! Fuzzes a JWK set, or one JWK.
//!
//! A key that loads is not weak, and only its owner's tokens are accepted with it.

#![no_main]

use auth_fuzz::bench::Bench;
use auth_fuzz::fixtures::{GOOD, SECRET, STRANGERS_SECRET, claims, completed, signed_with};
use auth_fuzz::jwk::{self, Key};
use auth_fuzz::strict;
use auth_runtime::keys::Algorithm;
use auth_runtime::{KeySet, TokenType, VerifyingKey};
use aws_lc_rs::digest::{SHA256, digest};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// So many keys of a set are attacked.
const ATTACKED: usize = 4;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let sets = [
        (KeySet::from_jwks_json(text), None),
        (KeySet::from_jwks_json_with_algorithm(text, Algorithm::RS256), Some(Algorithm::RS256)),
    ];
    for (set, configured) in sets {
        if let Ok(set) = set {
            let looked_at = jwk::set(bytes, configured).unwrap_or_else(|why| panic!("a set loads with {why}"));
            attack(set, &looked_at);
        }
    }
    if let Ok(key) = VerifyingKey::from_jwk(text) {
        let object = strict::object(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
            .expect("a key loads that is not one JSON object with one meaning");
        let looked_at = jwk::key(&Value::Object(object), None)
            .unwrap_or_else(|why| panic!("a key loads: {why}"))
            .expect("a key loads that is for something else");
        assert_eq!(key.algorithm(), looked_at.algorithm);
        attack(key.into(), &[looked_at]);
    }
});

fn attack(set: KeySet, looked_at: &[Key]) {
    let bench: Bench<Value> = Bench::new(set, TokenType::AccessToken);
    let holds = |secret: &[u8]| {
        let is_it = |key: &Key| key.secret.as_deref().is_some_and(|held| hmac_key(held) == hmac_key(secret));
        looked_at.iter().any(|key| key.algorithm == Algorithm::HS256 && is_it(key))
    };
    if bench.verify(&GOOD[0]).is_ok() {
        assert!(holds(SECRET), "a token was accepted with the keys of another owner");
    }
    let payload = Value::Object(claims()).to_string();
    for key in looked_at.iter().take(ATTACKED) {
        let header = |alg: &str| {
            let mut header = json!({"typ": "at+jwt", "alg": alg});
            if let Some(kid) = &key.kid {
                header["kid"] = json!(kid);
            }
            header.to_string()
        };
        let refused = |token: &str| assert!(bench.verify(token).is_err(), "{token} got in with {key:?}");

        // T03: secrets that are none.
        let known = [b"".as_slice(), b"secret", STRANGERS_SECRET];
        for secret in known.into_iter().chain(key.public.iter().map(Vec::as_slice)).filter(|secret| !holds(secret)) {
            refused(&signed_with(secret, header("HS256"), &payload));
        }
        // T01.
        refused(&completed(header("none"), &payload, |_| vec![0]));
        // T16, T17: signatures that hold for any message, where a check is missing.
        for signature in hollow(key) {
            refused(&completed(header(key.algorithm.names()[0]), &payload, |message| signature(message)));
        }
    }
}

/// The key that HMAC makes of a secret: two secrets of one key sign alike (RFC 2104 section 2).
fn hmac_key(secret: &[u8]) -> [u8; 64] {
    let hash = digest(&SHA256, secret);
    let short = if secret.len() > 64 { hash.as_ref() } else { secret };
    let mut key = [0; 64];
    key[..short.len()].copy_from_slice(short);
    key
}

type Sign = Box<dyn FnOnce(&[u8]) -> Vec<u8>>;

fn hollow(key: &Key) -> Vec<Sign> {
    let fixed = |bytes: Vec<u8>| -> Sign { Box::new(move |_| bytes) };
    match key.algorithm {
        Algorithm::ES256 => vec![fixed(vec![0; 64])],
        Algorithm::ES384 => vec![fixed(vec![0; 96])],
        // With S = 0, R is the only thing left to fit: for a key of small order one of these does.
        Algorithm::Ed25519 => {
            let key = key.public[0].clone();
            let identity = [vec![1], vec![0; 31]].concat();
            [identity, vec![0; 32], key].map(|r| fixed([r, vec![0; 32]].concat())).into()
        }
        Algorithm::RS256 => {
            let length = key.public.last().map_or(0, Vec::len);
            vec![fixed(vec![0; length]), Box::new(move |message| pkcs1(message, length))]
        }
        _ => Vec::new(),
    }
}

/// RFC 8017 section 9.2: with an exponent of one, this is the signature.
fn pkcs1(message: &[u8], length: usize) -> Vec<u8> {
    const SHA_256: [u8; 19] =
        [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 1, 5, 0, 0x04, 0x20];
    let hash = digest(&SHA256, message);
    let padding = vec![0xff; length.saturating_sub(3 + SHA_256.len() + 32)];
    [&[0, 1], padding.as_slice(), &[0], &SHA_256, hash.as_ref()].concat()
}
