//! The tokens of the provider, and which of them are accepted.

use super::{ORDERS, eager, new, old, service, service_for, signing};
use crate::support::{Connection, Mint, Provider, Response, Server, base64url, get_with, segments};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::{KeySet, TokenType};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

fn decoded(segment: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(segment).expect("base64url")).expect("UTF-8")
}

async fn place(server: &Server, token: &str) -> Response {
    let request = format!(
        "POST /orders HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: 0\r\n\r\n"
    );
    Connection::open(server.address).await.exchange(request).await
}

#[tokio::test]
async fn access_tokens_of_the_provider_are_accepted_with_subject_and_scope() {
    let Some(provider) = Provider::start(&[signing(old(), "signing-of-old")]).await else { return };
    let server = service(&provider, eager(&provider.issuer).await.unwrap()).await;
    let writes = provider.token(ORDERS, "orders:write").await;
    let reads = provider.tokens_of_alice("storefront", Some(ORDERS), None).await.access;
    for (token, subject) in [(&writes, "storefront"), (&reads, "alice")] {
        server.accepts(token).await;
        assert_eq!(server.exchange(get_with("/me", token)).await.text(), subject);
    }
    assert_eq!(place(&server, &writes).await.text(), "placed");
    assert!(server.events().is_empty());
    assert_eq!(place(&server, &reads).await.status, 403);
    assert_eq!(server.only_event().reason, Reason::Denied);
}

#[tokio::test]
async fn every_algorithm_is_accepted_under_its_own_key_only() {
    const SIGNED: [(Algorithm, &str); 9] = [
        (Algorithm::RS256, "RS256"),
        (Algorithm::RS384, "RS384"),
        (Algorithm::RS512, "RS512"),
        (Algorithm::PS256, "PS256"),
        (Algorithm::PS384, "PS384"),
        (Algorithm::PS512, "PS512"),
        (Algorithm::ES256, "ES256"),
        (Algorithm::ES384, "ES384"),
        (Algorithm::Ed25519, "EdDSA"),
    ];
    let mut keys: Vec<_> = SIGNED
        .iter()
        .map(|(algorithm, alg)| Mint::of(*algorithm).signing(&format!("signing-{alg}"), Some(alg)))
        .collect();
    // RFC 9864 names EdDSA over this curve `Ed25519`.
    keys.push(Mint::untrusted(Algorithm::Ed25519).signing("signing-Ed25519", Some("Ed25519")));
    let Some(provider) = Provider::start(&keys).await else { return };
    let server = service(&provider, eager(&provider.issuer).await.unwrap()).await;
    assert!(server.notices().is_empty(), "each key is one that can be used");
    for alg in SIGNED.map(|(_, alg)| alg).into_iter().chain(["Ed25519"]) {
        let token = provider.token(&format!("urn:orders:{alg}"), "orders:read").await;
        let header = decoded(segments(&token)[0]);
        assert!(header.contains(&format!("\"alg\":\"{alg}\"")), "{header}");
        server.accepts(&token).await;
        // Every other `kid`, with the same claims and signature.
        for (_, other) in SIGNED.iter().filter(|(_, other)| *other != alg) {
            let header = header.replace(&format!("-{alg}\""), &format!("-{other}\""));
            let [_, claims, signature] = segments(&token);
            let moved = format!("{}.{claims}.{signature}", base64url(header));
            server.refuses_for_one_of(&moved, &[Reason::AlgorithmNotAllowed, Reason::BadSignature]).await;
        }
    }
}

#[tokio::test]
async fn rsa_keys_without_alg_have_the_algorithm_of_the_configuration() {
    let rsa = Mint::of(Algorithm::PS256).signing("signing-of-rsa", None);
    let Some(provider) = Provider::start(&[rsa]).await else { return };
    let error = eager(&provider.issuer).await.expect_err("a token must not choose").to_string();
    assert!(error.contains("no key for signatures"), "{error}");
    let server = service(&provider, eager(&provider.issuer).algorithm(Algorithm::PS256).await.unwrap()).await;
    server.accepts(&provider.token("urn:orders:PS256", "orders:read").await).await;
    let other = provider.token("urn:orders:RS256", "orders:read").await;
    server.refuses(&other, Reason::AlgorithmNotAllowed).await;
}

#[tokio::test]
async fn tokens_for_other_services_and_modified_tokens_are_rejected() {
    let Some(provider) = Provider::start(&[signing(old(), "signing-of-old")]).await else { return };
    for token_type in [TokenType::AccessToken, TokenType::AnyJwt] {
        let keys = eager(&provider.issuer).await.unwrap();
        let server = service_for(&provider, keys, token_type).await;
        let good = provider.token(ORDERS, "orders:read").await;
        server.accepts(&good).await;
        server.refuses(&provider.token("urn:billing:ES256", "orders:read").await, Reason::WrongAudience).await;
        server.refuses(&provider.token("urn:orders:opaque", "orders:read").await, Reason::MalformedToken).await;
        let [header, claims, signature] = segments(&good);
        let more = decoded(claims).replace("orders:read", "orders:write");
        let tampered = format!("{header}.{}.{signature}", base64url(more));
        server.refuses(&tampered, Reason::BadSignature).await;
        let other = provider.token(ORDERS, "orders:read").await;
        server.refuses(&format!("{header}.{claims}.{}", segments(&other)[2]), Reason::BadSignature).await;
        server.accepts(&good).await;
    }
}

/// The client has the name of the service's audience, so that `aud` alone does not reject its ID
/// token.
#[tokio::test]
async fn an_id_token_is_not_an_access_token() {
    let Some(provider) = Provider::start(&[signing(old(), "signing-of-old")]).await else { return };
    let keys = eager(&provider.issuer).await.unwrap();
    let strict = service(&provider, keys.clone()).await;
    let loose = service_for(&provider, keys, TokenType::AnyJwt).await;
    let with_nonce = provider.tokens_of_alice("orders", Some(ORDERS), Some("n-0S6_WzA2Mj")).await;
    let without = provider.tokens_of_alice("orders", None, None).await;
    let user_info = provider.user_info(&without.access).await;
    for server in [&strict, &loose] {
        server.accepts(&with_nonce.access).await;
        server.refuses(&with_nonce.id, Reason::WrongTokenType).await;
        // The access token of this response is only for the provider's user info endpoint.
        server.refuses(&without.access, Reason::MalformedToken).await;
        let foreign = provider.tokens_of_alice("storefront", None, None).await;
        server.refuses_for_one_of(&foreign.id, &[Reason::WrongTokenType, Reason::WrongAudience]).await;
    }
    for jwt in [&without.id, &user_info] {
        strict.refuses(jwt, Reason::WrongTokenType).await;
    }
}

/// `TokenType::AnyJwt` accepts an ID token, as its documentation says, because no `typ` is checked.
#[tokio::test]
async fn any_jwt_accepts_an_id_token_whose_client_has_the_name_of_the_audience() {
    let Some(provider) = Provider::start(&[signing(old(), "signing-of-old")]).await else { return };
    let server = service_for(&provider, eager(&provider.issuer).await.unwrap(), TokenType::AnyJwt).await;
    let tokens = provider.tokens_of_alice("orders", None, None).await;
    server.accepts(&tokens.id).await;
    server.accepts(&provider.user_info(&tokens.access).await).await;
}

#[tokio::test]
async fn a_server_that_claims_another_issuers_name_is_rejected() {
    let Some(provider) = Provider::start(&[signing(old(), "signing-of-old")]).await else { return };
    let Some(impostor) = Provider::down(&[signing(new(), "signing-of-old")]) else { return };
    let impostor = impostor.claiming(&provider.issuer).await;
    let error = KeySet::discover(impostor.url()).await.expect_err("another name").to_string();
    let (named, asked) = (format!("`{}`", provider.issuer), format!("`{}`", impostor.url()));
    assert!(error.contains(&named) && error.contains(&asked), "{error}");
    // The tokens of the impostor name the right issuer, key and audience.
    let server = service(&provider, eager(&provider.issuer).await.unwrap()).await;
    server.refuses(&impostor.token(ORDERS, "orders:write").await, Reason::BadSignature).await;
    server.accepts(&provider.token(ORDERS, "orders:write").await).await;
}
