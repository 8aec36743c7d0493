//! Any bytes as the set of keys that an issuer's server answers with: one bad key spoils no other, and is none of them.

#![no_main]

use auth_fuzz::{jwk, strict};
use auth_runtime::{KeySet, fuzzing};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let strict = std::str::from_utf8(bytes).ok().and_then(|text| KeySet::from_jwks_json(text).ok());
    let document = strict::object(bytes);
    let members =
        document.as_ref().and_then(|document| document.get("keys")?.as_array()).map_or(&[][..], Vec::as_slice);
    let looked_at: Vec<_> = members.iter().filter_map(|member| jwk::key(member, None).ok().flatten()).collect();

    let Ok(published) = fuzzing::published(bytes) else {
        let public = !looked_at.iter().any(|key| key.secret.is_some());
        assert!(strict.is_none() || members.len() > 100 || !public, "good keys are refused when they are published");
        return;
    };
    assert!(!published.keys.is_empty() && members.len() <= 100);
    assert!(published.keys.len() + published.skipped <= members.len(), "more keys than there are: {published:?}");
    for (kid, algorithm) in &published.keys {
        let as_it_stands = looked_at
            .iter()
            .any(|key| key.kid.as_deref() == kid.as_deref() && key.algorithm == *algorithm && key.secret.is_none());
        assert!(as_it_stands, "a key that is not there, is weak, or is a secret: {kid:?}, {algorithm}");
    }
    let mut names: Vec<_> = published.keys.iter().filter_map(|(kid, _)| kid.as_deref()).collect();
    names.sort_unstable();
    assert!(!names.contains(&"") && names.windows(2).all(|pair| pair[0] != pair[1]), "{published:?}");
    // Both readers agree where nothing is wrong.
    assert_eq!(strict.is_some(), published.skipped == 0, "{published:?} of {:?}", Value::from(members));
    if strict.is_some() {
        assert_eq!(published.keys.len(), looked_at.len());
    }
});
