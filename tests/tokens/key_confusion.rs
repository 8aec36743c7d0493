//! Tests that public material is not a secret, and that a key from a token is not a key.

use crate::support::{KID, Mint, Server, base64url, claims, header, with, without};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;

/// Returns all public bytes that a careless library might use as an HMAC key.
fn public_material(mint: &Mint) -> Vec<Vec<u8>> {
    let pem = mint.pem();
    let coordinate = |name: &str| mint.jwk[name].as_str().map(|text| URL_SAFE_NO_PAD.decode(text).expect("base64url"));
    let mut material = vec![
        pem.clone().into_bytes(),
        pem.replace('\n', "\r\n").into_bytes(),
        pem.trim_end().as_bytes().to_vec(),
        format!(" {pem}").into_bytes(),
        format!("\n{pem}").into_bytes(),
        mint.public.clone(),
        STANDARD.encode(&mint.public).into_bytes(),
        mint.jwk.to_string().into_bytes(),
        mint.published(KID).to_string().into_bytes(),
        json!({"keys": [mint.published(KID)]}).to_string().into_bytes(),
        // RFC 7638: serde_json writes members in alphabetical order, as the thumbprint requires.
        digest::digest(&digest::SHA256, mint.jwk.to_string().as_bytes()).as_ref().to_vec(),
        base64url(digest::digest(&digest::SHA256, mint.jwk.to_string().as_bytes())).into_bytes(),
        Vec::new(),
        KID.as_bytes().to_vec(),
    ];
    material.extend(["n", "e", "x", "y"].into_iter().filter_map(coordinate));
    if let (Some(x), Some(y)) = (coordinate("x"), coordinate("y")) {
        material.push([&[0x04], x.as_slice(), y.as_slice()].concat());
    }
    material
}

#[tokio::test]
async fn t03_a_public_key_is_never_an_hmac_secret() {
    let asymmetric = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::Ed25519];
    for algorithm in asymmetric {
        let server = Server::with(algorithm).start().await;
        server.accepts_the_good_token().await;
        for secret in public_material(server.mint) {
            let forger = Mint::from_secret(Algorithm::HS256, &secret);
            server.refuses(&forger.token(&claims()), Reason::AlgorithmNotAllowed).await;
            let without_kid = without(header(Algorithm::HS256), "kid");
            server.refuses(&forger.token_with(&without_kid, &claims()), Reason::AlgorithmNotAllowed).await;
            // Also under the `kid` of the real key.
            server.refuses(&forger.token_with(&header(algorithm), &claims()), Reason::BadSignature).await;
        }
        server.accepts_the_good_token().await;
    }
}

/// Returns header members that claim where the key is.
fn key_source_members(untrusted: &Mint, url: &str) -> Vec<(&'static str, Value)> {
    let jwk = with(with(untrusted.jwk.clone(), "kid", KID), "alg", untrusted.algorithm.to_string());
    vec![
        ("jwk", jwk),
        ("x5c", json!([STANDARD.encode(&untrusted.public)])),
        ("jku", json!(format!("{url}/jwks.json"))),
        ("jku", json!(format!("https://id.example.com@{}/", url.trim_start_matches("http://")))),
        ("jku", json!(format!("{url}/redirect?to=https://id.example.com/jwks.json"))),
        ("jku", json!(url.replacen("http:", "", 1))),
        ("jku", json!("https://id.example.com.evil.example/jwks.json")),
        ("jku", json!("https://id.example.com/../jwks.json#@evil.example")),
        ("jku", json!("file:///dev/null")),
        ("jku", json!("data:application/json,{\"keys\":[]}")),
        ("jku", json!(["https://id.example.com/jwks.json"])),
        ("jku", json!(null)),
        ("x5u", json!(format!("{url}/certificate.pem"))),
        ("x5c", json!([])),
        ("jwk", json!(null)),
    ]
}

#[tokio::test]
async fn t12_t13_inc_48_a_key_in_a_token_is_not_used_and_its_url_is_not_fetched() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::Ed25519] {
        let server = Server::with(algorithm).start().await;
        let untrusted = Mint::untrusted(algorithm);
        server
            .refuses_each(key_source_members(untrusted, &url).into_iter().flat_map(|(name, value)| {
                let header = with(header(algorithm), name, value);
                // Signed by the key that the token brings, and by the trusted key. The header
                // member alone is a reason to reject it.
                [untrusted, server.mint].map(|mint| (mint.token_with(&header, &claims()), Reason::HeaderNotAllowed))
            }))
            .await;
        // A `kid` that is a URL is not fetched either.
        for kid in [format!("{url}/jwks.json"), "file:///dev/null".to_owned()] {
            server.refuses(&untrusted.token_of(&kid, &claims()), Reason::UnknownKey).await;
        }
    }
    // All responses have arrived, so a fetch would be waiting here.
    let connection = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(connection.is_err(), "something was fetched: {connection:?}");
}
