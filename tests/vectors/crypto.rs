//! JSON Web Crypto: 83 cases, of which 49 are JWS and 34 JWE.

use super::{Exception, Judged, Tally, agree_with_labels, cases, judged, road_to_keys, token};
use crate::support::Mint;
use auth_runtime::keys::Algorithm;
use wycheproof_ng_kdf_jose::json_web::TestName;

const EXCEPTIONS: [Exception; 2] = [
    // No faults: these are encrypted, with keys for encryption. A resource server's tokens are signed.
    Exception { tc_id: 50, labelled_valid: true, ours: "key refused", why: "a JWE" },
    Exception { tc_id: 67, labelled_valid: true, ours: "key refused", why: "a JWE" },
];

#[test]
fn each_of_the_83_cases_is_decided_as_its_label_says() {
    let all = cases(TestName::JsonWebCrypto).into_iter().map(|(group, test)| {
        let token = token(&test);
        let ours = judged(road_to_keys(&group), &token);
        if test.jwe.is_some() {
            // Nor by a verifier that has keys.
            let mint = Mint::of(Algorithm::HS256);
            let refused = judged(Ok(mint.key_without_kid().into()), &token);
            assert!(matches!(refused, Judged::Refused(_)), "{}: {refused:?}", test.tc_id);
        }
        (test, ours)
    });
    let (run, tally) = agree_with_labels(all, &EXCEPTIONS);
    assert_eq!(run, 83);
    assert_eq!(
        tally,
        Tally::from([
            ("good", 4),
            ("alg_not_allowed", 1),
            ("bad_signature", 7),
            ("header_not_allowed", 1),
            ("key refused", 36),
            ("malformed_token", 31),
            ("unknown_key", 3),
        ])
    );
}
