//! JSON Web Crypto: 83 cases, of which 49 are JWS and 34 JWE.

use super::{Counts, Decision, Exception, agree_with_labels, cases, decide, load_keys, token};
use crate::support::Mint;
use auth_runtime::keys::Algorithm;
use wycheproof_ng_kdf_jose::json_web::TestName;

const EXCEPTIONS: [Exception; 2] = [
    // These are not faults. The tokens are encrypted with keys for encryption, and a resource
    // server accepts signed ones.
    Exception { tc_id: 50, labelled_valid: true, decision: "key refused", why: "a JWE" },
    Exception { tc_id: 67, labelled_valid: true, decision: "key refused", why: "a JWE" },
];

#[test]
fn all_83_cases_are_decided_as_labelled() {
    let all = cases(TestName::JsonWebCrypto).into_iter().map(|(group, test)| {
        let token = token(&test);
        let decision = decide(load_keys(&group), &token);
        if test.jwe.is_some() {
            // A verifier with keys rejects it too.
            let mint = Mint::of(Algorithm::HS256);
            let refused = decide(Ok(mint.key_without_kid().into()), &token);
            assert!(matches!(refused, Decision::Refused(_)), "{}: {refused:?}", test.tc_id);
        }
        (test, decision)
    });
    let (run, counts) = agree_with_labels(all, &EXCEPTIONS);
    assert_eq!(run, 83);
    assert_eq!(
        counts,
        Counts::from([
            ("good", 4),
            ("alg_not_allowed", 1),
            ("bad_signature", 7),
            ("header_not_allowed", 1),
            ("key refused", 36),
            ("malformed_token", 28),
            // The empty text.
            ("placeholder_token", 3),
            ("unknown_key", 3),
        ])
    );
}
