//! What is an error at start, and how the endpoint is discovered.

use super::{ISSUER, PATH, SECRET, answer, configured, inactive, publisher, secret, server, token};
use crate::support::{AUDIENCE, Authority, Publisher, Reply};
use auth_runtime::ConfigError;
use auth_runtime::credentials::{ClientSecret, Introspection, RemoteIntrospection};
use auth_runtime::events::NoticeKind;
use serde_json::{Value, json};
use std::time::Duration;

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

fn discovering(publisher: &Publisher) -> RemoteIntrospection<ClientSecret, String> {
    Introspection::discover(publisher.url("")).client("orders", secret()).audience(AUDIENCE)
}

fn document(publisher: &Publisher) -> Value {
    json!({"issuer": publisher.url(""), "introspection_endpoint": publisher.url(PATH)})
}

#[tokio::test]
async fn the_endpoint_is_discovered_in_either_document() {
    for path in [OPENID, OAUTH] {
        let publisher = publisher();
        publisher.answer(path, Reply::json(&document(&publisher)));
        publisher.answer(PATH, answer(&json!({"active": true, "sub": "alice", "aud": AUDIENCE})));
        let server = server(discovering(&publisher).await.unwrap()).await;
        server.accepts(&token()).await;
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_used_is_an_error_with_the_way_on() {
    let publisher = publisher();
    let good = document(&publisher);
    let change = |name: &str, value: Value| {
        let mut document = good.clone();
        document[name] = value;
        Reply::json(&document)
    };
    for (reply, says) in [
        (change("issuer", "https://other.example.com/".into()), "https://other.example.com/"),
        (change("issuer", Value::Null), "no `issuer`"),
        (change("introspection_endpoint", Value::Null), "no `introspection_endpoint`"),
        (change("introspection_endpoint", "http://other.example.com/".into()), ".dangerous_plain_http("),
        (Reply::bytes("<html>"), "not a JSON object"),
        (Reply::status(500), "500"),
        (Reply::status(404), "Introspection::at(url, issuer)"),
    ] {
        publisher.answer(OPENID, reply);
        let error = discovering(&publisher).await.unwrap_err().to_string();
        assert!(error.contains(says) && error.contains(".start_degraded()"), "{says}: {error}");
    }
    assert_eq!(publisher.requests(PATH), 0);
}

#[tokio::test]
async fn a_server_that_refuses_the_service_is_an_error_at_start() {
    let mut publisher = publisher();
    configured(&publisher).await.map(drop).unwrap();
    publisher.answer(PATH, inactive());
    configured(&publisher).await.map(drop).unwrap();
    for (reply, says) in [
        (Reply::status(401), "client `orders`"),
        (Reply::status(404), "404"),
        (Reply::status(500), "500"),
        (Reply::bytes("<html>").header("content-type", "text/html"), "`application/json`"),
        (answer(&json!({"sub": "alice"})), "`active`"),
    ] {
        publisher.answer(PATH, reply);
        let error = configured(&publisher).await.unwrap_err();
        let ConfigError::IntrospectionUnreachable { url, why } = &error else { panic!("{error}") };
        assert_eq!(*url, publisher.url(PATH));
        assert!(why.contains(says) && why.contains(".start_degraded()") && !why.contains(SECRET), "{error}");
    }
    publisher.kill();
    configured(&publisher).await.unwrap_err();
}

#[tokio::test]
async fn a_degraded_start_answers_503_until_the_server_is_up() {
    let mut publisher = publisher();
    publisher.answer(OPENID, Reply::json(&document(&publisher)));
    let answer_of_this = answer(&json!({"active": true, "sub": "alice", "aud": AUDIENCE}));
    publisher.answer(PATH, answer_of_this);
    publisher.kill();
    let server = server(discovering(&publisher).start_degraded().unwrap()).await;
    server.answers_503(&token()).await;
    server.notice(NoticeKind::IntrospectionUnavailable).await;
    publisher.restart();
    server.events();
    for _ in 0..600 {
        let response = server.exchange(crate::support::get_with("/me", &token())).await;
        if response.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not accepted in a minute");
}

#[test]
fn an_invalid_configuration_is_an_error_at_start() {
    let at = |url: &str| Introspection::at(url, ISSUER).client("orders", secret()).audience(AUDIENCE);
    let usual = || at("https://tokens.example.com/introspect");
    for (bad, says) in [
        (at("http://tokens.example.com/"), ".dangerous_plain_http("),
        (at("https://user:hunter2@tokens.example.com/"), "password"),
        (at("ftp://tokens.example.com/"), "scheme"),
        (usual().audience(" "), "audience"),
        (usual().client(" ", secret()), "client id"),
        (usual().cached_for(Duration::from_secs(301)), "cached_for"),
        (usual().timeout(Duration::ZERO), "timeout"),
        (usual().carriers([]), "carriers"),
        (usual().subject_claim("active"), "subject_claim"),
        (usual().dangerous_missing_audience(" "), "dangerous_missing_audience"),
        (usual().dangerous_plain_http(""), "dangerous_plain_http"),
        (usual().root_certificate(b"no certificate"), "certificate"),
        (Introspection::at("https://tokens.example.com/", " ").client("orders", secret()).audience("orders"), "issuer"),
        (Introspection::discover("https://id.example.com/?a=b").client("orders", secret()).audience("orders"), "query"),
    ] {
        let shown = format!("{bad:?}");
        let error = bad.start_degraded().map(drop).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("hunter2"), "{says}: {error}");
        assert!(!shown.contains(SECRET) && !shown.contains("hunter2"), "{shown}");
    }
    let shown = format!("{:?}", usual().start_degraded().unwrap());
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn a_server_with_a_private_authority_is_asked_over_tls() {
    let (authority, publisher) = (Authority::new(), publisher());
    let url = format!("https://{}{PATH}", authority.in_front_of(publisher.address).await);
    let tokens = || Introspection::at(&url, ISSUER).client("orders", secret()).audience(AUDIENCE);
    for untrusting in [tokens(), tokens().root_certificate(Authority::called("Another").pem().as_bytes())] {
        untrusting.await.map(drop).unwrap_err();
    }
    assert_eq!(publisher.requests(PATH), 0, "the credentials of the service went to another server");
    let server = server(tokens().root_certificate(authority.pem().as_bytes()).await.unwrap()).await;
    server.accepts(&token()).await;
}

#[tokio::test]
async fn plain_http_has_a_notice_at_start() {
    let tokens = Introspection::at("http://keycloak:8080/introspect", ISSUER).client("orders", secret());
    let tokens = tokens.audience(AUDIENCE).dangerous_plain_http("compose network").start_degraded().unwrap();
    let notice = server(tokens).await.notice(NoticeKind::IntrospectionWithoutTls).await;
    assert!(notice.detail.contains("compose network") && notice.detail.contains("attacker"), "{notice:?}");
}
