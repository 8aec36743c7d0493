//! Decides a case, and compares the decision with its label.

use crate::support::{ALGORITHMS, Bench, Mint, Refused};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, KeySet, TokenType, VerifyingKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wycheproof_ng_kdf_jose::json_web::{Test, TestGroup, TestName, TestSet};

/// The detail of a rejection when header and signature are good but the payload is not a JSON
/// object.
const CLAIMS_WERE_READ: &str = "the claims are not strict JSON";

/// The decision about a case.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Header and signature are good: the payload was read and is not a claims set.
    Good,
    /// The verifier rejected the token before it read the payload.
    Refused(Refused),
    /// The key was rejected at configuration, so no token is verified with it.
    KeyRefused(ConfigError),
}

impl Decision {
    pub(super) fn refused(reason: Reason, detail: &str) -> Self {
        Self::Refused(Refused { reason, detail: detail.to_owned() })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Refused(refused) => refused.reason.as_str(),
            Self::KeyRefused(_) => "key refused",
        }
    }
}

/// The number of cases by decision.
pub(super) type Counts = BTreeMap<&'static str, usize>;

/// A case whose decision differs from its label.
pub(super) struct Exception {
    pub(super) tc_id: usize,
    pub(super) labelled_valid: bool,
    pub(super) decision: &'static str,
    pub(super) why: &'static str,
}

/// All cases of a file, with the groups that hold their keys.
pub(super) fn cases(name: TestName) -> Vec<(TestGroup, Test)> {
    let set = TestSet::load(name).expect("a file of the package");
    let cases = set.test_groups.into_iter().flat_map(|group| {
        let tests = group.tests.clone();
        tests.into_iter().map(move |test| (group.clone(), test))
    });
    let cases: Vec<_> = cases.collect();
    assert_eq!(cases.len(), set.number_of_tests);
    cases
}

/// Returns the token of a case: a JWS or a JWE.
pub(super) fn token(test: &Test) -> String {
    match test.jws.as_ref().or(test.jwe.as_ref()).expect("a JWS or a JWE") {
        Value::String(compact) => compact.clone(),
        object => object.to_string(),
    }
}

/// Loads the keys of a group, public or secret, by every function that can, and asserts that all
/// agree.
pub(super) fn load_keys(group: &TestGroup) -> Result<KeySet, ConfigError> {
    let document = group.public_key.as_ref().or(group.private_key.as_ref()).expect("a key");
    if let Some(members) = document.get("keys") {
        let set = KeySet::from_jwks_json(&document.to_string());
        let members: Vec<_> = members.as_array().expect("keys").iter().map(from_jwk).collect();
        match &members[..] {
            [one] => assert_eq!(set.is_ok(), one.is_ok(), "the set says {set:?}, its member {one:?}"),
            many => assert!(set.is_err() || many.iter().all(Result::is_ok), "{many:?} of {document}"),
        }
        return set;
    }
    let key = from_jwk(document);
    let set = KeySet::from_jwks_json(&json!({"keys": [document]}).to_string());
    assert_eq!(set.is_ok(), key.is_ok(), "as a set {set:?}, alone {key:?}");
    key.map(Into::into)
}

/// Loads a JWK with and without its algorithm as an argument. It accepts no other algorithm.
fn from_jwk(jwk: &Value) -> Result<VerifyingKey, ConfigError> {
    let json = jwk.to_string();
    let key = VerifyingKey::from_jwk(&json);
    for algorithm in ALGORITHMS {
        let result = VerifyingKey::from_jwk_with_algorithm(&json, algorithm);
        let fits = key.as_ref().is_ok_and(|key| key.algorithm() == algorithm);
        assert_eq!(result.is_ok(), fits, "{jwk} for {algorithm}: {result:?}");
    }
    key
}

/// Verifies a token. The headers of the vectors have no `typ`.
pub(super) fn decide(keys: Result<KeySet, ConfigError>, token: &str) -> Decision {
    let keys = match keys {
        Ok(keys) => keys,
        Err(error) => return Decision::KeyRefused(error),
    };
    match Bench::new(keys, TokenType::AnyJwt).verify(token) {
        Ok(()) => panic!("a payload that is not a claims set was accepted: {token}"),
        Err(Refused { reason: Reason::MalformedToken, detail }) if detail == CLAIMS_WERE_READ => Decision::Good,
        Err(refused) => Decision::Refused(refused),
    }
}

/// Asserts that every case is as its label says, except for the exceptions, which must still
/// differ.
pub(super) fn agree_with_labels(
    cases: impl IntoIterator<Item = (Test, Decision)>,
    exceptions: &[Exception],
) -> (usize, Counts) {
    let (mut run, mut counts, mut open) = (0, Counts::new(), BTreeMap::new());
    for exception in exceptions {
        assert!(open.insert(exception.tc_id, exception).is_none(), "{} is listed twice", exception.tc_id);
    }
    for (test, decision) in cases {
        run += 1;
        *counts.entry(decision.name()).or_default() += 1;
        let valid = !test.result.must_fail();
        let agreed = valid == (decision == Decision::Good);
        match open.remove(&test.tc_id) {
            None => assert!(
                agreed,
                "{} {} is labelled {:?}, the decision is {decision:?}",
                test.tc_id, test.comment, test.result
            ),
            Some(Exception { labelled_valid, decision: listed, why, .. }) => {
                assert!(
                    !agreed,
                    "{} ({why}) is an exception, but the decision agrees with its label: {decision:?}",
                    test.tc_id
                );
                assert_eq!(valid, *labelled_valid, "{} ({why}) has another label", test.tc_id);
                assert_eq!(decision.name(), *listed, "{} ({why})", test.tc_id);
            }
        }
    }
    assert!(open.is_empty(), "exceptions that are not among the cases: {:?}", open.keys());
    (run, counts)
}

#[test]
fn each_kind_of_decision_is_recognised() {
    for algorithm in ALGORITHMS {
        let mint = Mint::of(algorithm);
        let decide = |token: &str| decide(Ok(mint.key().into()), token);
        let header = |algorithm: Algorithm| json!({"alg": algorithm.to_string()}).to_string();
        for payload in ["foo", "123400", "\0\0", "[]"] {
            assert_eq!(decide(&mint.signed(header(algorithm), payload)), Decision::Good);
            let forged = Mint::untrusted(algorithm).signed(header(algorithm), payload);
            let bad_signature = Decision::refused(Reason::BadSignature, "the signature does not verify");
            assert_eq!(decide(&forged), bad_signature);
            let other =
                ALGORITHMS[(ALGORITHMS.iter().position(|one| *one == algorithm).expect("a known algorithm") + 1) % 12];
            let Decision::Refused(refused) = decide(&mint.signed(header(other), payload)) else {
                panic!("{other} is accepted for {algorithm}");
            };
            assert_eq!(refused.reason, Reason::AlgorithmNotAllowed);
        }
    }
}
