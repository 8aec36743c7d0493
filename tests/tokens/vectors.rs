//! The published examples: their keys load, and their tokens are read as far as a resource server may go.

use crate::support::Server;
use auth_runtime::{Algorithm, ConfigError, KeySet, Reason, VerifyingKey};

/// RFC 7515, appendix A.3: the key of ES256.
const RFC_7515_A_3: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// RFC 8037, appendix A.2 and A.4.
const RFC_8037_A_2: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const RFC_8037_A_4: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

#[tokio::test]
async fn rfc_8037_a_4_verifies_up_to_its_payload_which_is_no_claims_set() {
    let key = VerifyingKey::from_jwk(RFC_8037_A_2).expect("the key of the RFC");
    let server = Server::with(Algorithm::Ed25519)
        .keys(key)
        .verifier(|builder| builder.token_type(auth_runtime::TokenType::AnyJwt))
        .start()
        .await;
    // "Example of Ed25519 signing" is no JSON; to find that out, the signature had to be found good.
    server.refuses(RFC_8037_A_4, Reason::MalformedToken).await;
    // Under the strict profile it doesn't get that far, and with one bit turned neither.
    let bent = RFC_8037_A_4.replace(".hgyY", ".hgyZ");
    server.refuses(&bent, Reason::BadSignature).await;
    let strict =
        Server::with(Algorithm::Ed25519).keys(VerifyingKey::from_jwk(RFC_8037_A_2).expect("the key")).start().await;
    strict.refuses(RFC_8037_A_4, Reason::WrongTokenType).await;
}

#[tokio::test]
async fn rfc_7515_a_3_has_a_key_that_loads_and_another_signature_does_not_fit_it() {
    let key = VerifyingKey::from_jwk(RFC_7515_A_3).expect("the key of the RFC");
    assert_eq!(key.algorithm(), Algorithm::ES256);
    let server = Server::with(Algorithm::ES256).keys(key).start().await;
    server.refuses(&server.good(), Reason::BadSignature).await;
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
