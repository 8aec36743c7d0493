//! The published examples: their keys load, and their tokens are read as far as a resource server may go.
//!
//! None of them is an access token for anybody, so none gets in; how far each comes is what its event says. Whatever is
//! typed wrong here has a bad signature. Those of RFC 7520 are among Wycheproof's cases (`tests/vectors`).

use crate::support::{Mint, Server, base64url, claims, header, segments, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, KeySet, TokenType, VerifyingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::time::Duration;

/// RFC 7515, appendix A.1: the key of HS256.
const RFC_7515_A_1: &str =
    r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;

/// RFC 7515, appendix A.2: the key of RS256.
const RFC_7515_A_2: &str = r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#;

/// RFC 7515, appendix A.3: the key of ES256.
const RFC_7515_A_3: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// RFC 7515, appendix A.4: the key of ES512, which is not among our algorithms.
const RFC_7515_A_4: &str = r#"{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}"#;

/// The claims of A.1 to A.3, A.5 to A.7, and of RFC 7519 section 3.1, as their RFCs write them.
const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const JOES_EXP: u64 = 1_300_819_380;

/// Header and signature of RFC 7515 A.1 (which is RFC 7519 section 3.1), A.2, A.3.
const HS256: [&str; 2] = ["eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"];
const RS256: [&str; 2] = [
    "eyJhbGciOiJSUzI1NiJ9",
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
];
const ES256: [&str; 2] =
    ["eyJhbGciOiJFUzI1NiJ9", "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"];

/// RFC 7515, appendix A.4: "Payload", signed with ES512.
const ES512_TOKEN: &str = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";

/// RFC 7519, appendix A.1 and A.2: joe's claims encrypted, and A.2 of RFC 7515 encrypted.
const RFC_7519_A_1: &str = "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.QR1Owv2ug2WyPBnbQrRARTeEk9kDO2w8qDcjiHnSJflSdv1iNqhWXaKH4MqAkQtMoNfABIPJaZm0HaA415sv3aeuBWnD8J-Ui7Ah6cWafs3ZwwFKDFUUsWHSK-IPKxLGTkND09XyjORj_CHAgOPJ-Sd8ONQRnJvWn_hXV1BNMHzUjPyYwEsRhDhzjAD26imasOTsgruobpYGoQcXUwFDn7moXPRfDE8-NoQX7N7ZYMmpUDkR-Cx9obNGwJQ3nM52YCitxoQVPzjbl7WBuB7AohdBoZOdZ24WlN1lVIeh8v1K4krB8xgKvRU8kgFrEn_a1rZgN5TiysnmzTROF869lQ.AxY8DCtDaGlsbGljb3RoZQ.MKOle7UQrG6nSxTLX6Mqwt0orbHvAKeWnDYvpIAeZ72deHxz3roJDXQyhxx0wKaMHDjUEOKIwrtkHthpqEanSBNYHZgmNOV7sln1Eu9g3J8.fiK51VwhsxJ-siBMR-YFiA";
const RFC_7519_A_2: &str = "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiY3R5IjoiSldUIn0.g_hEwksO1Ax8Qn7HoN-BVeBoa8FXe0kpyk_XdcSmxvcM5_P296JXXtoHISr_DD_MqewaQSH4dZOQHoUgKLeFly-9RI11TG-_Ge1bZFazBPwKC5lJ6OLANLMd0QSL4fYEb9ERe-epKYE3xb2jfY1AltHqBO-PM6j23Guj2yDKnFv6WO72tteVzm_2n17SBFvhDuR9a2nHTE67pe0XGBUS_TK7ecA-iVq5COeVdJR4U4VZGGlxRGPLRHvolVLEHx6DYyLpw30Ay9R6d68YCLi9FYTq3hIXPK_-dmPlOUlKvPr1GgJzRoeC9G5qCvdcHWsqJGTO_z3Wfo5zsqwkxruxwA.UmVkbW9uZCBXQSA5ODA1Mg.VwHERHPvCNcHHpTjkoigx3_ExK0Qc71RMEParpatm0X_qpg-w8kozSjfNIPPXiTBBLXR65CIPkFqz4l1Ae9w_uowKiwyi9acgVztAi-pSL8GQSXnaamh9kX1mdh3M_TT-FZGQFQsFhu0Z72gJKGdfGE-OE7hS1zuBD5oEUfk0Dmb0VzWEzpxxiSSBbBAzP10l56pPfAtrjEYw-7ygeMkwBl6Z_mLS6w6xUgKlvW6ULmkV-uLC4FUiyKECK4e3WZYKw1bpgIqGYsw2v_grHjszJZ-_I5uM-9RA8ycX9KqPRp9gc6pXmoU_-27ATs9XCvrZXUtK2902AUzqpeEUJYjWWxSNsS-r1TJ1I-FMJ4XyAiGrfmo9hQPcNBYxPz3GQb28Y5CLSQfNgKSGt0A4isp1hBUXBHAndgtcslt7ZoQJaKe_nNJgNliWtWpJ_ebuOpEl8jdhehdccnRMIwAmU1n7SPkmhIl1HlSOpvcvDfhUN5wuqU955vOBvfkBOh5A11UzBuo2WlgZ6hYi9-e3w29bR0C2-pp3jbqxEDw3iWaf2dc5b-LnR0FEYXvI_tYk5rd_J9N0mg0tQ6RbpxNEMNoA9QWk5lgdPvbh9BaO195abQ.AVO9iT5AV4CzvDJCdhSFlQ";

/// RFC 7797, sections 4.1 and 4.2: "$.02" as any payload is sent, and detached and not encoded. The key is that of A.1.
const RFC_7797_4_1: &str = "eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ";
const RFC_7797_4_2: [&str; 2] =
    ["eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19", "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"];

/// RFC 8037, appendix A.2 and A.4.
const RFC_8037_A_2: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const RFC_8037_A_4: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

fn joes([header, signature]: [&str; 2]) -> String {
    format!("{header}.{JOE}.{signature}")
}

fn key(jwk: &str, algorithm: Algorithm) -> VerifyingKey {
    VerifyingKey::from_jwk_with_algorithm(jwk, algorithm).expect("the key of the RFC")
}

/// A server that trusts joe, in his time, and asks of a token no more than it must.
async fn of_joe(key: VerifyingKey) -> Server {
    let server = Server::with(key.algorithm())
        .keys(key)
        .verifier(|builder| builder.issuer("joe").token_type(TokenType::AnyJwt))
        .start()
        .await;
    server.clock.set(JOES_EXP - 60);
    server
}

/// The token is refused, and this is how far it came.
async fn comes_as_far_as(server: &Server, token: &str, reason: Reason, detail: &str) {
    let response = server.exchange(crate::support::get_with("/me", token)).await;
    assert_eq!((response.status, response.text()), (401, crate::support::PROBLEM_401), "{token}");
    let event = server.only_event();
    assert_eq!((event.reason, event.detail.as_deref()), (reason, Some(detail)), "{token}");
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn rfc_7515_a_1_to_a_3_verify_and_are_refused_since_they_are_for_nobody() {
    for (jwk, algorithm, token) in [
        (RFC_7515_A_1, Algorithm::HS256, joes(HS256)),
        (RFC_7515_A_2, Algorithm::RS256, joes(RS256)),
        (RFC_7515_A_3, Algorithm::ES256, joes(ES256)),
    ] {
        let server = of_joe(key(jwk, algorithm)).await;
        // The signature is good, and joe is trusted: what is missing are the audience, and after it the subject.
        comes_as_far_as(&server, &token, Reason::MalformedClaims, "aud is missing").await;
        let [header, payload, signature] = segments(&token);
        let mut bent = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        bent[0] ^= 1;
        let bent = format!("{header}.{payload}.{}", base64url(bent));
        comes_as_far_as(&server, &bent, Reason::BadSignature, "the signature does not verify").await;
        // Whoever trusts somebody else finds joe's name first.
        let strangers = Server::with(algorithm).keys(key(jwk, algorithm));
        let strangers = strangers.verifier(|builder| builder.token_type(TokenType::AnyJwt)).start().await;
        strangers.refuses(&token, Reason::WrongIssuer).await;
        // And none is an access token.
        Server::with(algorithm).keys(key(jwk, algorithm)).start().await.refuses(&token, Reason::WrongTokenType).await;
        // Nor does it come anywhere with a key that is not its own.
        let other = of_joe(Mint::of(algorithm).key_without_kid()).await;
        comes_as_far_as(&other, &token, Reason::BadSignature, "the signature does not verify").await;
    }
}

/// What keeps A.1 out is what it lacks, and nothing else: with its own key, the same claims and the two that are missing
/// get in until joe's `exp`.
#[tokio::test]
async fn rfc_7515_a_1_with_what_it_lacks_gets_in_until_it_expires() {
    let jwk: Value = serde_json::from_str(RFC_7515_A_1).expect("JSON");
    let secret = URL_SAFE_NO_PAD.decode(jwk["k"].as_str().expect("k")).expect("base64url");
    let server = of_joe(key(RFC_7515_A_1, Algorithm::HS256)).await;
    let joe: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(JOE).expect("base64url")).expect("JSON");
    assert_eq!(joe, json!({"iss": "joe", "exp": JOES_EXP, "http://example.com/is_root": true}));
    let header = URL_SAFE_NO_PAD.decode(HS256[0]).expect("base64url");
    let whole = with(with(joe, "aud", crate::support::AUDIENCE), "sub", "joe").to_string();
    let token = Mint::from_secret(Algorithm::HS256, &secret).signed(header, whole);
    server.accepts(&token).await;
    server.clock.set(JOES_EXP + 29);
    server.accepts(&token).await;
    server.clock.set(JOES_EXP + 30);
    server.refuses(&token, Reason::Expired).await;
}

#[tokio::test]
async fn rfc_7515_a_4_is_of_an_algorithm_that_we_dont_have() {
    VerifyingKey::from_jwk(RFC_7515_A_4).unwrap_err();
    let named = RFC_7515_A_4.replacen('{', r#"{"alg":"ES512","#, 1);
    VerifyingKey::from_jwk(&named).unwrap_err();
    for algorithm in [Algorithm::ES256, Algorithm::ES384] {
        VerifyingKey::from_jwk_with_algorithm(RFC_7515_A_4, algorithm).unwrap_err();
        let server = of_joe(Mint::of(algorithm).key_without_kid()).await;
        comes_as_far_as(&server, ES512_TOKEN, Reason::AlgorithmNotAllowed, "no key of this algorithm").await;
    }
}

/// RFC 7519 section 6.1 has the same token.
#[tokio::test]
async fn t01_rfc_7515_a_5_and_rfc_7519_6_1_are_not_signed() {
    let unsecured = format!("eyJhbGciOiJub25lIn0.{JOE}.");
    for (jwk, algorithm) in
        [(RFC_7515_A_1, Algorithm::HS256), (RFC_7515_A_2, Algorithm::RS256), (RFC_7515_A_3, Algorithm::ES256)]
    {
        let server = of_joe(key(jwk, algorithm)).await;
        comes_as_far_as(&server, &unsecured, Reason::MalformedToken, "an empty segment").await;
        let signed = format!("{unsecured}{}", HS256[1]);
        comes_as_far_as(&server, &signed, Reason::AlgorithmNotAllowed, "no key of this algorithm").await;
    }
}

#[tokio::test]
async fn t35_rfc_7515_a_6_and_a_7_are_no_compact_tokens() {
    let keys = KeySet::new([key(RFC_7515_A_2, Algorithm::RS256), key(RFC_7515_A_3, Algorithm::ES256)]).expect("a set");
    let server = Server::with(Algorithm::RS256)
        .keys(keys)
        .verifier(|builder| builder.issuer("joe").token_type(TokenType::AnyJwt))
        .start()
        .await;
    server.clock.set(JOES_EXP - 60);
    let one = json!({"protected": RS256[0], "header": {"kid": "2010-12-29"}, "signature": RS256[1]});
    let other = json!({
        "protected": ES256[0], "header": {"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"}, "signature": ES256[1],
    });
    let general = json!({"payload": JOE, "signatures": [one, other]});
    let flattened = with(other, "payload", JOE);
    for json in [general, flattened] {
        comes_as_far_as(&server, &json.to_string(), Reason::MalformedToken, "not three segments").await;
        let spread = serde_json::to_string_pretty(&json).expect("JSON").replace('\n', "");
        comes_as_far_as(&server, &spread, Reason::MalformedCredentials, "bytes that no token has").await;
        let encoded = base64url(json.to_string());
        comes_as_far_as(&server, &encoded, Reason::MalformedToken, "not three segments").await;
    }
    // The same keys, the same signatures, in the one form there is.
    for token in [joes(RS256), joes(ES256)] {
        comes_as_far_as(&server, &token, Reason::MalformedClaims, "aud is missing").await;
    }
}

#[tokio::test]
async fn t41_rfc_7519_a_1_and_a_2_are_encrypted() {
    let server = of_joe(key(RFC_7515_A_2, Algorithm::RS256)).await;
    for jwe in [RFC_7519_A_1, RFC_7519_A_2] {
        assert_eq!(jwe.split('.').count(), 5);
        comes_as_far_as(&server, jwe, Reason::MalformedToken, "not three segments").await;
        // Its first three parts, as a signature they are none.
        let cut = jwe.splitn(4, '.').take(3).collect::<Vec<_>>().join(".");
        comes_as_far_as(&server, &cut, Reason::HeaderNotAllowed, "enc").await;
    }
}

#[tokio::test]
async fn t31_rfc_7797_4_2_signs_what_it_does_not_encode() {
    let server = of_joe(key(RFC_7515_A_1, Algorithm::HS256)).await;
    comes_as_far_as(&server, RFC_7797_4_1, Reason::MalformedToken, "the claims are not strict JSON").await;
    let [header, signature] = RFC_7797_4_2;
    let jwk: Value = serde_json::from_str(RFC_7515_A_1).expect("JSON");
    let secret = URL_SAFE_NO_PAD.decode(jwk["k"].as_str().expect("k")).expect("base64url");
    let good = Mint::from_secret(Algorithm::HS256, &secret).completed(&format!("{header}.$.02"));
    assert_eq!(good.rsplit('.').next(), Some(signature), "typed as it stands in the RFC");
    comes_as_far_as(&server, &format!("{header}..{signature}"), Reason::MalformedToken, "an empty segment").await;
    comes_as_far_as(&server, &good, Reason::MalformedToken, "not three segments").await;
    comes_as_far_as(&server, &format!("{header}.JC4wMg.{signature}"), Reason::HeaderNotAllowed, "crit").await;
}

#[tokio::test]
async fn rfc_8037_a_4_verifies_up_to_its_payload_which_is_no_claims_set() {
    let server = of_joe(key(RFC_8037_A_2, Algorithm::Ed25519)).await;
    // "Example of Ed25519 signing" is no JSON; to find that out, the signature had to be found good.
    comes_as_far_as(&server, RFC_8037_A_4, Reason::MalformedToken, "the claims are not strict JSON").await;
    // Under the strict profile it doesn't get that far, and with one bit turned neither.
    let bent = RFC_8037_A_4.replace(".hgyY", ".hgyZ");
    comes_as_far_as(&server, &bent, Reason::BadSignature, "the signature does not verify").await;
    let strict = Server::with(Algorithm::Ed25519).keys(key(RFC_8037_A_2, Algorithm::Ed25519)).start().await;
    strict.refuses(RFC_8037_A_4, Reason::WrongTokenType).await;
}

#[test]
fn rfc_7517_a_1_names_no_algorithm_for_its_rsa_key_and_one_key_for_encryption() {
    // Appendix A.1 has an EC key with `"use":"enc"` and an RSA key with `alg`; here without it, as many issuers publish theirs.
    let set = format!(
        r#"{{"keys":[{{"kty":"EC","crv":"P-256","use":"enc","kid":"1","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}},{RFC_7515_A_3}]}}"#
    );
    KeySet::from_jwks_json(&set).expect("the key for encryption is passed over");
    let only_for_encryption = set.replace(&format!(",{RFC_7515_A_3}"), "");
    assert_eq!(KeySet::from_jwks_json(&only_for_encryption).unwrap_err(), ConfigError::NoKeys);
}

/// RFC 9068 section 3 shows a header and claims: what the strict profile is named after gets in under it.
#[tokio::test]
async fn t24_the_example_of_rfc_9068_gets_in_where_a_token_may_live_that_long() {
    let of_the_rfc = json!({
        "iss": "https://authorization-server.example.com/", "sub": "5ba552d67", "aud": "https://rs.example.com/",
        "exp": 1_639_528_912_u64, "iat": 1_618_354_090_u64, "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
        "client_id": "s6BhdRkqt3", "scope": "openid profile reademail",
    });
    let header = with(with(header(Algorithm::RS256), "typ", "at+JWT"), "kid", "RjEwOwOA");
    let mint = Mint::of(Algorithm::RS256);
    let token = mint.token_with(&header, &of_the_rfc);
    let server = |max_lifetime| {
        Server::with(Algorithm::RS256).keys(mint.key_without_kid().with_kid("RjEwOwOA")).verifier(move |builder| {
            let builder = builder.issuer("https://authorization-server.example.com/");
            builder.audience("https://rs.example.com/").max_lifetime(max_lifetime)
        })
    };
    let (year, day) =
        (server(Duration::from_hours(24 * 366)).start().await, server(Duration::from_hours(24)).start().await);
    year.clock.set(1_618_354_100);
    day.clock.set(1_618_354_100);
    year.accepts(&token).await;
    day.refuses(&token, Reason::LifetimeTooLong).await;
    // `claims` of these tests are of the same kind: every claim that the RFC's example has is in them.
    for name in of_the_rfc.as_object().expect("an object").keys() {
        assert!(claims().get(name).is_some(), "{name}");
    }
}
