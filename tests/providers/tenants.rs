//! Row 3: several tenants of Entra ID, and attacks of one on another.

use super::people::{TENANT, entra};
use crate::support::{KID, Mint, Runs, Server, get_with, routes, with, without};
use auth_runtime::credentials::{Provider, TrustedIssuer};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get;
use auth_runtime::{Authenticated, Claims, ConfigError, Events, KeySet, Verifier, authenticated};
use axum::extract::State;
use serde_json::{Value, json};

const OTHER: &str = "0c5ff9a1-7b1e-4a83-b9f2-0d6f2c1b7e55";
/// A tenant that is not in the list.
const EVIL: &str = "deadbeef-dead-4ead-8ead-deadbeefdead";
const AUDIENCE: &str = "6e74172b-be56-4843-9ff4-e66a39bb12e3";
const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

fn issuer_of(tenant: &str) -> String {
    TEMPLATE.replace("{tenantid}", tenant)
}

fn claims_of(tenant: &str) -> Value {
    entra().with(&json!({"iss": issuer_of(tenant), "tid": tenant}))
}

/// The set that Entra ID publishes for all tenants: each key names the issuer that it is for.
fn keys(issuer: &Value) -> KeySet {
    let key = without(Mint::of(Algorithm::RS256).published(KID), "alg");
    let key = if issuer.is_null() { key } else { with(key, "issuer", issuer.clone()) };
    KeySet::from_jwks_json_with_algorithm(&json!({"keys": [key]}).to_string(), Algorithm::RS256).expect("keys")
}

#[authenticated]
async fn caller(auth: Authenticated<Claims>, State(runs): State<Runs>) -> String {
    runs.count();
    serde_json::to_string(&auth.identity()).expect("JSON")
}

async fn server_with(keys: KeySet, provider: Provider) -> Server {
    Server::with(Algorithm::RS256)
        .keys(keys)
        .verifier(move |builder| builder.provider(provider).audience(AUDIENCE))
        .app(|service| routes().route("/caller", get(caller)).with_state(service))
        .start()
        .await
}

fn both() -> Provider {
    Provider::entra_tenants([TENANT, OTHER])
}

#[tokio::test]
async fn each_tenant_of_the_list_is_an_issuer_of_its_own() {
    let server = server_with(keys(&json!(TEMPLATE)), both()).await;
    let mut seen = Vec::new();
    for tenant in [TENANT, OTHER] {
        let response = server.exchange(get_with("/caller", &entra().token(&claims_of(tenant)))).await;
        assert_eq!(response.status, 200, "{:?}", server.events());
        seen.push(serde_json::from_str::<Value>(response.text()).expect("JSON"));
    }
    let subject = &entra().claims["sub"];
    let identity = |tenant| json!({"issuer": issuer_of(tenant), "subject": subject});
    assert_eq!(seen, [identity(TENANT), identity(OTHER)]);
}

#[tokio::test]
async fn a_token_of_one_tenant_is_not_one_of_another() {
    let server = server_with(keys(&json!(TEMPLATE)), both()).await;
    let good = entra().token(&claims_of(TENANT));
    server.accepts(&good).await;
    let with_tid = |tenant: &str, tid: Value| with(claims_of(tenant), "tid", tid);
    for claims in [
        // Not in the list.
        claims_of(EVIL),
        claims_of("common"),
        claims_of("organizations"),
        // `iss` and `tid` disagree.
        with_tid(TENANT, json!(OTHER)),
        with_tid(TENANT, json!(EVIL)),
        with_tid(EVIL, json!(TENANT)),
        with_tid(TENANT, json!(TENANT.to_uppercase())),
        with_tid(TENANT, json!([TENANT])),
        with_tid(TENANT, json!(null)),
        with_tid(TENANT, json!("")),
        without(claims_of(TENANT), "tid"),
        // The template, and what a naive expansion makes of it.
        with_tid("{tenantid}", json!("{tenantid}")),
        with_tid("{tenantid}", json!(TENANT)),
        with_tid(TENANT, json!("{tenantid}")),
        with_tid("", json!("")),
        with_tid(&format!("{EVIL}/../{TENANT}"), json!(format!("{EVIL}/../{TENANT}"))),
        with_tid(&TENANT.to_uppercase(), json!(TENANT)),
        with(claims_of(TENANT), "iss", format!("https://login.microsoftonline.com/{TENANT}")),
        with(claims_of(TENANT), "iss", format!("https://sts.windows.net/{TENANT}/")),
        with(claims_of(TENANT), "iss", format!("https://evil.example/{TENANT}/v2.0")),
    ] {
        server.refuses(&entra().token(&claims), Reason::WrongIssuer).await;
    }
    server.accepts(&good).await;
}

/// A key for personal accounts, or for one tenant, must not sign for another tenant.
#[tokio::test]
async fn a_key_of_one_tenant_verifies_no_token_of_another() {
    let only_other = server_with(keys(&json!(issuer_of(OTHER))), both()).await;
    only_other.accepts(&entra().token(&claims_of(OTHER))).await;
    only_other.refuses(&entra().token(&claims_of(TENANT)), Reason::WrongIssuer).await;
    for issuer in [json!("https://evil.example/{tenantid}/v2.0"), json!(""), json!(7), json!([TEMPLATE])] {
        for provider in [both(), Provider::entra(TENANT)] {
            let server = server_with(keys(&issuer), provider).await;
            server.refuses(&entra().token(&claims_of(TENANT)), Reason::WrongIssuer).await;
        }
    }
    // One tenant too: the set of the tenant has the keys of all.
    let one = server_with(keys(&json!(TEMPLATE)), Provider::entra(TENANT)).await;
    one.accepts(&entra().token(&claims_of(TENANT))).await;
    one.refuses(&entra().token(&claims_of(OTHER)), Reason::WrongIssuer).await;
    // A key without the member is for any tenant of its set.
    server_with(keys(&json!(null)), both()).await.accepts(&entra().token(&claims_of(OTHER))).await;
}

/// Other providers may write what they want into a key.
#[tokio::test]
async fn the_issuer_of_a_key_is_read_for_tenants_only() {
    let keycloak = super::people::keycloak();
    let key = with(keycloak.mint.published(KID), "issuer", "something else");
    let keys = KeySet::from_jwks_json(&json!({"keys": [key]}).to_string()).expect("keys");
    let provider = keycloak.provider.clone();
    let server = Server::with(Algorithm::RS256)
        .keys(keys)
        .verifier(move |builder| builder.provider(provider).audience("orders"))
        .start()
        .await;
    server.accepts(&keycloak.good()).await;
}

#[tokio::test]
async fn tenants_beside_another_issuer_are_found_by_their_issuer() {
    let entra_keys = keys(&json!(TEMPLATE));
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.also_trust(TrustedIssuer::of(both(), entra_keys).audience(AUDIENCE)))
        .start()
        .await;
    server.accepts_the_good_token().await;
    server.accepts(&entra().token(&claims_of(OTHER))).await;
    server.refuses(&entra().token(&claims_of(EVIL)), Reason::WrongIssuer).await;
    server.refuses(&server.mint.token(&claims_of(OTHER)), Reason::AlgorithmNotAllowed).await;
}

#[test]
fn a_list_of_tenants_is_closed() {
    let build = |provider: Provider, others: Vec<TrustedIssuer>| {
        let builder = Verifier::<Claims>::builder().provider(provider).audience("orders").keys(keys(&json!(null)));
        others
            .into_iter()
            .fold(builder.events(Events::collect().0), auth_runtime::credentials::VerifierBuilder::also_trust)
            .build()
    };
    assert_eq!(build(Provider::entra_tenants([""; 0]), vec![]).unwrap_err(), ConfigError::Empty("list of tenants"));
    for not_an_id in ["common", "organizations", "consumers", "contoso.onmicrosoft.com", "", "{tenantid}", "*"] {
        for provider in [Provider::entra(not_an_id), Provider::entra_tenants([TENANT, not_an_id])] {
            let error = build(provider, vec![]).unwrap_err().to_string();
            assert!(error.contains("id of the tenant"), "{not_an_id}: {error}");
        }
    }
    build(Provider::entra(TENANT.to_uppercase()), vec![]).expect("an id in capitals");
    let twice = TrustedIssuer::of(Provider::entra(OTHER), keys(&json!(null)));
    assert_eq!(build(both(), vec![twice]).unwrap_err(), ConfigError::DuplicateIssuer(issuer_of(OTHER)));
    let alias = TrustedIssuer::new("accounts.google.com", keys(&json!(null)));
    let twice = build(Provider::google(), vec![alias]).unwrap_err();
    assert_eq!(twice, ConfigError::DuplicateIssuer("accounts.google.com".to_owned()));
}
