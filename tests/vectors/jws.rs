//! JSON Web Signatures: 401 cases.

use super::{Exception, Judged, Tally, agree_with_labels, cases, judged, road_to_keys, token};
use crate::support::Mint;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{KeySet, VerifyingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use wycheproof_ng_kdf_jose::json_web::{Test, TestGroup, TestName};

const fn fault(tc_id: usize, labelled_valid: bool, ours: &'static str, why: &'static str) -> Exception {
    Exception { tc_id, labelled_valid, ours, why }
}

/// Where we don't do what the label says.
const EXCEPTIONS: [Exception; 14] = [
    // Faults of the labels, all that there are.
    fault(346, true, "alg_not_allowed", "a key for PS256 and a token that says PS384: one key, one algorithm"),
    fault(350, true, "alg_not_allowed", "as 346"),
    fault(347, true, "key refused", "the key is for `ES521`, which nobody registered"),
    fault(351, true, "key refused", "as 347"),
    fault(367, false, "good", "`invalidBase64Padding`, and the token is that of 357, which is valid"),
    fault(370, false, "good", "`invalidBase64PaddingInPayload`, and the token is that of 357, which is valid"),
    fault(372, true, "malformed_token", "a `?` in the header, which base64url doesn't have"),
    fault(373, true, "malformed_token", "a `?` in the payload, which base64url doesn't have"),
    // No faults: a JWS may sign nothing, an access token may not. We refuse an empty segment unread.
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

/// The group `base64` (357 to 377) has a secret of 32 zeros, which we don't take. It is about how tokens are written, so
/// they are tried with another key: where the MAC is base64url at all, a good one of ours takes its place, over the
/// characters as they are. What is refused then is refused for the form.
fn with_a_key_that_we_take(token: &str) -> (KeySet, String) {
    let mint = Mint::of(Algorithm::HS256);
    let (message, mac) = token.rsplit_once('.').expect("a MAC");
    let whole = URL_SAFE_NO_PAD.decode(mac).is_ok_and(|mac| mac.len() == 32);
    let token = if whole { mint.completed(message) } else { token.to_owned() };
    (mint.key_without_kid().with_kid("hs256-key").into(), token)
}

#[test]
fn each_of_the_401_jws_is_decided_as_its_label_says() {
    let mut stand_ins = 0;
    let all = cases(TestName::JsonWebSignature).into_iter().map(|(group, test)| {
        let keys = road_to_keys(&group);
        let ours = if group.group_comment == "base64" {
            stand_ins += 1;
            let refused = judged(keys, &token(&test));
            assert!(matches!(refused, Judged::KeyRefused(_)), "a secret of zeros: {refused:?}");
            let (keys, token) = with_a_key_that_we_take(&token(&test));
            judged(Ok(keys), &token)
        } else {
            judged(keys, &token(&test))
        };
        (test, ours)
    });
    let (run, tally) = agree_with_labels(all, &EXCEPTIONS);
    assert_eq!((run, stand_ins), (401, 21));
    assert_eq!(
        tally,
        Tally::from([
            // 46 are labelled valid: six of them have no payload, six have faulty labels, and two more are valid.
            ("good", 36),
            ("alg_not_allowed", 8),
            ("bad_signature", 292),
            ("header_not_allowed", 1),
            ("key refused", 6),
            ("malformed_token", 55),
            ("unknown_key", 3),
        ])
    );
}

#[test]
fn the_faults_are_what_the_table_says() {
    let valid = token(&case(357).1);
    for same in [367, 370] {
        assert_eq!(token(&case(same).1), valid);
    }
    // Under a MAC that is good over these very characters.
    for not_base64url in [372, 373] {
        let token = token(&case(not_base64url).1);
        assert_eq!(token.replace('?', ""), valid);
        let (keys, token) = with_a_key_that_we_take(&token);
        let refused = Judged::refused(Reason::MalformedToken, "a segment is not canonical base64url");
        assert_eq!(judged(Ok(keys), &token), refused, "{not_base64url}");
    }
    for rfc_7520_figure_20 in [346, 350] {
        let (group, test) = case(rfc_7520_figure_20);
        let mut jwk = group.public_key.expect("a key");
        assert_eq!(jwk["alg"], "PS256");
        // Once the key says what the token says, nothing is wrong.
        jwk["alg"] = json!("PS384");
        let key = VerifyingKey::from_jwk(&jwk.to_string()).expect("a key");
        assert_eq!(judged(Ok(key.into()), &token(&test)), Judged::Good);
    }
    for rfc_7520_figure_27 in [347, 351] {
        let mut jwk = case(rfc_7520_figure_27).0.public_key.expect("a key");
        assert_eq!((&jwk["alg"], &jwk["crv"]), (&json!("ES521"), &json!("P-521")));
        // Under the registered name it is no key of ours either.
        jwk["alg"] = json!("ES512");
        VerifyingKey::from_jwk(&jwk.to_string()).unwrap_err();
    }
}

/// The rest of what the groups hold: whoever configures a private key is told so.
#[test]
fn no_private_key_of_the_groups_is_taken() {
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
