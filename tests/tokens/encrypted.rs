//! Tests encrypted tokens, which a resource server does not decrypt.

use crate::support::{KID, Mint, Server, base64url, claims, header, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CONTENT_KEY: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

/// RFC 7516 section 5.1, with `A256GCM`.
fn jwe(header: &Value, encrypted_key: &[u8], content_key: &[u8], plaintext: &str) -> String {
    let header = base64url(header.to_string());
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, content_key).expect("32 bytes"));
    let mut ciphertext = plaintext.as_bytes().to_vec();
    let nonce = [7; 12];
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&header), &mut ciphertext)
        .expect("sealed");
    [header, base64url(encrypted_key), base64url(nonce), base64url(ciphertext), base64url(tag.as_ref())].join(".")
}

/// Encrypts to a public key, as an attacker who knows it can.
fn to(mint: &Mint, plaintext: &str) -> String {
    let key = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&mint.public).expect("SPKI")).expect("a key");
    let mut room = vec![0; key.ciphertext_size()];
    let encrypted = key.encrypt(&OAEP_SHA1_MGF1SHA1, &CONTENT_KEY, &mut room, None).expect("encrypted");
    jwe(&json!({"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT", "kid": KID}), encrypted, &CONTENT_KEY, plaintext)
}

fn unsecured() -> String {
    format!("{}.{}.", base64url(r#"{"alg":"none"}"#), base64url(claims().to_string()))
}

/// An attacker who knows the public key encrypts an unsigned token to it (pac4j, CVE-2026-29000).
///
/// In pac4j the signature check was not reached.
#[tokio::test]
async fn t41_a_token_encrypted_to_the_trusted_public_key_is_rejected() {
    let server = Server::with(Algorithm::RS256).start().await;
    server
        .refuses_each([
            (to(server.mint, &unsecured()), Reason::MalformedToken),
            (to(server.mint, &server.good()), Reason::MalformedToken),
            (to(server.mint, &claims().to_string()), Reason::MalformedToken),
        ])
        .await;
}

#[tokio::test]
async fn t40_a_token_encrypted_with_the_trusted_secret_is_rejected() {
    let server = Server::with(Algorithm::HS256).start().await;
    let dir = json!({"alg": "dir", "enc": "A256GCM", "kid": KID});
    let inner = [unsecured(), server.good(), claims().to_string()];
    server
        .refuses_each(inner.map(|inner| (jwe(&dir, &[], &server.mint.public[..32], &inner), Reason::MalformedToken)))
        .await;
}

/// Iterations and compression in an attacker's header are not read, so they cost no time
/// (CVE-2022-36083, CVE-2024-28176).
#[tokio::test]
async fn t42_the_iterations_that_a_token_requests_are_not_run() {
    let server = Server::with(Algorithm::RS256).start().await;
    let headers = [u64::from(u32::MAX) / 2, u64::from(u32::MAX) / 2 + 1, u64::MAX]
        .map(|rounds| json!({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": rounds, "p2s": base64url("salt")}));
    let headers = headers.into_iter().chain([
        json!({"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 2_147_483_648_u32, "p2s": "", "kid": KID}),
        json!({"alg": "RSA-OAEP", "enc": "A256GCM", "zip": "DEF", "kid": KID}),
    ]);
    let tokens: Vec<_> =
        headers.map(|header| (jwe(&header, &[0; 24], &CONTENT_KEY, &unsecured()), Reason::MalformedToken)).collect();
    let started = Instant::now();
    server.refuses_each(tokens).await;
    // The same in the form of a signed token.
    let signed = [("p2c", json!(2_147_483_648_u32)), ("enc", json!("A256GCM"))]
        .into_iter()
        .fold(with(header(Algorithm::RS256), "alg", "PBES2-HS256+A128KW"), |header, (name, value)| {
            with(header, name, value)
        });
    server.refuses(&server.mint.token_with(&signed, &claims()), Reason::HeaderNotAllowed).await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// A nested token is rejected, whichever key signed the outer one.
#[tokio::test]
async fn t40_t41_a_nested_token_is_rejected() {
    let server = Server::with(Algorithm::RS256).start().await;
    let nested = with(header(Algorithm::RS256), "cty", "JWT").to_string();
    server
        .refuses_each(
            [unsecured(), server.good(), to(server.mint, &unsecured())]
                .map(|inner| (server.mint.signed(&nested, inner), Reason::MalformedToken)),
        )
        .await;
}
