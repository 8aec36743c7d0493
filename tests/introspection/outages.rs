//! A server that is down, slow, or refuses this service.

use super::{PATH, answer, configured, good, notices, publisher, server, token};
use crate::support::{Reply, Server, get_with};
use auth_runtime::events::{Notice, NoticeKind, Reason};
use std::time::Duration;

/// Waits for an effect of another task.
pub(super) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not in a minute: {what}");
}

/// Sends new tokens until one is accepted. Before it, each is 503.
async fn until_accepted(server: &Server) {
    for _ in 0..600 {
        let response = server.exchange(get_with("/me", &token())).await;
        let events = server.events();
        if response.status == 200 {
            return;
        }
        assert_eq!(response.status, 503);
        assert!(events.iter().all(|event| event.reason == Reason::VerifierUnavailable), "{events:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not accepted in a minute");
}

fn kinds(notices: &[Notice]) -> Vec<NoticeKind> {
    notices.iter().map(|notice| notice.notice).collect()
}

#[tokio::test]
async fn a_server_that_is_down_is_503_and_one_notice_until_it_is_back() {
    let mut publisher = publisher();
    let server = server(configured(&publisher).cached_for(Duration::from_secs(5 * 60)).await.unwrap()).await;
    let cached = token();
    server.accepts(&cached).await;
    publisher.kill();
    for _ in 0..5 {
        server.answers_503(&token()).await;
        server.accepts(&cached).await;
    }
    let seen = notices(&server);
    assert_eq!(kinds(&seen), [NoticeKind::IntrospectionUnavailable], "{seen:?}");
    assert_eq!(seen[0].issuer.as_deref(), Some(super::ISSUER));
    assert!(seen[0].detail.contains("/introspect"), "{seen:?}");
    publisher.restart();
    until_accepted(&server).await;
    assert_eq!(kinds(&notices(&server)), [NoticeKind::IntrospectionRestored]);
}

/// While the server fails, it is asked once in a while and not for each token.
#[tokio::test]
async fn an_outage_does_not_send_each_token_to_the_server() {
    let publisher = publisher();
    let server = server(configured(&publisher).await.unwrap()).await;
    publisher.answer(PATH, Reply::status(503));
    let before = publisher.requests(PATH);
    let requests: Vec<_> =
        (0..100).map(|_| async { server.exchange(get_with("/me", &token())).await.status }).collect();
    // One after the other, and only the first of them within a back-off is sent.
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(request.await);
    }
    assert!(statuses.iter().all(|status| *status == 503), "{statuses:?}");
    let asked = publisher.requests(PATH) - before;
    assert!(asked < 50, "{asked} of 100 tokens were sent");
    assert_eq!(kinds(&notices(&server)), [NoticeKind::IntrospectionUnavailable]);
}

#[tokio::test]
async fn each_failure_of_the_server_is_an_outage() {
    for (reply, says) in [
        (Reply::status(502), "502"),
        (Reply::status(503), "503"),
        (Reply::status(404), "404"),
        (Reply::status(429), "429"),
        (Reply::status(302).header("location", "/introspect"), "redirects are not followed"),
        (Reply::bytes("<html>").header("content-type", "text/html"), "not `application/json`"),
        (Reply::bytes(good().to_string()), "not `application/json`"),
        (Reply::bytes("eyJ").header("content-type", "application/token-introspection+jwt"), "RFC 9701"),
    ] {
        let publisher = publisher();
        let server = server(configured(&publisher).await.unwrap()).await;
        publisher.answer(PATH, reply);
        let before = publisher.requests(PATH);
        server.answers_503(&token()).await;
        assert_eq!(publisher.requests(PATH), before + 1, "{says}");
        let seen = notices(&server);
        assert_eq!(kinds(&seen), [NoticeKind::IntrospectionUnavailable], "{says}");
        assert!(seen[0].detail.contains(says), "{says}: {seen:?}");
        publisher.answer(PATH, answer(&good()));
        until_accepted(&server).await;
    }
}

/// Its client credentials were rotated, for instance. The clients of the service cannot help it.
#[tokio::test]
async fn a_server_that_refuses_this_service_is_503_and_a_notice_of_its_own() {
    let refused = serde_json::json!({"error": "invalid_client"});
    for reply in [Reply::status(401), Reply::status(403), answer(&refused).with_status(400)] {
        let publisher = publisher();
        let server = server(configured(&publisher).await.unwrap()).await;
        publisher.answer(PATH, reply);
        server.answers_503(&token()).await;
        let seen = notices(&server);
        assert_eq!(kinds(&seen), [NoticeKind::IntrospectionClientRefused], "{seen:?}");
        assert!(seen[0].detail.contains("`orders`") && !seen[0].detail.contains(super::SECRET), "{seen:?}");
        publisher.answer(PATH, answer(&good()));
        until_accepted(&server).await;
        assert_eq!(kinds(&notices(&server)), [NoticeKind::IntrospectionRestored]);
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_503_after_the_time_limit() {
    let publisher = publisher();
    let tokens = configured(&publisher).timeout(Duration::from_millis(300)).start_degraded().unwrap();
    let server = server(tokens).await;
    let _gate = publisher.hold();
    server.answers_503(&token()).await;
    assert_eq!(kinds(&notices(&server)), [NoticeKind::IntrospectionUnavailable]);
    // At once, and without a question.
    let before = publisher.requests(PATH);
    let mut asked = 0;
    for _ in 0..20 {
        server.answers_503(&token()).await;
        asked = publisher.requests(PATH) - before;
    }
    assert!(asked < 20, "each of 20 tokens was sent");
}

/// A client that leaves must not hide an outage from the others.
#[tokio::test]
async fn an_outage_is_noticed_when_its_client_has_left() {
    let publisher = publisher();
    let tokens = configured(&publisher).timeout(Duration::from_millis(500)).start_degraded().unwrap();
    let server = server(tokens).await;
    let _gate = publisher.hold();
    {
        let mut client = crate::support::Connection::open(server.address).await;
        client.send(get_with("/me", &token())).await;
        until("the question arrives", || publisher.requests(PATH) == 1).await;
    }
    server.notice(NoticeKind::IntrospectionUnavailable).await;
}
