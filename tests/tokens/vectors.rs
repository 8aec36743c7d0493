//! Tests the examples of the RFCs: their keys load, and their tokens are rejected at the expected
//! step.
//!
//! None is an access token with an audience, so all are rejected, and the event shows the step. An
//! example with a typing error has a bad signature. The examples of RFC 7520 are among Wycheproof's
//! cases (`tests/vectors`).

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

/// RFC 7797, sections 4.1 and 4.2: "$.02" encoded, and detached and unencoded. The key is that of
/// A.1.
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

/// Starts a server that trusts joe, at a time before his `exp`, with the weakest token profile.
async fn server_of_joe(key: VerifyingKey) -> Server {
    let server = Server::with(key.algorithm())
        .keys(key)
        .verifier(|builder| builder.issuer("joe").token_type(TokenType::AnyJwt))
        .start()
        .await;
    server.clock.set(JOES_EXP - 60);
    server
}

const AUDIENCE_MISSING: &str = "good signature, claims refused: `aud`: missing";

/// Asserts that the token is rejected at this step.
async fn assert_rejected_at(server: &Server, token: &str, reason: Reason, detail: &str) {
    let response = server.exchange(crate::support::get_with("/me", token)).await;
    assert_eq!((response.status, response.text()), (401, crate::support::PROBLEM_401), "{token}");
    let event = server.only_event();
    assert_eq!((event.reason, event.detail.as_deref()), (reason, Some(detail)), "{token}");
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn rfc_7515_a_1_to_a_3_verify_and_are_rejected_without_an_audience() {
    for (jwk, algorithm, token) in [
        (RFC_7515_A_1, Algorithm::HS256, joes(HS256)),
        (RFC_7515_A_2, Algorithm::RS256, joes(RS256)),
        (RFC_7515_A_3, Algorithm::ES256, joes(ES256)),
    ] {
        let server = server_of_joe(key(jwk, algorithm)).await;
        // The signature is good and joe is trusted, but the audience and the subject are missing.
        assert_rejected_at(&server, &token, Reason::MalformedClaims, AUDIENCE_MISSING).await;
        let [header, payload, signature] = segments(&token);
        let mut tampered = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        tampered[0] ^= 1;
        let tampered = format!("{header}.{payload}.{}", base64url(tampered));
        assert_rejected_at(&server, &tampered, Reason::BadSignature, "the signature does not verify").await;
        // With another trusted issuer, the issuer is wrong.
        let without_joe = Server::with(algorithm).keys(key(jwk, algorithm));
        let without_joe = without_joe.verifier(|builder| builder.token_type(TokenType::AnyJwt)).start().await;
        without_joe.refuses(&token, Reason::WrongIssuer).await;
        // None of them is an access token.
        Server::with(algorithm).keys(key(jwk, algorithm)).start().await.refuses(&token, Reason::WrongTokenType).await;
        // With a key other than its own, the signature is bad.
        let other = server_of_joe(Mint::of(algorithm).key_without_kid()).await;
        assert_rejected_at(&other, &token, Reason::BadSignature, "the signature does not verify").await;
    }
}

/// With the missing claims and the same key, A.1 is accepted until joe's `exp`.
///
/// So the missing claims are the only reason for the rejection.
#[tokio::test]
async fn rfc_7515_a_1_with_the_missing_claims_is_accepted_until_it_expires() {
    let jwk: Value = serde_json::from_str(RFC_7515_A_1).expect("JSON");
    let secret = URL_SAFE_NO_PAD.decode(jwk["k"].as_str().expect("k")).expect("base64url");
    let server = server_of_joe(key(RFC_7515_A_1, Algorithm::HS256)).await;
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
async fn rfc_7515_a_4_has_an_unsupported_algorithm() {
    VerifyingKey::from_jwk(RFC_7515_A_4).unwrap_err();
    let named = RFC_7515_A_4.replacen('{', r#"{"alg":"ES512","#, 1);
    VerifyingKey::from_jwk(&named).unwrap_err();
    for algorithm in [Algorithm::ES256, Algorithm::ES384] {
        VerifyingKey::from_jwk_with_algorithm(RFC_7515_A_4, algorithm).unwrap_err();
        let server = server_of_joe(Mint::of(algorithm).key_without_kid()).await;
        assert_rejected_at(&server, ES512_TOKEN, Reason::AlgorithmNotAllowed, "no key of this algorithm").await;
    }
}

const UNSECURED: &str = "the signature is empty, as with `alg: none`: no emulator's token is accepted";

/// RFC 7519 section 6.1 has the same token.
#[tokio::test]
async fn t01_rfc_7515_a_5_and_rfc_7519_6_1_are_not_signed() {
    let unsecured = format!("eyJhbGciOiJub25lIn0.{JOE}.");
    for (jwk, algorithm) in
        [(RFC_7515_A_1, Algorithm::HS256), (RFC_7515_A_2, Algorithm::RS256), (RFC_7515_A_3, Algorithm::ES256)]
    {
        let server = server_of_joe(key(jwk, algorithm)).await;
        assert_rejected_at(&server, &unsecured, Reason::MalformedToken, UNSECURED).await;
        let signed = format!("{unsecured}{}", HS256[1]);
        assert_rejected_at(&server, &signed, Reason::AlgorithmNotAllowed, "no key of this algorithm").await;
    }
}

#[tokio::test]
async fn t35_rfc_7515_a_6_and_a_7_are_rejected_because_they_are_not_compact() {
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
        assert_rejected_at(&server, &json.to_string(), Reason::MalformedToken, "not three segments").await;
        let with_space = serde_json::to_string_pretty(&json).expect("JSON").replace('\n', "");
        assert_rejected_at(&server, &with_space, Reason::MalformedCredentials, "bytes that no token has").await;
        let encoded = base64url(json.to_string());
        assert_rejected_at(&server, &encoded, Reason::MalformedToken, "not three segments").await;
    }
    // The same keys and signatures in the compact form.
    for token in [joes(RS256), joes(ES256)] {
        assert_rejected_at(&server, &token, Reason::MalformedClaims, AUDIENCE_MISSING).await;
    }
}

#[tokio::test]
async fn t41_rfc_7519_a_1_and_a_2_are_encrypted() {
    let server = server_of_joe(key(RFC_7515_A_2, Algorithm::RS256)).await;
    for jwe in [RFC_7519_A_1, RFC_7519_A_2] {
        assert_eq!(jwe.split('.').count(), 5);
        assert_rejected_at(&server, jwe, Reason::MalformedToken, "not three segments").await;
        // The first three parts of it as a signed token.
        let cut = jwe.splitn(4, '.').take(3).collect::<Vec<_>>().join(".");
        assert_rejected_at(&server, &cut, Reason::HeaderNotAllowed, "enc").await;
    }
}

#[tokio::test]
async fn t31_rfc_7797_4_2_with_an_unencoded_payload_is_rejected() {
    let server = server_of_joe(key(RFC_7515_A_1, Algorithm::HS256)).await;
    assert_rejected_at(&server, RFC_7797_4_1, Reason::MalformedToken, "the claims are not strict JSON").await;
    let [header, signature] = RFC_7797_4_2;
    let jwk: Value = serde_json::from_str(RFC_7515_A_1).expect("JSON");
    let secret = URL_SAFE_NO_PAD.decode(jwk["k"].as_str().expect("k")).expect("base64url");
    let good = Mint::from_secret(Algorithm::HS256, &secret).completed(&format!("{header}.$.02"));
    assert_eq!(good.rsplit('.').next(), Some(signature), "the signature of the RFC");
    assert_rejected_at(&server, &format!("{header}..{signature}"), Reason::MalformedToken, "an empty segment").await;
    assert_rejected_at(&server, &good, Reason::MalformedToken, "not three segments").await;
    assert_rejected_at(&server, &format!("{header}.JC4wMg.{signature}"), Reason::HeaderNotAllowed, "crit").await;
}

#[tokio::test]
async fn rfc_8037_a_4_verifies_up_to_its_payload_which_is_not_a_claims_set() {
    let server = server_of_joe(key(RFC_8037_A_2, Algorithm::Ed25519)).await;
    // "Example of Ed25519 signing" is not JSON. The verifier knows that only after it verified the
    // signature.
    assert_rejected_at(&server, RFC_8037_A_4, Reason::MalformedToken, "the claims are not strict JSON").await;
    // The strict profile rejects it earlier, and so does one flipped bit.
    let tampered = RFC_8037_A_4.replace(".hgyY", ".hgyZ");
    assert_rejected_at(&server, &tampered, Reason::BadSignature, "the signature does not verify").await;
    let strict = Server::with(Algorithm::Ed25519).keys(key(RFC_8037_A_2, Algorithm::Ed25519)).start().await;
    strict.refuses(RFC_8037_A_4, Reason::WrongTokenType).await;
}

#[test]
fn rfc_7517_a_1_names_no_algorithm_for_its_rsa_key_and_one_key_for_encryption() {
    // Appendix A.1 has an EC key with `"use":"enc"` and an RSA key with `alg`. Here the RSA key has
    // no `alg`, as many issuers publish it.
    let set = format!(
        r#"{{"keys":[{{"kty":"EC","crv":"P-256","use":"enc","kid":"1","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}},{RFC_7515_A_3}]}}"#
    );
    KeySet::from_jwks_json(&set).expect("the key for encryption is skipped");
    let only_for_encryption = set.replace(&format!(",{RFC_7515_A_3}"), "");
    let error = KeySet::from_jwks_json(&only_for_encryption).unwrap_err();
    assert!(matches!(error, ConfigError::NoUsableKey(_)), "{error:?}");
}

/// RFC 9068 section 3 shows a header and claims, which the strict profile accepts.
#[tokio::test]
async fn t24_the_example_of_rfc_9068_is_accepted_with_a_longer_lifetime_limit() {
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
    let (year, day) = (
        server(Duration::from_secs(24 * 366 * 60 * 60)).start().await,
        server(Duration::from_secs(24 * 60 * 60)).start().await,
    );
    year.clock.set(1_618_354_100);
    day.clock.set(1_618_354_100);
    year.accepts(&token).await;
    day.refuses(&token, Reason::LifetimeTooLong).await;
    // `claims()` of these tests has every claim of the RFC's example.
    for name in of_the_rfc.as_object().expect("an object").keys() {
        assert!(claims().get(name).is_some(), "{name}");
    }
}
