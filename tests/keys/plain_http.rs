//! Tests keys without TLS for development, as in docker compose.

use super::{SHORT, mint, server};
use crate::support::{KID, Publisher, Reply, Server, claims, with};
use auth_runtime::KeySet;
use auth_runtime::events::NoticeKind;
use auth_runtime::keys::Algorithm;
use serde_json::json;

const OPENID: &str = "/.well-known/openid-configuration";
const PUBLIC: &str = "http://localhost:8080/realms/shop";

/// A publisher at an address that the policy treats as another host.
fn elsewhere() -> (Publisher, String) {
    let publisher = Publisher::at("0.0.0.0:0").expect("a socket");
    publisher.publish(&[mint().published(KID)]);
    let base = format!("http://0.0.0.0:{}", publisher.address.port());
    (publisher, base)
}

#[tokio::test]
async fn plain_http_to_another_host_is_refused_with_the_ways_on() {
    for keys in [
        KeySet::discover("http://keycloak:8080/realms/shop"),
        KeySet::discover_at("http://keycloak:8080/realms/shop", PUBLIC),
        KeySet::remote("http://keycloak:8080/realms/shop/protocol/openid-connect/certs"),
    ] {
        let error = keys.start_degraded().unwrap_err().to_string();
        for part in ["keycloak:8080", ".dangerous_plain_http(", ".root_certificate(", "KeySet::from_jwks_json"] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}

#[tokio::test]
async fn an_issuer_in_the_compose_network_is_known_by_its_public_name() {
    let (publisher, base) = elsewhere();
    let document = json!({"issuer": PUBLIC, "jwks_uri": format!("{base}/jwks")});
    publisher.answer(&format!("/realms/shop{OPENID}"), Reply::json(&document));
    let discover = || KeySet::discover_at(format!("{base}/realms/shop"), PUBLIC).cooldown(SHORT);
    discover().start_degraded().expect_err("without the permission");
    let keys = discover().dangerous_plain_http("compose network").await.unwrap();
    // In the posture, and in a notice at start.
    assert!(keys.to_string().contains("PLAIN HTTP ALLOWED: compose network"), "{keys}");
    let server = Server::with(Algorithm::Ed25519).keys(keys).verifier(|builder| builder.issuer(PUBLIC)).start().await;
    let notice = server.notice(NoticeKind::KeySetWithoutTls).await;
    assert!(notice.detail.contains("compose network") && notice.detail.contains("attacker"), "{notice:?}");
    server.accepts(&mint().token(&with(claims(), "iss", PUBLIC))).await;
}

#[tokio::test]
async fn a_permission_needs_a_reason_and_changes_nothing_with_tls() {
    let (_publisher, base) = elsewhere();
    for blank in ["", " ", "\u{200b}"] {
        KeySet::remote(format!("{base}/jwks")).dangerous_plain_http(blank).start_degraded().unwrap_err();
    }
    let keys = KeySet::remote(format!("{base}/jwks")).dangerous_plain_http("compose network").await.unwrap();
    server(keys).await.accepts_the_good_token().await;
    for bad in ["ftp://keycloak/jwks", "http://user:hunter2@keycloak/jwks", "http://keycloak/#jwks"] {
        KeySet::remote(bad).dangerous_plain_http("compose network").start_degraded().unwrap_err();
    }
}

/// Azure AD B2C names a policy in the query.
#[tokio::test]
async fn the_document_may_be_at_another_address_than_the_issuers_name() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let issuer = "https://tenant.b2clogin.example/11111111/v2.0/";
    publisher.answer(OPENID, Reply::json(&json!({"issuer": issuer, "jwks_uri": publisher.url("/jwks")})));
    for url in
        [publisher.url(""), publisher.url("/"), publisher.url(OPENID), publisher.url(&format!("{OPENID}?p=b2c_1"))]
    {
        let keys = KeySet::discover_at(url, issuer).await.unwrap();
        let server =
            Server::with(Algorithm::Ed25519).keys(keys).verifier(move |builder| builder.issuer(issuer)).start().await;
        server.accepts(&mint().token(&with(claims(), "iss", issuer))).await;
    }
    // P6: the document still has to name this issuer.
    for other in ["https://tenant.b2clogin.example/11111111/v2.0", "https://evil.example/"] {
        KeySet::discover_at(publisher.url(""), other).await.unwrap_err();
    }
    KeySet::discover_at(publisher.url(""), " ").start_degraded().unwrap_err();
}
