//! Canaille: its access tokens are JWTs with the claims and the audience of its ID tokens.

use super::peers::{
    Peer, is_killed_and_restarted, new_key, old_key, refuses_changed_twins, rotates_during_requests, service,
    service_with,
};
use crate::support::{IdentityProvider, Software, get_with};
use auth_runtime::TokenType;
use auth_runtime::credentials::Provider as Profile;
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::{Algorithm, RemoteKeySet};
use std::time::Duration;

const SCOPE: &str = "openid profile groups";

/// Canaille's default for access tokens.
const TEN_DAYS: Duration = Duration::from_secs(10 * 24 * 60 * 60);

struct Canaille;

impl Peer for Canaille {
    const SOFTWARE: Software = Software::Canaille;
    const AUDIENCE: &str = "orders";

    fn profile(issuer: &str) -> Profile {
        Profile::custom(issuer).token_type(TokenType::AnyJwt).max_lifetime(TEN_DAYS)
    }

    fn keys(keys: RemoteKeySet) -> RemoteKeySet {
        // RSA keys have no `alg`, and tokens have RS512.
        keys.algorithm(Algorithm::RS512)
    }

    async fn good(provider: &IdentityProvider) -> String {
        access_of("alice", provider).await
    }
}

async fn access_of(user: &str, provider: &IdentityProvider) -> String {
    provider.sign_in(user, "storefront", SCOPE, None).await.access
}

#[tokio::test]
async fn canaille_access_token_of_a_sign_in_is_accepted_and_its_twins_are_rejected() {
    let Some(provider) = IdentityProvider::start(Software::Canaille, &[old_key(), new_key()]).await else { return };
    let server = service::<Canaille>(&provider).await;
    assert!(server.notices().is_empty(), "each key can be used");
    let tokens = provider.sign_in("alice", "storefront", SCOPE, None).await;
    server.accepts(&tokens.access).await;
    assert_eq!(server.exchange(get_with("/me", &tokens.access)).await.text(), "alice");
    refuses_changed_twins(&server, &tokens.access, &access_of("bob", &provider).await, "alice").await;
    // The ID token has the same audience, issuer and key.
    server.refuses(&tokens.id, Reason::WrongTokenType).await;
    server.accepts(&provider.refreshed("storefront", &tokens, &[]).await).await;
    let other = provider.sign_in("alice", "billing", SCOPE, None).await;
    server.refuses(&other.access, Reason::WrongAudience).await;
    // Canaille's access tokens for a client of its own are opaque.
    let opaque = provider.token("storefront", &[]).await;
    server.refuses(&opaque, Reason::MalformedToken).await;
    server.accepts(&tokens.access).await;
}

/// A client with `id_token_signed_response_alg` gets access tokens of that algorithm. Its signed
/// user info has the audience, the issuer and the key of these tokens.
#[tokio::test]
async fn canaille_user_info_is_not_an_access_token() {
    let Some(provider) = IdentityProvider::start(Software::Canaille, &[old_key()]).await else { return };
    let profile = Canaille::profile(&provider.issuer);
    let server = service_with(profile, |keys| keys.algorithm(Algorithm::RS256), "orders").await;
    let tokens = provider.sign_in("alice", "orders", SCOPE, None).await;
    server.accepts(&tokens.access).await;
    // It does not expire.
    server.refuses(&provider.user_info(&tokens.access).await, Reason::MalformedClaims).await;
    server.refuses(&tokens.id, Reason::WrongTokenType).await;
}

/// A verifier without one line of the profile rejects the token, and the event says why.
#[tokio::test]
async fn canaille_access_token_needs_each_line_of_its_profile() {
    let Some(provider) = IdentityProvider::start(Software::Canaille, &[old_key()]).await else { return };
    let token = Canaille::good(&provider).await;
    let custom = || Profile::custom(&provider.issuer);
    let (any, rs512) = (TokenType::AnyJwt, Algorithm::RS512);
    for (profile, algorithm, reason) in [
        (custom().max_lifetime(TEN_DAYS), rs512, Reason::WrongTokenType),
        (custom().token_type(any), rs512, Reason::LifetimeTooLong),
        (custom().token_type(any).max_lifetime(TEN_DAYS), Algorithm::RS256, Reason::AlgorithmNotAllowed),
    ] {
        let server = service_with(profile, |keys| keys.algorithm(algorithm), "orders").await;
        server.refuses(&token, reason).await;
    }
    service::<Canaille>(&provider).await.accepts(&token).await;
    let profile = Canaille::profile(&provider.issuer);
    let server = service_with(profile, |keys| keys.algorithm(Algorithm::PS256), "orders").await;
    assert_eq!(server.exchange(get_with("/me", &token)).await.status, 401);
    let detail = server.only_event().detail.unwrap_or_default();
    assert!(detail.contains("for keys without `alg`, configure the issuer's"), "{detail}");
    // The document lists six RSA algorithms, and a token must not choose.
    let error = custom().keys().await.expect_err("no algorithm").to_string();
    assert!(error.contains("`key-of-last-quarter`") && error.contains(".algorithm("), "{error}");
}

/// Canaille's access tokens have no scope. The groups of the user grant instead.
#[tokio::test]
async fn canaille_groups_grant_to_their_members_only() {
    let Some(provider) = IdentityProvider::start(Software::Canaille, &[old_key()]).await else { return };
    let server = service::<Canaille>(&provider).await;
    let clerk = access_of("alice", &provider).await;
    assert_eq!(server.exchange(get_with("/desk", &clerk)).await.text(), "at the desk");
    let guest = access_of("bob", &provider).await;
    server.accepts(&guest).await;
    assert_eq!(server.exchange(get_with("/desk", &guest)).await.status, 403);
    assert_eq!(server.only_event().reason, Reason::Denied);
}

/// Without configured keys, Canaille makes an Ed25519 and an RSA key, both without `alg`. After a
/// restart it has another RSA key.
#[tokio::test]
async fn canaille_keys_of_its_own_are_read_and_replaced() {
    let Some(mut provider) = IdentityProvider::start(Software::Canaille, &[]).await else { return };
    let server = service::<Canaille>(&provider).await;
    let mut notices = super::Notices::default();
    assert!(server.notices().is_empty(), "each key can be used");
    let before = Canaille::good(&provider).await;
    server.accepts(&before).await;
    provider.restart(&[]).await;
    notices.until(&server, NoticeKind::KeySetChanged, 1).await;
    server.refuses(&before, Reason::UnknownKey).await;
    server.accepts(&Canaille::good(&provider).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canaille_rotates_its_keys_during_requests() {
    rotates_during_requests::<Canaille>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canaille_is_killed_during_requests_and_returns_with_a_new_key() {
    is_killed_and_restarted::<Canaille>().await;
}
