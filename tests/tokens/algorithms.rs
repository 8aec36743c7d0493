//! Tests that a key has one algorithm, which the token must name.

use crate::support::{ALGORITHMS, Mint, Server, base64url, claims, header, with, without};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{KeySet, VerifyingKey};
use serde_json::json;

#[tokio::test]
async fn a_token_of_every_algorithm_is_accepted_with_the_key_as_pem() {
    for algorithm in ALGORITHMS {
        Server::with(algorithm).start().await.accepts_the_good_token().await;
    }
}

#[tokio::test]
async fn a_token_of_every_algorithm_is_accepted_with_the_key_as_jwk_and_in_a_set() {
    for algorithm in ALGORITHMS {
        let mint = Mint::of(algorithm);
        let jwk = with(with(mint.jwk.clone(), "kid", crate::support::KID), "alg", algorithm.to_string());
        let key = VerifyingKey::from_jwk(&jwk.to_string()).expect("a key");
        assert_eq!(key.algorithm(), algorithm);
        Server::with(algorithm).keys(key).start().await.accepts_the_good_token().await;

        let for_encryption = json!({"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB"});
        let unknown_kind = json!({"kty": "AKP", "alg": "ML-DSA-65", "pub": "AAAA"});
        let set = json!({"keys": [for_encryption, unknown_kind, jwk]});
        let keys = KeySet::from_jwks_json(&set.to_string()).expect("a set");
        let server = Server::with(algorithm).keys(keys).start().await;
        server.refuses_each([(Mint::untrusted(algorithm).token(&claims()), Reason::BadSignature)]).await;
    }
}

#[tokio::test]
async fn t01_alg_none_is_rejected() {
    for algorithm in [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::Ed25519] {
        let server = Server::with(algorithm).start().await;
        server.accepts_the_good_token().await;
        for alg in [
            json!("none"),
            json!("None"),
            json!("NONE"),
            json!("nOnE"),
            json!("noNE"),
            json!(""),
            json!(null),
            json!(0),
            json!(["HS256"]),
            json!({"alg": "HS256"}),
            json!(true),
        ] {
            let header = with(header(algorithm), "alg", alg);
            let message = format!("{}.{}", base64url(header.to_string()), base64url(claims().to_string()));
            server.refuses(&format!("{message}."), Reason::MalformedToken).await;
            server.refuses(&format!("{message}.AAAA"), Reason::AlgorithmNotAllowed).await;
            // The signature is valid for the key.
            server.refuses(&server.mint.completed(&message), Reason::AlgorithmNotAllowed).await;
            let without_kid = without(header, "kid");
            server.refuses(&server.mint.token_with(&without_kid, &claims()), Reason::AlgorithmNotAllowed).await;
        }
        let absent = without(header(algorithm), "alg");
        server.refuses(&server.mint.token_with(&absent, &claims()), Reason::AlgorithmNotAllowed).await;
        server.accepts_the_good_token().await;
    }
}

#[tokio::test]
async fn t04_an_algorithm_is_not_accepted_for_another() {
    for trusted in ALGORITHMS {
        let server = Server::with(trusted).start().await;
        server.accepts_the_good_token().await;
        for other_algorithm in ALGORITHMS.into_iter().filter(|other_algorithm| *other_algorithm != trusted) {
            let other = Mint::of(other_algorithm);
            server.refuses(&other.token(&claims()), Reason::AlgorithmNotAllowed).await;
            // Signed with one algorithm, labelled with another. RS256 and PS256 use the same key
            // pair here.
            server.refuses(&other.token_with(&header(trusted), &claims()), Reason::BadSignature).await;
            // Labelled with another algorithm, signed with the trusted key and its algorithm.
            let relabelled = server.mint.token_with(&header(other_algorithm), &claims());
            server.refuses(&relabelled, Reason::AlgorithmNotAllowed).await;
        }
        server.accepts_the_good_token().await;
    }
}

#[tokio::test]
async fn t05_ed25519_has_two_names_only() {
    let server = Server::start().await;
    for name in ["EdDSA", "Ed25519"] {
        let header = with(header(Algorithm::Ed25519), "alg", name);
        server.accepts(&server.mint.token_with(&header, &claims())).await;
    }
    for name in ["Ed448", "ed25519", "eddsa", "EDDSA", "Ed25519ph", "EdDSA "] {
        let header = with(header(Algorithm::Ed25519), "alg", name);
        server.refuses(&server.mint.token_with(&header, &claims()), Reason::AlgorithmNotAllowed).await;
    }
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn t06_an_algorithm_is_spelled_exactly_as_registered() {
    for algorithm in ALGORITHMS {
        let server = Server::with(algorithm).start().await;
        let name = algorithm.to_string();
        let (lower, upper) = (name.to_lowercase(), name.to_uppercase());
        let spellings =
            [format!("{name} "), format!(" {name}"), format!("{name}\0"), format!("{name}\n"), lower, upper];
        server
            .refuses_each(spellings.into_iter().filter(|spelling| *spelling != name).map(|spelling| {
                let header = with(header(algorithm), "alg", spelling);
                (server.mint.token_with(&header, &claims()), Reason::AlgorithmNotAllowed)
            }))
            .await;
    }
}
