//! Tests that a bad key from a file or a key server is an error and never a panic.

use super::for_all;
use super::json::json;
use crate::support::{ALGORITHMS, Bench, Mint, claims};
use auth_runtime::{KeySet, TokenType, VerifyingKey};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use std::cell::Cell;
use test_support::cases;

/// Generates a JWK with some members changed, missing or malformed.
fn jwk() -> impl Strategy<Value = Value> {
    let keys: Vec<_> = ALGORITHMS
        .iter()
        .map(|algorithm| {
            let mut jwk = Mint::of(*algorithm).jwk.clone();
            jwk["alg"] = json!(algorithm.to_string());
            jwk
        })
        .collect();
    let names = ["kty", "crv", "x", "y", "n", "e", "k", "d", "alg", "use", "key_ops", "kid", "x5c", "other"];
    let words = [
        "RSA", "EC", "OKP", "oct", "P-256", "P-384", "Ed25519", "sig", "enc", "AQAB", "AQ", "Ag", "", "A", "RS256",
        "ES384",
    ];
    let value = prop_oneof![
        select(words.to_vec()).prop_map(Value::from),
        vec(any::<u8>(), 0..100).prop_map(|bytes| crate::support::base64url(bytes).into()),
        json(),
    ];
    let change = (select(names.to_vec()), weighted(0.9, value));
    let bend = (any::<Index>(), any::<Index>(), select(vec!["A", "_", "=", "", "AAAA"]));
    (select(keys), vec(change, 0..3), weighted(0.3, bend)).prop_map(|(mut jwk, changes, bend)| {
        let members = jwk.as_object_mut().expect("an object");
        for (name, value) in changes {
            members.remove(name);
            members.extend(value.map(|value| (name.to_owned(), value)));
        }
        if let Some((which, at, put)) = bend
            && !members.is_empty()
        {
            let which = which.index(members.len());
            if let Some(Value::String(text)) = members.values_mut().nth(which)
                && let Some((place, modified)) = text.char_indices().nth(at.index(text.len() + 1))
            {
                text.replace_range(place..place + modified.len_utf8(), put);
            }
        }
        jwk
    })
}

#[test]
fn no_jwk_set_makes_the_parser_panic() {
    let document = prop_oneof![
        1 => any::<String>(),
        1 => json().prop_map(|json| json.to_string()),
        1 => json().prop_map(|keys| json!({"keys": keys}).to_string()),
        1 => vec(json(), 0..4).prop_map(|keys| json!({"keys": keys}).to_string()),
        8 => vec(jwk(), 0..4).prop_map(|keys| json!({"keys": keys}).to_string()),
        1 => (vec(jwk(), 0..4), any::<Index>()).prop_map(|(keys, end)| {
            let document = json!({"keys": keys}).to_string();
            document.chars().take(end.index(document.len())).collect()
        }),
    ];
    let (taken, refused) = (Cell::new(0), Cell::new(0));
    for_all(2_500, &(document, select(ALGORITHMS.to_vec())), |(document, algorithm)| {
        let set = KeySet::from_jwks_json(&document);
        let count = if set.is_ok() { &taken } else { &refused };
        count.set(count.get() + 1);
        for keys in [set, KeySet::from_jwks_json_with_algorithm(&document, algorithm)].into_iter().flatten() {
            // Whatever was read, only the owner of these keys is accepted.
            let bench = Bench::new(keys, TokenType::AnyJwt);
            assert!(bench.verify(&Mint::untrusted(algorithm).token(&claims())).is_err());
        }
    });
    assert!(taken.get() > cases(200) && refused.get() > cases(200), "{taken:?} taken, {refused:?} refused");
}

#[test]
fn no_key_makes_the_parser_panic() {
    let text =
        prop_oneof![any::<String>(), json().prop_map(|json| json.to_string()), jwk().prop_map(|jwk| jwk.to_string())];
    for_all(2_000, &(text, select(ALGORITHMS.to_vec())), |(text, algorithm)| {
        let alone = VerifyingKey::from_jwk(&text);
        if let Ok(key) = VerifyingKey::from_jwk_with_algorithm(&text, algorithm) {
            assert_eq!(key.algorithm(), algorithm);
        }
        drop(alone);
    });
    let pem: Vec<_> = ALGORITHMS.iter().map(|algorithm| Mint::of(*algorithm).pem().into_bytes()).collect();
    let modified = (select(pem), any::<Index>(), any::<u8>()).prop_map(|(mut pem, at, byte)| {
        *at.get_mut(&mut pem) = byte;
        pem
    });
    for_all(2_000, &prop_oneof![vec(any::<u8>(), 0..200), modified], |pem| {
        let readers = [
            VerifyingKey::rs256_pem,
            VerifyingKey::ps512_pem,
            VerifyingKey::es256_pem,
            VerifyingKey::es384_pem,
            VerifyingKey::ed25519_pem,
            VerifyingKey::hs256,
        ];
        for read in readers {
            drop(read(&pem));
        }
    });
}
