//! What everybody knows is no secret, and what a token brings along is no key.

use crate::support::{KID, Mint, Server, base64url, claims, header, with, without};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;

/// All that an attacker might take for the bytes which a careless library would key its HMAC with.
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
        // RFC 7638: serde_json writes the members in the order of the alphabet, as the thumbprint wants them.
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
            let nameless = without(header(Algorithm::HS256), "kid");
            server.refuses(&forger.token_with(&nameless, &claims()), Reason::AlgorithmNotAllowed).await;
            // And under the name of the key's own algorithm.
            server.refuses(&forger.token_with(&header(algorithm), &claims()), Reason::BadSignature).await;
        }
        server.accepts_the_good_token().await;
    }
}

/// What a header might say about where its key is.
fn own_keys(stranger: &Mint, url: &str) -> Vec<(&'static str, Value)> {
    let jwk = with(with(stranger.jwk.clone(), "kid", KID), "alg", stranger.algorithm.to_string());
    vec![
        ("jwk", jwk),
        ("x5c", json!([STANDARD.encode(&stranger.public)])),
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
async fn t12_t13_inc_48_a_token_does_not_bring_its_own_key_and_nothing_is_fetched_for_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::Ed25519] {
        let server = Server::with(algorithm).start().await;
        let stranger = Mint::stranger(algorithm);
        server
            .refuses_each(own_keys(stranger, &url).into_iter().flat_map(|(name, value)| {
                let header = with(header(algorithm), name, value);
                // Signed by the key that it brings, and by ours: it is refused for what it says, not only for the signature.
                [stranger, server.mint].map(|mint| (mint.token_with(&header, &claims()), Reason::HeaderNotAllowed))
            }))
            .await;
        // Nor is a name an address.
        for kid in [format!("{url}/jwks.json"), "file:///dev/null".to_owned()] {
            server.refuses(&stranger.token_of(&kid, &claims()), Reason::UnknownKey).await;
        }
    }
    // Each answer was there before we look, so whatever had been fetched would be waiting here.
    let nobody = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(nobody.is_err(), "something was fetched: {nobody:?}");
}
