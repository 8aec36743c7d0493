//! Replays incidents of other projects.
//!
//! `tokens` and `http` test most of their attacks in more detail.

use crate::support::{BARE_CHALLENGE, INVALID_TOKEN, Mint, Server, claims, get, get_with, header, with, without};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::json;

/// `axum_jwt_ware`: bad tokens were rejected, and requests without a header were accepted.
#[tokio::test]
async fn inc_09_a_request_without_a_header_is_rejected_like_one_with_a_bad_token() {
    let server = Server::start().await;
    for line in
        ["", "authorization:\r\n", "authorization: Bearer\r\n", "authorization: Bearer \r\n", "authorization: junk\r\n"]
    {
        let response = server.exchange(format!("GET /me HTTP/1.1\r\nhost: localhost\r\n{line}\r\n")).await;
        assert_eq!(response.status, 401, "{line:?}");
        let challenge = if line.contains("Bearer") { INVALID_TOKEN } else { BARE_CHALLENGE };
        assert_eq!(response.header("www-authenticate"), Some(challenge), "{line:?}");
    }
    assert_eq!((server.runs.so_far(), server.events().len()), (0, 5));
}

/// JWT libraries of 2015: the header of the token chose the algorithm.
#[tokio::test]
async fn inc_46_the_token_does_not_choose_its_algorithm() {
    let server = Server::with(Algorithm::RS256).start().await;
    let none = with(header(Algorithm::RS256), "alg", "none");
    let unsigned =
        format!("{}.{}.", crate::support::base64url(none.to_string()), crate::support::base64url(claims().to_string()));
    let confused = Mint::from_secret(Algorithm::HS256, server.mint.pem().as_bytes()).token(&claims());
    server.refuses_each([(unsigned, Reason::MalformedToken), (confused, Reason::AlgorithmNotAllowed)]).await;
}

/// Hono: for a JWK without `alg` in the set, the header of the token chose the algorithm.
#[tokio::test]
async fn inc_47_the_token_does_not_choose_its_algorithm_in_a_set_without_algorithms() {
    let mint = Mint::of(Algorithm::RS256);
    let set = json!({"keys": [with(mint.jwk.clone(), "kid", crate::support::KID)]}).to_string();
    let keys = auth_runtime::KeySet::from_jwks_json_with_algorithm(&set, Algorithm::RS256)
        .expect("the algorithm is configured");
    let server = Server::with(Algorithm::RS256).keys(keys).start().await;
    let modulus = mint.jwk["n"].as_str().expect("n").as_bytes().to_vec();
    server
        .refuses_each([
            (mint.posing_as(Algorithm::PS256).token(&claims()), Reason::AlgorithmNotAllowed),
            (mint.posing_as(Algorithm::RS512).token(&claims()), Reason::AlgorithmNotAllowed),
            (Mint::from_secret(Algorithm::HS256, &modulus).token(&claims()), Reason::AlgorithmNotAllowed),
            (Mint::from_secret(Algorithm::HS256, &[]).token(&claims()), Reason::AlgorithmNotAllowed),
        ])
        .await;
}

/// `jsonwebtoken` before 10.3: `exp: "never"` was treated as a missing `exp`.
#[tokio::test]
async fn inc_51_a_date_of_text_is_rejected() {
    let server = Server::start().await;
    let never =
        ["exp", "nbf", "iat"].map(|name| (server.mint.token(&with(claims(), name, "never")), Reason::MalformedClaims));
    server.refuses_each(never).await;
}

/// Three Rust services in 2026: an audience was configured, and a token without one was accepted.
#[tokio::test]
async fn inc_53_an_audience_that_is_configured_is_enforced_when_the_token_has_none() {
    let server = Server::start().await;
    server
        .refuses_each([
            (server.mint.token(&without(claims(), "aud")), Reason::MalformedClaims),
            (server.mint.token(&with(claims(), "aud", json!([]))), Reason::WrongAudience),
            (server.mint.token(&without(claims(), "iss")), Reason::MalformedClaims),
        ])
        .await;
}

/// Auth0: tokens of one tenant were accepted by another.
#[tokio::test]
async fn inc_54_a_genuine_token_for_another_audience_is_rejected() {
    let server = Server::start().await;
    server
        .refuses_each([
            (server.mint.token(&with(claims(), "aud", "another-tenant")), Reason::WrongAudience),
            (server.mint.token(&with(claims(), "iss", "https://id.example.com/another-tenant/")), Reason::WrongIssuer),
        ])
        .await;
}

/// `MinIO`: the signature was checked only if there was a header, and the query gave the identity.
#[tokio::test]
async fn inc_56_identity_comes_from_the_verified_token_only() {
    let server = Server::start().await;
    let good = server.good();
    let query = "X-Amz-Credential=admin&user=admin&sub=admin&userId=1&access_key=admin";
    assert_eq!(server.exchange(get(&format!("/me?{query}"))).await.status, 401);
    assert_eq!(server.exchange(get(&format!("/me?access_token={good}&{query}"))).await.status, 401);
    assert_eq!(server.exchange(get_with(&format!("/me?{query}"), &good)).await.text(), "alice");
    // Two carriers with different identities.
    assert_eq!(server.exchange(get_with(&format!("/me?access_token={good}"), &good)).await.status, 400);
    assert_eq!(server.runs.so_far(), 1);
}
