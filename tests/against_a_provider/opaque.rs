//! Opaque tokens of the provider, which it introspects: accepted, revoked, and during an outage.

use super::{old, signing};
use crate::support::{AUDIENCE, Provider, Server, get_with};
use auth_runtime::ConfigError;
use auth_runtime::credentials::{ClientSecret, Introspection, RemoteIntrospection};
use auth_runtime::events::Reason;
use std::time::{Duration, Instant, SystemTime};

/// The resource for opaque access tokens of this service.
const OPAQUE: &str = "urn:orders:opaque";

/// The stated time after which a revoked token is rejected.
const CACHED_FOR: Duration = Duration::from_secs(1);

fn discovered(provider: &Provider) -> RemoteIntrospection<ClientSecret, String> {
    let secret = ClientSecret::new("a:secret+of a%test").unwrap();
    let tokens = Introspection::discover(&provider.issuer).client("introspector", secret);
    tokens.audience(AUDIENCE).cached_for(CACHED_FOR).timeout(Duration::from_secs(20))
}

/// A service that accepts the provider's opaque tokens, and JWTs of another issuer.
async fn service(tokens: Introspection) -> Server {
    Server::with(auth_runtime::keys::Algorithm::Ed25519)
        .verifier(|builder| builder.also_accept(tokens).clock(SystemTime::now).time_limit(Duration::from_secs(50)))
        .start()
        .await
}

/// Sends a token until it gets a status. Each other status is the one before.
async fn until(server: &Server, token: &str, before: u16, status: u16) -> Duration {
    let from = Instant::now();
    for _ in 0..1200 {
        let response = server.exchange(get_with("/me", token)).await;
        if response.status == status {
            return from.elapsed();
        }
        assert_eq!(response.status, before, "{:?}", server.events());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no {status} in a minute");
}

#[tokio::test]
async fn opaque_tokens_are_accepted_until_they_are_revoked_at_the_provider() {
    let Some(mut provider) = Provider::start(&[signing(old(), "signing-of-old")]).await else { return };
    let server = service(discovered(&provider).await.unwrap()).await;
    let token = provider.tokens_of_alice("storefront", Some(OPAQUE), None).await.access;
    assert!(!token.contains('.'), "an opaque token");
    assert_eq!(server.exchange(get_with("/me", &token)).await.text(), "alice");

    provider.revoke("storefront", &token).await;
    until(&server, &token, 200, 401).await;
    assert_eq!(server.events()[0].reason, Reason::InactiveToken);

    let other = provider.tokens_of_alice("storefront", Some(OPAQUE), None).await.access;
    server.accepts(&other).await;
    provider.kill();
    until(&server, &other, 200, 503).await;
    assert_eq!(server.events()[0].reason, Reason::VerifierUnavailable);
    provider.up().await;
    // The provider keeps its tokens in memory, so after a restart it knows this one no more.
    until(&server, &other, 503, 401).await;
    server.events();
    server.accepts(&provider.tokens_of_alice("storefront", Some(OPAQUE), None).await.access).await;
}

#[tokio::test]
async fn other_tokens_of_the_provider_are_rejected() {
    let Some(provider) = Provider::start(&[signing(old(), "signing-of-old")]).await else { return };
    let server = service(discovered(&provider).await.unwrap()).await;
    // For another service, for the provider's own user info endpoint, and never issued.
    server.refuses(&provider.token("urn:billing:opaque", "orders:read").await, Reason::WrongAudience).await;
    let of_the_provider = provider.tokens_of_alice("storefront", None, None).await.access;
    server.refuses(&of_the_provider, Reason::MalformedClaims).await;
    server.refuses("z4hcWLKPBvWCtBMqB3sjk8e6OMdSsHTnV8mZnJ1Nq2Q", Reason::InactiveToken).await;
    // A client's own token has no subject.
    let of_a_client = provider.token(OPAQUE, "orders:read").await;
    server.refuses(&of_a_client, Reason::MalformedClaims).await;
    let by_client = service(discovered(&provider).subject_claim("client_id").await.unwrap()).await;
    assert_eq!(by_client.exchange(get_with("/me", &of_a_client)).await.text(), "storefront");
}

#[tokio::test]
async fn wrong_client_credentials_are_an_error_at_start() {
    let Some(provider) = Provider::start(&[signing(old(), "signing-of-old")]).await else { return };
    let wrong = ClientSecret::new("another secret").unwrap();
    let error = discovered(&provider).client("introspector", wrong).await.map(drop).unwrap_err();
    let ConfigError::IntrospectionUnreachable { why, .. } = &error else { panic!("{error}") };
    assert!(why.contains("401") && why.contains("`introspector`"), "{error}");
}
