//! Tests JSON Web Signatures: 401 cases.

use super::{Counts, Decision, Exception, agree_with_labels, cases, decide, load_keys, token};
use crate::support::Mint;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{KeySet, VerifyingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use wycheproof_ng_kdf_jose::json_web::{Test, TestGroup, TestName};

const fn fault(tc_id: usize, labelled_valid: bool, decision: &'static str, why: &'static str) -> Exception {
    Exception { tc_id, labelled_valid, decision, why }
}

/// The cases whose label differs from the decision.
const EXCEPTIONS: [Exception; 14] = [
    // All faults of the labels.
    fault(346, true, "alg_not_allowed", "a key for PS256 and a token that says PS384: one key, one algorithm"),
    fault(350, true, "alg_not_allowed", "as 346"),
    fault(347, true, "key refused", "the key is for `ES521`, which is not registered"),
    fault(351, true, "key refused", "as 347"),
    fault(367, false, "good", "`invalidBase64Padding`, and the token is that of 357, which is valid"),
    fault(370, false, "good", "`invalidBase64PaddingInPayload`, and the token is that of 357, which is valid"),
    fault(372, true, "malformed_token", "a `?` in the header, which base64url doesn't have"),
    fault(373, true, "malformed_token", "a `?` in the payload, which base64url doesn't have"),
    // These are not faults. A JWS may have an empty payload, an access token may not: the verifier
    // rejects an empty segment unread.
    fault(259, true, "malformed_token", "an empty payload"),
    fault(264, true, "malformed_token", "an empty payload"),
    fault(268, true, "malformed_token", "an empty payload"),
    fault(272, true, "malformed_token", "an empty payload"),
    fault(320, true, "malformed_token", "an empty payload"),
    fault(325, true, "malformed_token", "an empty payload"),
];

fn case(tc_id: usize) -> (TestGroup, Test) {
    cases(TestName::JsonWebSignature).into_iter().find(|(_, test)| test.tc_id == tc_id).expect("the case")
}

/// Replaces the key of the group `base64` (357 to 377), a secret of 32 zeros, which is rejected.
///
/// The group tests how tokens are encoded. Where the MAC is base64url, a valid MAC of another key
/// replaces it, over the same characters. A rejection is then about the encoding.
fn with_an_accepted_key(token: &str) -> (KeySet, String) {
    let mint = Mint::of(Algorithm::HS256);
    let (message, mac) = token.rsplit_once('.').expect("a MAC");
    let whole = URL_SAFE_NO_PAD.decode(mac).is_ok_and(|mac| mac.len() == 32);
    let token = if whole { mint.completed(message) } else { token.to_owned() };
    (mint.key_without_kid().with_kid("hs256-key").into(), token)
}

#[test]
fn all_401_jws_are_decided_as_labelled() {
    let mut replaced = 0;
    let all = cases(TestName::JsonWebSignature).into_iter().map(|(group, test)| {
        let keys = load_keys(&group);
        let decision = if group.group_comment == "base64" {
            replaced += 1;
            let refused = decide(keys, &token(&test));
            assert!(matches!(refused, Decision::KeyRefused(_)), "a secret of zeros: {refused:?}");
            let (keys, token) = with_an_accepted_key(&token(&test));
            decide(Ok(keys), &token)
        } else {
            decide(keys, &token(&test))
        };
        (test, decision)
    });
    let (run, counts) = agree_with_labels(all, &EXCEPTIONS);
    assert_eq!((run, replaced), (401, 21));
    assert_eq!(
        counts,
        Counts::from([
            // 46 are labelled valid: six of them have no payload, six have faulty labels, and two
            // more are valid.
            ("good", 36),
            ("alg_not_allowed", 8),
            ("bad_signature", 292),
            ("header_not_allowed", 1),
            ("key refused", 6),
            ("malformed_token", 52),
            // The empty text.
            ("placeholder_token", 3),
            ("unknown_key", 3),
        ])
    );
}

#[test]
fn the_faults_are_those_of_the_table() {
    let valid = token(&case(357).1);
    for same in [367, 370] {
        assert_eq!(token(&case(same).1), valid);
    }
    // With a MAC that is valid for these characters.
    for not_base64url in [372, 373] {
        let token = token(&case(not_base64url).1);
        assert_eq!(token.replace('?', ""), valid);
        let (keys, token) = with_an_accepted_key(&token);
        let refused = Decision::refused(Reason::MalformedToken, "a segment is not canonical base64url");
        assert_eq!(decide(Ok(keys), &token), refused, "{not_base64url}");
    }
    for rfc_7520_figure_20 in [346, 350] {
        let (group, test) = case(rfc_7520_figure_20);
        let mut jwk = group.public_key.expect("a key");
        assert_eq!(jwk["alg"], "PS256");
        // With the algorithm of the token in the key, the case is valid.
        jwk["alg"] = json!("PS384");
        let key = VerifyingKey::from_jwk(&jwk.to_string()).expect("a key");
        assert_eq!(decide(Ok(key.into()), &token(&test)), Decision::Good);
    }
    for rfc_7520_figure_27 in [347, 351] {
        let mut jwk = case(rfc_7520_figure_27).0.public_key.expect("a key");
        assert_eq!((&jwk["alg"], &jwk["crv"]), (&json!("ES521"), &json!("P-521")));
        // Under the registered name the key is not supported either.
        jwk["alg"] = json!("ES512");
        VerifyingKey::from_jwk(&jwk.to_string()).unwrap_err();
    }
}

/// The rest of the keys: a private key is an error that says so.
#[test]
fn private_keys_of_the_groups_are_rejected() {
    let mut run = 0;
    let mut seen = Vec::new();
    for (group, _) in cases(TestName::JsonWebSignature) {
        if let (Some(_), Some(private)) = (group.public_key, group.private_key)
            && !seen.contains(&private)
        {
            VerifyingKey::from_jwk(&private.to_string()).unwrap_err();
            KeySet::from_jwks_json(&json!({"keys": [private]}).to_string()).unwrap_err();
            seen.push(private);
            run += 1;
        }
    }
    assert_eq!(run, 18);
}
