//! Tests the metadata document that names the URL of an issuer's keys.

use super::{SHORT, mint};
use crate::support::{Connection, KID, Publisher, Reply, Server, claims, get_with, with};
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, Events, KeySet, Verifier};
use serde_json::json;

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

fn document(publisher: &Publisher, issuer: &str) -> Reply {
    Reply::json(&json!({"issuer": issuer, "jwks_uri": publisher.url("/jwks")}))
}

async fn accepted(issuer: String) {
    let keys = KeySet::discover(&issuer).await.unwrap();
    let server = Server::with(Algorithm::Ed25519).keys(keys).verifier({
        let issuer = issuer.clone();
        move |builder| builder.issuer(issuer)
    });
    let server = server.start().await;
    server.accepts(&mint().token(&with(claims(), "iss", issuer))).await;
    server.refuses(&server.good(), Reason::WrongIssuer).await;
}

#[tokio::test]
async fn keys_are_found_through_openid_discovery_and_rfc_8414() {
    for (path, tenant) in [
        (OPENID.to_owned(), ""),
        (format!("/tenant{OPENID}"), "/tenant"),
        (OAUTH.to_owned(), ""),
        (format!("{OAUTH}/tenant"), "/tenant"),
    ] {
        for slash in ["", "/"] {
            let publisher = Publisher::of(&[mint().published(KID)]);
            let issuer = publisher.url(&format!("{tenant}{slash}"));
            publisher.answer(&path, document(&publisher, &issuer));
            accepted(issuer).await;
            assert!(publisher.requests(&path) == 1, "{path} {:?}", publisher.all_requests());
        }
    }
}

#[tokio::test]
async fn a_document_of_another_issuer_is_rejected_and_its_keys_are_not_fetched() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let issuer = publisher.url("");
    for named in [publisher.url("/"), "https://id.example.com/".to_owned(), issuer.to_uppercase(), String::new()] {
        publisher.answer(OPENID, document(&publisher, &named));
        let error = KeySet::discover(&issuer).await.expect_err(&named).to_string();
        assert!(error.contains(&issuer) && error.contains(&format!("`{named}`")), "{error}");
    }
    for broken in [
        json!({"jwks_uri": publisher.url("/jwks")}),
        json!({"issuer": [issuer], "jwks_uri": publisher.url("/jwks")}),
        json!({"issuer": issuer}),
        json!({"issuer": issuer, "jwks_uri": 7}),
        json!({"issuer": issuer, "jwks_uri": "http://id.example.com/jwks"}),
        json!({"issuer": issuer, "jwks_uri": "file:///etc/passwd"}),
        json!([]),
    ] {
        publisher.answer(OPENID, Reply::json(&broken));
        KeySet::discover(&issuer).await.expect_err(&broken.to_string());
    }
    assert_eq!(publisher.requests("/jwks"), 0);
    assert_eq!(publisher.requests(OAUTH), 0, "the second document is for issuers without the first");
}

#[tokio::test]
async fn discovered_keys_belong_to_their_issuer() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let issuer = publisher.url("");
    publisher.answer(OPENID, document(&publisher, &issuer));
    let keys = KeySet::discover(&issuer).await.unwrap();
    let error = Verifier::<auth_runtime::Claims>::builder()
        .issuer(format!("{issuer}/"))
        .audience("orders")
        .keys(keys)
        .events(Events::collect().0)
        .build()
        .expect_err("another issuer");
    assert_eq!(error, ConfigError::OtherIssuer { issuer: format!("{issuer}/"), discovered: issuer });
}

#[tokio::test]
async fn the_document_is_fetched_again_and_its_new_url_is_used() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let issuer = publisher.url("");
    publisher.answer(OPENID, document(&publisher, &issuer));
    let keys = KeySet::discover(&issuer).cooldown(SHORT).refresh_between(SHORT, SHORT).await.unwrap();
    let server = Server::with(Algorithm::Ed25519).keys(keys).verifier({
        let issuer = issuer.clone();
        move |builder| builder.issuer(issuer)
    });
    let server = server.start().await;
    publisher.answer(OPENID, Reply::json(&json!({"issuer": issuer, "jwks_uri": publisher.url("/moved")})));
    publisher.answer("/moved", Reply::json(&json!({"keys": [mint().published("moved")]})));
    server.notice(NoticeKind::KeySetChanged).await;
    server.accepts(&mint().token_of("moved", &with(claims(), "iss", issuer.clone()))).await;
    // Another issuer answers at this address: the last good keys stay.
    publisher.answer(OPENID, document(&publisher, "https://evil.example/"));
    server.notice(NoticeKind::KeySetUnavailable).await;
    server.accepts(&mint().token_of("moved", &with(claims(), "iss", issuer))).await;
}

/// Requests that an attacker triggers do not delay the scheduled ones.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t15_a_flood_of_unknown_kids_does_not_delay_the_next_fetch_of_the_document() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let issuer = publisher.url("");
    publisher.answer(OPENID, document(&publisher, &issuer));
    let keys = KeySet::discover(&issuer).cooldown(SHORT).refresh_between(SHORT * 4, SHORT * 4).await.unwrap();
    let server = Server::with(Algorithm::Ed25519).keys(keys).verifier({
        let issuer = issuer.clone();
        move |builder| builder.issuer(issuer)
    });
    let server = server.start().await;
    let token = |kid: &str| mint().token_of(kid, &with(claims(), "iss", issuer.clone()));
    // The old URL still works, with a key that the issuer no longer uses.
    publisher.answer(OPENID, Reply::json(&json!({"issuer": issuer, "jwks_uri": publisher.url("/moved")})));
    publisher.answer("/moved", Reply::json(&json!({"keys": [mint().published("moved")]})));
    let (begun, mut flood) = (std::time::Instant::now(), Connection::open(server.address).await);
    while flood.exchange(get_with("/me", &token(KID))).await.status == 200 {
        let status = flood.exchange(get_with("/me", &token("made-up"))).await.status;
        assert!([401, 503].contains(&status), "{status}");
        assert!(begun.elapsed() < SHORT * 100, "the document was read {} times", publisher.requests(OPENID));
    }
    assert_eq!(flood.exchange(get_with("/me", &token("moved"))).await.status, 200);
}

/// The issuer is compared as it was written, byte by byte, with `iss` and with the document.
#[tokio::test]
async fn an_issuer_is_compared_byte_by_byte_in_unusual_forms_too() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let port = publisher.address.port();
    for (issuer, path) in [
        (format!("http://LOCALHOST:{port}"), OPENID.to_owned()),
        (format!("http://localhost:{port}/"), OPENID.to_owned()),
        (format!("HTTP://127.0.0.1:{port}/Tenant%20One"), format!("/Tenant%20One{OPENID}")),
        (format!("http://127.0.0.1:{port}/a/../b/"), format!("/b{OPENID}")),
        (format!("http://127.1:{port}"), OPENID.to_owned()),
    ] {
        publisher.answer(&path, document(&publisher, &issuer));
        accepted(issuer.clone()).await;
        let normalized = issuer.to_lowercase().replace("/a/../b", "/b").replace("127.1:", "127.0.0.1:");
        publisher.answer(&path, document(&publisher, &format!("{}/", normalized.trim_end_matches('/'))));
        let found = KeySet::discover(&issuer).await;
        assert_eq!(found.is_ok(), issuer == format!("{}/", normalized.trim_end_matches('/')), "{issuer}");
    }
}

#[tokio::test]
async fn this_machine_has_a_second_address() {
    // Not every machine has a second loopback address.
    let Ok(publisher) = Publisher::at("[::1]:0") else { return };
    publisher.publish(&[mint().published(KID)]);
    for issuer in [publisher.url(""), format!("http://localhost:{}", publisher.address.port())] {
        publisher.answer(OPENID, document(&publisher, &issuer));
        accepted(issuer).await;
    }
}
