//! Fuzzes the JWK set that an issuer's server answers with.
//!
//! A bad key is left out, and does not affect the other keys.

#![no_main]

use auth_fuzz::{jwk, strict};
use auth_runtime::keys::fuzzing;
use auth_runtime::{KeySet, VerifyingKey};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// As the reader's.
const MAX_KEYS: usize = 100;

fuzz_target!(|bytes: &[u8]| {
    let strict = std::str::from_utf8(bytes).ok().and_then(|text| KeySet::from_jwks_json(text).ok());
    // RFC 8259 section 8.1: a reader may skip a byte order mark.
    let document = strict::object(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let members = document.as_ref().and_then(|document| document.get("keys")?.as_array());
    let members = members.map_or(&[][..], Vec::as_slice);
    let expected = if members.len() > MAX_KEYS { Vec::new() } else { usable(members) };

    let Ok(published) = fuzzing::published(bytes) else {
        assert!(expected.is_empty(), "good keys are refused: {expected:?}");
        return;
    };
    let mut found: Vec<_> = published.keys.iter().map(|(kid, alg)| (kid.as_deref(), alg.to_string())).collect();
    found.sort();
    assert_eq!(found, expected);
    assert!(found.len() + published.skipped <= members.len(), "more keys than there are: {published:?}");
    // Both readers agree where nothing is wrong.
    assert_eq!(strict.is_some(), published.skipped == 0, "{published:?} of {:?}", Value::from(members));
});

/// The keys that are good one by one, and that a token can tell from each other.
fn usable(members: &[Value]) -> Vec<(Option<&str>, String)> {
    let mut keys: Vec<(Option<&str>, jwk::Key)> = Vec::new();
    for member in members {
        let Ok(key) = VerifyingKey::from_jwk(&member.to_string()) else { continue };
        let looked_at = jwk::key(member, None).unwrap_or_else(|why| panic!("a key loads: {why}"));
        let looked_at = looked_at.expect("a key loads that is for something else");
        assert_eq!(looked_at.algorithm, key.algorithm());
        let name = member.get("kid").and_then(Value::as_str);
        if looked_at.secret.is_none() && name != Some("") {
            keys.push((name, looked_at));
        }
    }
    let mut usable = Vec::new();
    for (index, (name, key)) in keys.iter().enumerate() {
        let is_ambiguous = keys.iter().any(|(_, other)| key.is_ambiguous_with(other));
        let is_twice = keys[..index].iter().any(|(_, other)| key.is_same_as(other));
        if !is_ambiguous && !is_twice {
            usable.push((*name, key.algorithm.to_string()));
        }
    }
    usable.sort();
    usable
}
