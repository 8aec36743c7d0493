//! Tests JSON Web Keys and sets of them: 26 cases.

use super::{Counts, agree_with_labels, cases, decide, load_keys, token};
use auth_runtime::{ConfigError, KeySet};
use wycheproof_ng_kdf_jose::json_web::TestName;

#[test]
fn all_26_key_sets_are_decided_as_labelled() {
    let all = cases(TestName::JsonWebKey).into_iter().map(|(group, test)| {
        let decision = decide(load_keys(&group), &token(&test));
        (test, decision)
    });
    let (run, counts) = agree_with_labels(all, &[]);
    assert_eq!(run, 26);
    assert_eq!(counts, Counts::from([("good", 5), ("bad_signature", 1), ("key refused", 20)]));
}

/// A set must be rejected for the defect that its case is about, not for another one.
#[test]
fn each_rejected_set_is_rejected_for_its_defect() {
    let reasons = [
        (1, "mixes shared secrets with public keys"),
        // Two keys of one `kid`, and the second one's `k` is not canonical:
        // `a_set_with_a_duplicate_kid_is_rejected` tests the first defect.
        (4, "the JWK's member `k` is missing or malformed"),
        (6, "has no key for signatures"),
        (7, "ROCA"),
        (8, "2048 to 8192 bits"),
        (9, "the public exponent"),
        (10, "HS256 is refused: the secret is shorter than the hash"),
        (11, "HS384 is refused: the secret is shorter than the hash"),
        (12, "HS512 is refused: the secret is shorter than the hash"),
        (16, "HS256 is refused: the secret is shorter than the hash"),
        (17, "HS384 is refused: the secret is shorter than the hash"),
        (18, "HS512 is refused: the secret is shorter than the hash"),
        // `ES521` and `ES224` are not registered, and 21 is for encryption: the parser of a set
        // skips them.
        (19, "has no key for signatures"),
        (20, "has no key for signatures"),
        (21, "has no key for signatures"),
        (22, "not a public key of this algorithm"),
        (23, "`crv` is not the curve of this algorithm"),
        (24, "`alg` does not match `kty`"),
        (25, "has no key for signatures"),
        (26, "has no key for signatures"),
    ];
    let refused: Vec<_> = cases(TestName::JsonWebKey)
        .into_iter()
        .filter_map(|(group, test)| Some((test.tc_id, load_keys(&group).err()?.to_string())))
        .collect();
    assert_eq!(refused.len(), reasons.len());
    for ((tc_id, error), (listed, reason)) in refused.into_iter().zip(reasons) {
        assert_eq!(tc_id, listed);
        assert!(error.contains(reason), "{tc_id}: {error}");
    }
}

#[test]
fn a_set_with_a_duplicate_kid_is_rejected() {
    let (group, _) = cases(TestName::JsonWebKey).into_iter().find(|(_, test)| test.tc_id == 4).expect("the case");
    let mut set = group.private_key.expect("the keys");
    let secret = set["keys"][1]["k"].as_str().expect("a secret").replace("Bingge", "Binggc");
    set["keys"][1]["k"] = secret.into();
    assert_eq!(KeySet::from_jwks_json(&set.to_string()).unwrap_err(), ConfigError::DuplicateKeyId);
}
