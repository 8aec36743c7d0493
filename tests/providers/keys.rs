//! The keys of providers: discovered over sockets, with the algorithm of the profile.

use super::Fixture;
use super::people::{entra, keycloak};
use crate::support::{KID, Mint, Publisher, Reply, Server, without};
use auth_runtime::credentials::Provider;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, KeySet, TokenType};
use serde_json::json;

/// Publishes the document and the keys of a provider under a path.
fn publish(publisher: &Publisher, path: &str, fixture: &Fixture) {
    publisher.answer("/keys", Reply::json(&fixture.jwks()));
    let document = fixture.document(&publisher.url("/keys"));
    publisher.answer(&format!("{path}/.well-known/openid-configuration"), Reply::json(&document));
}

async fn server_of(provider: Provider, audience: &'static str) -> Server {
    let keys = provider.keys().await.expect("keys");
    Server::with(Algorithm::RS256)
        .keys(keys)
        .verifier(move |builder| builder.provider(provider).audience(audience))
        .start()
        .await
}

#[tokio::test]
async fn keys_of_a_keycloak_realm_are_discovered() {
    let publisher = Publisher::start();
    let provider = Provider::keycloak(publisher.url("/"), "shop");
    let mut fixture = keycloak();
    fixture.provider = provider.clone();
    fixture.claims["iss"] = publisher.url("/realms/shop").into();
    publish(&publisher, "/realms/shop", &fixture);
    let server = server_of(provider, "orders").await;
    server.accepts(&fixture.good()).await;
    server.refuses(&keycloak().good(), Reason::WrongIssuer).await;
}

/// Row 3: RSA keys without `alg`. The token must not choose the algorithm.
#[tokio::test]
async fn the_profile_pins_the_algorithm_of_keys_without_alg() {
    let publisher = Publisher::start();
    let provider = Provider::ory_hydra(publisher.url("/"));
    let mut fixture = super::all().into_iter().find(|fixture| fixture.name == "Ory Hydra").expect("Hydra");
    fixture.provider = provider.clone();
    fixture.claims["iss"] = publisher.url("/").into();
    publish(&publisher, "", &fixture);
    publisher
        .answer("/keys", Reply::json(&json!({"keys": [without(Mint::of(Algorithm::RS256).published(KID), "alg")]})));
    assert_eq!(provider.algorithm(), Some(Algorithm::RS256));
    let server = server_of(provider, "orders").await;
    server.accepts(&fixture.good()).await;
    // The same RSA key, with another algorithm of the family.
    for algorithm in [Algorithm::RS512, Algorithm::PS256] {
        let mut header = fixture.header.clone();
        header["alg"] = algorithm.to_string().into();
        let token = Mint::of(Algorithm::RS256).posing_as(algorithm).token_with(&header, &fixture.claims);
        server.refuses(&token, Reason::AlgorithmNotAllowed).await;
    }
}

#[test]
fn keys_without_alg_and_without_a_profile_are_refused_with_the_remedy() {
    let error = KeySet::from_jwks_json(&entra().jwks().to_string()).unwrap_err().to_string();
    assert!(error.contains("from_jwks_json_with_algorithm"), "{error}");
    drop(entra().keys());
}

/// A document of another realm is an error when the service starts.
#[tokio::test]
async fn keys_of_another_realm_are_not_used() {
    let publisher = Publisher::start();
    let mut fixture = keycloak();
    fixture.provider = Provider::keycloak(publisher.url(""), "other");
    publish(&publisher, "/realms/shop", &fixture);
    let error = Provider::keycloak(publisher.url(""), "shop").keys().await.unwrap_err();
    assert!(matches!(error, ConfigError::KeySetUnreachable { .. }), "{error}");
    assert!(error.to_string().contains("/realms/other"), "{error}");
}

#[test]
fn a_profile_knows_where_keys_are_that_discovery_does_not_name() {
    for (provider, host) in [
        (Provider::cloudflare_access("shop"), "shop.cloudflareaccess.com"),
        (Provider::firebase("shop"), "www.googleapis.com"),
        (Provider::supabase("abc"), "abc.supabase.co"),
        (Provider::clerk("https://clerk.example.com/"), "clerk.example.com"),
        (Provider::entra_tenants([super::people::TENANT]), "login.microsoftonline.com"),
        (Provider::auth0("id.example.com"), "id.example.com"),
        // A custom domain: the keys are discovered there.
        (Provider::firebase("shop").named("https://id.example.com/"), "id.example.com"),
    ] {
        let keys = format!("{:?}", provider.keys());
        assert!(keys.contains(&format!("\"{host}\"")), "{keys}");
    }
}

/// Azure AD B2C: the issuer names the tenant by its id, and the document is below the policy. Each
/// policy has the same issuer, so `tfp` tells them apart.
#[tokio::test]
async fn keys_of_a_b2c_policy_are_discovered_at_their_own_address() {
    const ISSUER: &str = "https://contoso.b2clogin.com/775527ff-9a37-4307-8b3d-cc311f58d925/v2.0/";
    let publisher = Publisher::start();
    let policy = "/contoso.onmicrosoft.com/B2C_1_signin/v2.0";
    let provider = Provider::custom(ISSUER).token_type(TokenType::AnyJwt).require_claim("tfp", ["B2C_1_signin"]);
    let mut fixture = entra();
    fixture.provider = provider.clone();
    let [good, other_policy, other_issuer] = [
        json!({"iss": ISSUER, "tfp": "B2C_1_signin", "tid": null, "ver": "1.0"}),
        json!({"iss": ISSUER, "tfp": "B2C_1_reset", "tid": null, "ver": "1.0"}),
        json!({"iss": "https://contoso.b2clogin.com/contoso.onmicrosoft.com/v2.0/", "tfp": "B2C_1_signin"}),
    ]
    .map(|changes| fixture.token(&fixture.with(&changes)));
    publish(&publisher, policy, &fixture);
    let at = publisher.url(policy);
    let mismatch = KeySet::discover(at.clone()).algorithm(Algorithm::RS256).await.unwrap_err().to_string();
    assert!(mismatch.contains(&format!("KeySet::discover_at(\"{at}\", \"{ISSUER}\")")), "{mismatch}");
    let keys = KeySet::discover_at(at, ISSUER).algorithm(Algorithm::RS256).await.expect("keys");
    let audience = fixture.audience;
    let server = Server::with(Algorithm::RS256)
        .keys(keys)
        .verifier(move |builder| builder.provider(provider).audience(audience))
        .start()
        .await;
    server.accepts(&good).await;
    server.refuses(&other_policy, Reason::MalformedClaims).await;
    server.refuses(&other_issuer, Reason::WrongIssuer).await;
}
