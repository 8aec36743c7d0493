//! What we decide about a case, and whether it is what its label says.

use crate::support::{ALGORITHMS, Bench, Mint, Refused};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, KeySet, TokenType, VerifyingKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wycheproof_ng_kdf_jose::json_web::{Test, TestGroup, TestName, TestSet};

/// The detail of the event of a token that is good up to its payload, which is no JSON object.
const CLAIMS_WERE_READ: &str = "the claims are not strict JSON";

/// What we decide about a case.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// Header and signature are good: the payload was read, and found to be no claims set.
    Good,
    /// The verifier refused the token before it read the payload.
    Refused(Refused),
    /// The key was refused when it was configured; no token of it is ever looked at.
    KeyRefused(ConfigError),
}

impl Judged {
    pub(super) fn refused(reason: Reason, detail: &str) -> Self {
        Self::Refused(Refused { reason, detail: detail.to_owned() })
    }

    fn in_a_word(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Refused(refused) => refused.reason.as_str(),
            Self::KeyRefused(_) => "key refused",
        }
    }
}

/// How many cases ended how.
pub(super) type Tally = BTreeMap<&'static str, usize>;

/// A case about which we don't agree with its label.
pub(super) struct Exception {
    pub(super) tc_id: usize,
    pub(super) labelled_valid: bool,
    pub(super) ours: &'static str,
    pub(super) why: &'static str,
}

/// All cases of a file, with the groups that hold their keys.
pub(super) fn cases(name: TestName) -> Vec<(TestGroup, Test)> {
    let set = TestSet::load(name).expect("the package's own file");
    let cases = set.test_groups.into_iter().flat_map(|group| {
        let tests = group.tests.clone();
        tests.into_iter().map(move |test| (group.clone(), test))
    });
    let cases: Vec<_> = cases.collect();
    assert_eq!(cases.len(), set.number_of_tests);
    cases
}

/// What is presented: a JWS, or a JWE.
pub(super) fn token(test: &Test) -> String {
    match test.jws.as_ref().or(test.jwe.as_ref()).expect("a JWS or a JWE") {
        Value::String(compact) => compact.clone(),
        object => object.to_string(),
    }
}

/// The keys of a group: its public ones, or its shared secrets. By every road that leads to them, and all agree.
pub(super) fn road_to_keys(group: &TestGroup) -> Result<KeySet, ConfigError> {
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

/// One JWK, with and without the algorithm being said: it has its own, and takes no other.
fn from_jwk(jwk: &Value) -> Result<VerifyingKey, ConfigError> {
    let json = jwk.to_string();
    let key = VerifyingKey::from_jwk(&json);
    for algorithm in ALGORITHMS {
        let said = VerifyingKey::from_jwk_with_algorithm(&json, algorithm);
        let fits = key.as_ref().is_ok_and(|key| key.algorithm() == algorithm);
        assert_eq!(said.is_ok(), fits, "{jwk} for {algorithm}: {said:?}");
    }
    key
}

/// How far a token comes. The vectors' headers have no `typ`.
pub(super) fn judged(keys: Result<KeySet, ConfigError>, token: &str) -> Judged {
    let keys = match keys {
        Ok(keys) => keys,
        Err(error) => return Judged::KeyRefused(error),
    };
    match Bench::new(keys, TokenType::AnyJwt).verify(token) {
        Ok(()) => panic!("a payload that is no claims set got in: {token}"),
        Err(Refused { reason: Reason::MalformedToken, detail }) if detail == CLAIMS_WERE_READ => Judged::Good,
        Err(refused) => Judged::Refused(refused),
    }
}

/// Every case is as its label says, but for the exceptions; and each of those is one, still.
pub(super) fn agree_with_labels(
    cases: impl IntoIterator<Item = (Test, Judged)>,
    exceptions: &[Exception],
) -> (usize, Tally) {
    let (mut run, mut tally, mut open) = (0, Tally::new(), BTreeMap::new());
    for exception in exceptions {
        assert!(open.insert(exception.tc_id, exception).is_none(), "{} is listed twice", exception.tc_id);
    }
    for (test, ours) in cases {
        run += 1;
        *tally.entry(ours.in_a_word()).or_default() += 1;
        let valid = !test.result.must_fail();
        let agreed = valid == (ours == Judged::Good);
        match open.remove(&test.tc_id) {
            None => assert!(agreed, "{} {} is {:?}, we say {ours:?}", test.tc_id, test.comment, test.result),
            Some(Exception { labelled_valid, ours: listed, why, .. }) => {
                assert!(!agreed, "{} ({why}) is listed, and we agree with its label: {ours:?}", test.tc_id);
                assert_eq!(valid, *labelled_valid, "{} ({why}) has another label", test.tc_id);
                assert_eq!(ours.in_a_word(), *listed, "{} ({why})", test.tc_id);
            }
        }
    }
    assert!(open.is_empty(), "listed, and not among the cases: {:?}", open.keys());
    (run, tally)
}

#[test]
fn the_measure_is_good() {
    for algorithm in ALGORITHMS {
        let mint = Mint::of(algorithm);
        let judged = |token: &str| judged(Ok(mint.key().into()), token);
        let header = |algorithm: Algorithm| json!({"alg": algorithm.to_string()}).to_string();
        for payload in ["foo", "123400", "\0\0", "[]"] {
            assert_eq!(judged(&mint.signed(header(algorithm), payload)), Judged::Good);
            let forged = Mint::stranger(algorithm).signed(header(algorithm), payload);
            let bad_signature = Judged::refused(Reason::BadSignature, "the signature does not verify");
            assert_eq!(judged(&forged), bad_signature);
            let other = ALGORITHMS[(ALGORITHMS.iter().position(|one| *one == algorithm).expect("it") + 1) % 12];
            let Judged::Refused(refused) = judged(&mint.signed(header(other), payload)) else {
                panic!("{other} passes for {algorithm}");
            };
            assert_eq!(refused.reason, Reason::AlgorithmNotAllowed);
        }
    }
}
