//! django-oauth-toolkit: ID tokens, JWTs by RFC 9068 for a resource, and opaque access tokens.

use super::peers::{
    Peer, is_killed_and_restarted, new_key, old_key, refuses_changed_twins, rotates_during_requests, service,
    service_with,
};
use crate::support::{Connection, IdentityProvider, Server, Software, get_with};
use auth_runtime::TokenType;
use auth_runtime::credentials::Provider as Profile;
use auth_runtime::events::Reason;

/// The audience of access tokens, and the id of a client.
///
/// So `aud` alone does not reject the ID tokens of this client.
const ORDERS: &str = "https://orders.example.com";

/// The subject of Alice is her row in the database.
const ALICE: &str = "1";

/// Access tokens by RFC 9068, for a client that names the resource.
struct Django;

impl Peer for Django {
    const SOFTWARE: Software = Software::DjangoOauthToolkit;
    const AUDIENCE: &str = ORDERS;

    fn profile(issuer: &str) -> Profile {
        Profile::custom(issuer)
    }

    async fn good(provider: &IdentityProvider) -> String {
        robot_for(ORDERS, "orders:write", provider).await
    }
}

async fn robot_for(resource: &str, scope: &str, provider: &IdentityProvider) -> String {
    provider.token("robot", &[("resource", resource), ("scope", scope)]).await
}

async fn place(server: &Server, token: &str) -> u16 {
    let request = format!(
        "POST /orders HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: 0\r\n\r\n"
    );
    Connection::open(server.address).await.exchange(request).await.status
}

#[tokio::test]
async fn django_access_token_of_a_sign_in_is_accepted_and_its_twins_are_rejected() {
    let Some(provider) = IdentityProvider::start(Software::DjangoOauthToolkit, &[old_key(), new_key()]).await else {
        return;
    };
    let server = service::<Django>(&provider).await;
    assert!(server.notices().is_empty(), "each key can be used");
    let reads = provider.sign_in("alice", ORDERS, "openid orders:read", Some(ORDERS)).await;
    let writes = Django::good(&provider).await;
    for (token, subject) in [(&reads.access, ALICE), (&writes, "robot")] {
        server.accepts(token).await;
        assert_eq!(server.exchange(get_with("/me", token)).await.text(), subject);
        let other = robot_for(ORDERS, "orders:read", &provider).await;
        refuses_changed_twins(&server, token, &other, subject).await;
    }
    server.accepts(&provider.refreshed(ORDERS, &reads, &[("resource", ORDERS)]).await).await;
    assert_eq!(place(&server, &writes).await, 200);
    assert_eq!(place(&server, &reads.access).await, 403);
    assert_eq!(server.only_event().reason, Reason::Denied);

    let billing = robot_for("https://billing.example.com", "orders:write", &provider).await;
    server.refuses(&billing, Reason::WrongAudience).await;
    let opaque = provider.token("robot", &[("scope", "orders:write")]).await;
    server.refuses(&opaque, Reason::MalformedToken).await;
    // Its audience is that of the service.
    server.refuses(&reads.id, Reason::WrongTokenType).await;
    let lenient = Profile::custom(&provider.issuer).token_type(TokenType::AnyJwt);
    let lenient = service_with(lenient, |keys| keys, ORDERS).await;
    lenient.accepts(&reads.access).await;
    lenient.refuses(&reads.id, Reason::WrongTokenType).await;
}

#[tokio::test]
async fn django_id_token_of_a_sign_in_is_accepted_as_one_and_its_twins_are_rejected() {
    let Some(provider) = IdentityProvider::start(Software::DjangoOauthToolkit, &[old_key()]).await else { return };
    let profile = Profile::custom(&provider.issuer).token_type(TokenType::IdToken);
    let server = service_with(profile, |keys| keys, "storefront").await;
    let tokens = provider.sign_in("alice", "storefront", "openid", None).await;
    server.accepts(&tokens.id).await;
    assert_eq!(server.exchange(get_with("/me", &tokens.id)).await.text(), ALICE);
    let bob = provider.sign_in("bob", "storefront", "openid", None).await;
    refuses_changed_twins(&server, &tokens.id, &bob.id, ALICE).await;
    server.refuses(&tokens.access, Reason::MalformedToken).await;
    let other = provider.sign_in("alice", ORDERS, "openid", None).await;
    server.refuses(&other.id, Reason::WrongAudience).await;
    let access = robot_for(ORDERS, "orders:write", &provider).await;
    server.refuses(&access, Reason::WrongTokenType).await;
}

/// The secret of the client is the key of its ID tokens (HS256), so each client could make them.
#[tokio::test]
async fn django_id_token_with_the_mac_of_its_client_is_rejected() {
    let Some(provider) = IdentityProvider::start(Software::DjangoOauthToolkit, &[old_key()]).await else { return };
    let profile = Profile::custom(&provider.issuer).token_type(TokenType::IdToken);
    let server = service_with(profile, |keys| keys, "legacy").await;
    let tokens = provider.sign_in("alice", "legacy", "openid", None).await;
    server.refuses(&tokens.id, Reason::AlgorithmNotAllowed).await;
}

/// RFC 7662: the peer is ready for a verifier of opaque tokens.
#[tokio::test]
async fn django_introspection_endpoint_knows_opaque_tokens_after_a_restart() {
    let Some(mut provider) = IdentityProvider::start(Software::DjangoOauthToolkit, &[old_key()]).await else { return };
    let signed_in = provider.sign_in("alice", "opaque-storefront", "openid orders:read", Some(ORDERS)).await;
    let robot = provider.token("opaque-robot", &[("resource", ORDERS), ("scope", "orders:write")]).await;
    provider.restart(&[old_key()]).await;
    let introspect = format!("{}/introspect/", provider.issuer);
    for (token, client, user, scope) in [
        (signed_in.access.as_str(), "opaque-storefront", Some("alice"), "openid orders:read"),
        (robot.as_str(), "opaque-robot", None, "orders:write"),
    ] {
        assert!(!token.contains('.'), "it is opaque: {token}");
        let answer = provider.post(&introspect, "introspector", &[("token", token)]).await;
        assert_eq!(answer["active"], true, "{answer}");
        assert_eq!(answer["aud"], serde_json::json!([ORDERS]), "{answer}");
        assert_eq!((answer["client_id"].as_str(), answer["username"].as_str()), (Some(client), user), "{answer}");
        assert_eq!(answer["scope"], scope, "{answer}");
        assert!(answer.get("sub").is_none() && answer.get("iss").is_none(), "{answer}");
    }
    let answer = provider.post(&introspect, "introspector", &[("token", "made-up")]).await;
    assert_eq!(answer, serde_json::json!({"active": false}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn django_rotates_its_keys_during_requests() {
    rotates_during_requests::<Django>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn django_is_killed_during_requests_and_returns_with_a_new_key() {
    is_killed_and_restarted::<Django>().await;
}
