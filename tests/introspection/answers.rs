//! Good and bad answers of the server.

use super::{PATH, answer, configured, good, inactive, notices, publisher, server, token};
use crate::support::{Connection, NOW, Reply, Response, Server, get_with, with, without};
use auth_runtime::events::Reason;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

async fn place(server: &Server, token: &str) -> Response {
    let request = format!(
        "POST /orders HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: 0\r\n\r\n"
    );
    Connection::open(server.address).await.exchange(request).await
}

#[tokio::test]
async fn an_active_token_is_its_caller_with_its_scopes() {
    let publisher = publisher();
    let server = server(configured(&publisher).await.unwrap()).await;
    let token = token();
    assert_eq!(server.exchange(get_with("/me", &token)).await.text(), "alice");
    assert_eq!(place(&server, &token).await.text(), "placed");
    assert!(server.events().is_empty());
    publisher.answer(PATH, answer(&with(good(), "scope", "orders:read")));
    assert_eq!(place(&server, &super::token()).await.status, 403);
    assert_eq!(server.only_event().reason, Reason::Denied);
}

/// RFC 6749 section 2.3.1: both are form-encoded before they are joined and encoded as base64.
#[tokio::test]
async fn the_service_authenticates_itself_and_sends_the_token_in_a_form() {
    let publisher = publisher();
    let server = server(configured(&publisher).await.unwrap()).await;
    server.accepts("a+token/with-signs~==").await;
    let sent = |name| publisher.headers(&name).pop().unwrap().unwrap();
    let pair = BASE64_STANDARD.encode("orders:a%3Asecret%2Bof+a%25test");
    assert_eq!(sent(AUTHORIZATION), format!("Basic {pair}"));
    assert_eq!(sent(CONTENT_TYPE), "application/x-www-form-urlencoded");
    assert_eq!(sent(ACCEPT), "application/json");
    let body = publisher.bodies().pop().unwrap();
    assert_eq!(body, "token=a%2Btoken%2Fwith-signs%7E%3D%3D&token_type_hint=access_token");

    let server = super::server(configured(&publisher).secret_in_the_form().await.unwrap()).await;
    server.accepts(&token()).await;
    assert_eq!(publisher.headers(&AUTHORIZATION).pop().unwrap(), None);
    let body = publisher.bodies().pop().unwrap();
    assert!(body.ends_with("&client_id=orders&client_secret=a%3Asecret%2Bof+a%25test"), "{body}");
}

#[tokio::test]
async fn each_bad_answer_is_401_before_the_handler() {
    let publisher = publisher();
    let server = server(configured(&publisher).await.unwrap()).await;
    server.accepts(&token()).await;
    for (reply, reason) in [
        (inactive(), Reason::InactiveToken),
        (answer(&with(good(), "active", false)), Reason::InactiveToken),
        (answer(&with(good(), "aud", "billing")), Reason::WrongAudience),
        (answer(&without(good(), "aud")), Reason::MalformedClaims),
        (answer(&with(good(), "iss", "https://id.example.com/")), Reason::WrongIssuer),
        (answer(&without(good(), "sub")), Reason::MalformedClaims),
        (answer(&with(good(), "exp", NOW)), Reason::Expired),
        // Within the verifier's leeway, and beyond it.
        (answer(&with(good(), "nbf", NOW + 31)), Reason::NotYetValid),
        (answer(&with(good(), "iat", NOW + 31)), Reason::IssuedInFuture),
        (answer(&with(with(good(), "iat", NOW + 20), "exp", NOW + 10)), Reason::MalformedClaims),
        (answer(&with(good(), "token_type", "refresh_token")), Reason::WrongTokenType),
        (answer(&with(good(), "token_use", "refresh_token")), Reason::WrongTokenType),
        (answer(&with(good(), "typ", "Refresh")), Reason::WrongTokenType),
        (answer(&with(good(), "token_type", "DPoP")), Reason::SenderConstrained),
        (answer(&with(good(), "cnf", json!({"jkt": "a"}))), Reason::SenderConstrained),
        (answer(&with(good(), "scope", json!(["orders:write", 5]))), Reason::MalformedClaims),
    ] {
        publisher.answer(PATH, reply);
        server.refuses(&token(), reason).await;
    }
    for beginning in ["nbf", "iat"] {
        publisher.answer(PATH, answer(&with(good(), beginning, NOW + 30)));
        server.accepts(&token()).await;
    }
    assert!(notices(&server).is_empty(), "a bad token is not an outage");
}

/// P6: the server has not said that the token is bad, so it is not 401.
#[tokio::test]
async fn an_answer_that_cannot_be_read_is_503_for_its_token_only() {
    let publisher = publisher();
    let server = server(configured(&publisher).await.unwrap()).await;
    let text = |text: &str| Reply::bytes(text).header("content-type", "application/json");
    let twice = r#"{"active":true,"sub":"alice","aud":"orders","active":true}"#;
    for reply in [
        text(""),
        text("true"),
        text(r#"{"active":true"#),
        text(r#"{"sub":"alice"}"#),
        text(twice),
        answer(&with(good(), "active", "true")),
        answer(&with(good(), "active", 1)),
        answer(&with(good(), "active", json!(null))),
        answer(&with(good(), "pad", "x".repeat(65 * 1024))),
        answer(&good()).with_status(500),
        answer(&good()).with_status(400),
        answer(&good()).with_status(201),
        answer(&good()).with_status(418),
    ] {
        publisher.answer(PATH, reply);
        server.answers_503(&token()).await;
        publisher.answer(PATH, answer(&good()));
        server.accepts(&token()).await;
    }
    assert!(notices(&server).is_empty());
}

#[tokio::test]
async fn the_subject_and_the_audience_may_be_configured_by_name() {
    let publisher = publisher();
    let of_a_client = without(good(), "sub");
    publisher.answer(PATH, answer(&of_a_client));
    let by_client = server(configured(&publisher).subject_claim("client_id").await.unwrap()).await;
    assert_eq!(by_client.exchange(get_with("/me", &token())).await.text(), "storefront");
    publisher.answer(PATH, answer(&without(good(), "aud")));
    let any = server(configured(&publisher).dangerous_missing_audience("Dex has none").await.unwrap()).await;
    any.accepts(&token()).await;
    publisher.answer(PATH, answer(&with(good(), "aud", "billing")));
    any.refuses(&token(), Reason::WrongAudience).await;
}
