//! Tests key servers that require a bearer token or have a private authority, as Kubernetes does.

use super::{SHORT, eager, mint, server, until};
use crate::support::{KID, Publisher, Reply};
use auth_runtime::KeySet;
use auth_runtime::events::NoticeKind;
use http::header::AUTHORIZATION;
use serde_json::json;
use std::path::PathBuf;

/// A file that is removed at the end of the test.
struct Secret(PathBuf);

impl Secret {
    fn new(name: &str, content: &str) -> Self {
        let path = std::env::temp_dir().join(format!("auth-keys-{}-{name}", std::process::id()));
        std::fs::write(&path, content).expect("a file");
        Self(path)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Kubernetes replaces the token of a service account every hour.
#[tokio::test]
async fn a_bearer_token_is_read_from_its_file_before_each_request() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let token = Secret::new("rotated", "first-token\n");
    let keys = eager(&publisher).refresh_between(SHORT, SHORT).bearer_token_file(&token.0);
    let server = server(keys.await.unwrap()).await;
    server.accepts_the_good_token().await;
    assert_eq!(publisher.headers(&AUTHORIZATION)[0].as_deref(), Some("Bearer first-token"));
    std::fs::write(&token.0, "second-token").unwrap();
    until("the new token", || {
        publisher.headers(&AUTHORIZATION).last().is_some_and(|sent| sent.as_deref() == Some("Bearer second-token"))
    })
    .await;
    // A file that is gone is an outage, and its content appears nowhere.
    std::fs::remove_file(&token.0).unwrap();
    let notice = server.notice(NoticeKind::KeySetUnavailable).await;
    assert!(notice.detail.contains(&*token.0.to_string_lossy()), "{notice:?}");
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn a_bearer_token_that_cannot_be_used_is_an_error_without_its_content() {
    let publisher = Publisher::of(&[mint().published(KID)]);
    let two_lines = format!("hunter2\nhunter2 {}", "x".repeat(10));
    for (name, content) in [("empty", ""), ("blank", " \n"), ("two-lines", &two_lines), ("long", &"x".repeat(70_000))] {
        let token = Secret::new(name, content);
        let error = eager(&publisher).bearer_token_file(&token.0).await.expect_err(name).to_string();
        assert!(error.contains(&*token.0.to_string_lossy()) && !error.contains("hunter2"), "{error}");
    }
    eager(&publisher).bearer_token_file("/no/such/file").await.unwrap_err();
    assert!(publisher.all_requests().is_empty());
}

#[tokio::test]
async fn a_bearer_token_is_sent_to_the_configured_host_and_over_tls_only() {
    let token = Secret::new("hosts", "hunter2");
    let (issuer, other) = (Publisher::start(), Publisher::of(&[mint().published(KID)]));
    let document = json!({"issuer": issuer.url(""), "jwks_uri": other.url("/jwks")});
    issuer.answer("/.well-known/openid-configuration", Reply::json(&document));
    KeySet::discover(issuer.url("")).bearer_token_file(&token.0).await.unwrap();
    assert_eq!(issuer.headers(&AUTHORIZATION), [Some("Bearer hunter2".to_owned())]);
    assert_eq!(other.headers(&AUTHORIZATION), [None]);
    other.answer("/jwks", Reply::status(401));
    let error = KeySet::discover(issuer.url("")).bearer_token_file(&token.0).await.unwrap_err().to_string();
    assert!(error.contains("401") && error.contains("KeySet::remote"), "{error}");
    let error = KeySet::remote(other.url("/jwks")).await.unwrap_err().to_string();
    assert!(error.contains(".bearer_token_file("), "{error}");
    let plain = KeySet::remote("http://0.0.0.0:1/jwks").dangerous_plain_http("compose network");
    let error = plain.bearer_token_file(&token.0).start_degraded().unwrap_err().to_string();
    assert!(error.contains("must not be sent over `http://`"), "{error}");
}
