//! Tests that `kid`, which an attacker controls, is only used to look up a configured key.

use crate::support::{KID, Mint, Server, claims, header, with, without};
use auth_runtime::KeySet;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};

#[tokio::test]
async fn t14_a_key_id_finds_a_configured_key_or_none() {
    let server = Server::start().await;
    let long = "k".repeat(10 * 1024);
    let cases: [(Value, Reason); 15] = [
        (json!("another"), Reason::UnknownKey),
        (json!(KID.to_uppercase()), Reason::UnknownKey),
        (json!(format!("{KID} ")), Reason::UnknownKey),
        (json!(format!("{KID}\0")), Reason::UnknownKey),
        (json!("' OR '1'='1'; DROP TABLE keys; --"), Reason::UnknownKey),
        (json!("../../../../dev/null"), Reason::UnknownKey),
        (json!("line\nanother: line\r\nset-cookie: a=b"), Reason::UnknownKey),
        (json!("schlüssel-\u{202e}\u{1f511}"), Reason::UnknownKey),
        (json!("k".repeat(256)), Reason::UnknownKey),
        (json!("k".repeat(257)), Reason::MalformedToken),
        (json!(long), Reason::MalformedToken),
        (json!(""), Reason::MalformedToken),
        (json!(null), Reason::MalformedToken),
        (json!(42), Reason::MalformedToken),
        (json!([KID]), Reason::MalformedToken),
    ];
    server
        .refuses_each(cases.into_iter().map(|(kid, reason)| {
            let header = with(header(Algorithm::Ed25519), "kid", kid);
            (server.mint.token_with(&header, &claims()), reason)
        }))
        .await;
}

#[tokio::test]
async fn t14_a_path_in_the_key_id_does_not_load_a_file_as_the_key() {
    for algorithm in [Algorithm::HS256, Algorithm::Ed25519] {
        let server = Server::with(algorithm).start().await;
        let forger = Mint::from_secret(Algorithm::HS256, b"");
        let header = with(header(Algorithm::HS256), "kid", "../../../../dev/null");
        server.refuses_each([(forger.token_with(&header, &claims()), Reason::UnknownKey)]).await;
    }
}

#[tokio::test]
async fn t14_an_event_has_the_key_id_as_a_short_hash() {
    let server = Server::start().await;
    let token = |kid: &str| server.mint.token_with(&with(header(Algorithm::Ed25519), "kid", kid), &claims());
    let mut hashes = Vec::new();
    for kid in ["line\nbreak", "another", "another"] {
        server.exchange(crate::support::get_with("/me", &token(kid))).await;
        hashes.push(server.only_event().key_id_hash.expect("a hash"));
    }
    assert!(hashes.iter().all(|hash| hash.len() == 8 && hash.chars().all(|c| c.is_ascii_hexdigit())), "{hashes:?}");
    assert_eq!(hashes[1], hashes[2]);
    assert_ne!(hashes[0], hashes[1]);
}

#[tokio::test]
async fn t14_without_a_key_id_the_algorithm_must_match_one_key_only() {
    let without_kid = |algorithm| without(header(algorithm), "kid");
    let (ed25519, es256) = (Mint::of(Algorithm::Ed25519), Mint::of(Algorithm::ES256));
    let one_of_each = KeySet::new([ed25519.key(), es256.key_without_kid().with_kid("another")]).expect("a set");
    let server = Server::with(Algorithm::Ed25519).keys(one_of_each).start().await;
    server.accepts(&ed25519.token_with(&without_kid(Algorithm::Ed25519), &claims())).await;
    server.accepts(&es256.token_with(&without_kid(Algorithm::ES256), &claims())).await;
    // A `kid` is binding: this one names the other key.
    server.refuses(&es256.token(&claims()), Reason::AlgorithmNotAllowed).await;

    let untrusted = Mint::untrusted(Algorithm::Ed25519);
    let two = KeySet::new([ed25519.key(), untrusted.key_without_kid().with_kid("another")]).expect("a set");
    let server = Server::with(Algorithm::Ed25519).keys(two).start().await;
    server
        .refuses_each([
            (ed25519.token_with(&without_kid(Algorithm::Ed25519), &claims()), Reason::UnknownKey),
            // A trusted key, but not the one that the `kid` names.
            (untrusted.token(&claims()), Reason::BadSignature),
        ])
        .await;
}

#[tokio::test]
async fn t14_many_unknown_key_ids_do_not_affect_other_callers() {
    let server = Server::start().await;
    for number in 0..200 {
        let header = with(header(Algorithm::Ed25519), "kid", format!("unknown-{number}"));
        server.refuses(&server.mint.token_with(&header, &claims()), Reason::UnknownKey).await;
    }
    server.accepts_the_good_token().await;
}
