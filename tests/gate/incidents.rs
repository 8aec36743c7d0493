//! Incidents of others that end here at run time; each replays what went wrong, and most attacks of it stand in `tokens` and `http` at length.

use crate::support::{BARE_CHALLENGE, INVALID_TOKEN, Mint, Server, claims, get, get_with, header, with, without};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::json;

/// `axum_jwt_ware`: bad tokens were refused, and requests without a header let through.
#[tokio::test]
async fn inc_09_a_request_without_a_header_is_refused_like_one_with_a_bad_token() {
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

/// JWT libraries of 2015: the token's header chose the algorithm.
#[tokio::test]
async fn inc_46_the_token_does_not_choose_its_algorithm() {
    let server = Server::with(Algorithm::RS256).start().await;
    let none = with(header(Algorithm::RS256), "alg", "none");
    let unsigned =
        format!("{}.{}.", crate::support::base64url(none.to_string()), crate::support::base64url(claims().to_string()));
    let confused = Mint::from_secret(Algorithm::HS256, server.mint.pem().as_bytes()).token(&claims());
    server.refuses_each([(unsigned, Reason::MalformedToken), (confused, Reason::AlgorithmNotAllowed)]).await;
}

/// Hono: a JWK without `alg` in the set, and the token's header won.
#[tokio::test]
async fn inc_47_a_set_without_algorithms_leaves_the_token_no_choice_either() {
    let mint = Mint::of(Algorithm::RS256);
    let set = json!({"keys": [with(mint.jwk.clone(), "kid", crate::support::KID)]}).to_string();
    let keys = auth_runtime::KeySet::from_jwks_json_with_algorithm(&set, Algorithm::RS256).expect("told which");
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

/// `jsonwebtoken` before 10.3: `exp: "never"` was taken for no `exp`.
#[tokio::test]
async fn inc_51_never_is_no_date() {
    let server = Server::start().await;
    let never =
        ["exp", "nbf", "iat"].map(|name| (server.mint.token(&with(claims(), name, "never")), Reason::MalformedClaims));
    server.refuses_each(never).await;
}

/// Three Rust services in 2026: an audience was configured, and a token without one passed.
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

/// Auth0: tokens of one tenant were taken by another.
#[tokio::test]
async fn inc_54_a_token_for_somebody_else_is_refused_though_it_is_genuine() {
    let server = Server::start().await;
    server
        .refuses_each([
            (server.mint.token(&with(claims(), "aud", "another-tenant")), Reason::WrongAudience),
            (server.mint.token(&with(claims(), "iss", "https://id.example.com/another-tenant/")), Reason::WrongIssuer),
        ])
        .await;
}

/// `MinIO`: the signature was checked if there was a header, and the identity taken from the query.
#[tokio::test]
async fn inc_56_identity_comes_from_the_verified_token_and_from_nowhere_else() {
    let server = Server::start().await;
    let good = server.good();
    let elsewhere = "X-Amz-Credential=admin&user=admin&sub=admin&userId=1&access_key=admin";
    assert_eq!(server.exchange(get(&format!("/me?{elsewhere}"))).await.status, 401);
    assert_eq!(server.exchange(get(&format!("/me?access_token={good}&{elsewhere}"))).await.status, 401);
    assert_eq!(server.exchange(get_with(&format!("/me?{elsewhere}"), &good)).await.text(), "alice");
    // Two carriers that might disagree.
    assert_eq!(server.exchange(get_with(&format!("/me?access_token={good}"), &good)).await.status, 400);
    assert_eq!(server.runs.so_far(), 1);
}
