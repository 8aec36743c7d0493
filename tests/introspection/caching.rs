//! Which answers are used again, and for how long.

use super::{ISSUER, PATH, answer, configured, good, inactive, publisher, server, token};
use crate::support::{NOW, Server, get_with, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The verifier's clock stands, and the machine's clock moves: the longer one counts.
#[tokio::test]
async fn a_good_answer_is_used_for_the_stated_time() {
    let publisher = publisher();
    let tokens = configured(&publisher).cached_for(Duration::from_secs(5 * 60)).await.unwrap();
    let server = server(tokens).await;
    let token = token();
    let before = publisher.requests(PATH);
    for _ in 0..5 {
        server.accepts(&token).await;
    }
    assert_eq!(publisher.requests(PATH), before + 1);
    publisher.answer(PATH, inactive());
    server.clock.set(NOW + 299);
    server.accepts(&token).await;
    server.clock.set(NOW + 300);
    server.refuses(&token, Reason::InactiveToken).await;
}

#[tokio::test]
async fn a_cached_answer_ends_with_its_exp() {
    let publisher = publisher();
    publisher.answer(PATH, answer(&with(good(), "exp", NOW + 10)));
    let server = server(configured(&publisher).cached_for(Duration::from_secs(5 * 60)).await.unwrap()).await;
    let token = token();
    server.accepts(&token).await;
    server.clock.set(NOW + 9);
    server.accepts(&token).await;
    let before = publisher.requests(PATH);
    server.clock.set(NOW + 10);
    let response = server.exchange(get_with("/me", &token)).await;
    assert_eq!((response.status, server.only_event().reason), (401, Reason::Expired));
    assert_eq!(publisher.requests(PATH), before, "the answer is cached, and its token has expired");
}

#[tokio::test]
async fn without_a_cache_each_request_asks() {
    let publisher = publisher();
    let server = server(configured(&publisher).cached_for(Duration::ZERO).await.unwrap()).await;
    let token = token();
    server.accepts(&token).await;
    publisher.answer(PATH, inactive());
    server.refuses(&token, Reason::InactiveToken).await;
}

#[tokio::test]
async fn a_refused_token_is_asked_for_again_after_a_second() {
    let publisher = publisher();
    let server = server(configured(&publisher).await.unwrap()).await;
    let token = token();
    publisher.answer(PATH, inactive());
    server.refuses(&token, Reason::InactiveToken).await;
    publisher.answer(PATH, answer(&good()));
    server.clock.set(NOW + 1);
    server.accepts(&token).await;
}

#[tokio::test]
async fn requests_with_one_token_share_one_question() {
    let publisher = publisher();
    let server = server(configured(&publisher).cached_for(Duration::from_secs(5 * 60)).await.unwrap()).await;
    let (token, before) = (token(), publisher.requests(PATH));
    let gate = publisher.hold();
    let requests = (0..20).map(|_| server.exchange(get_with("/me", &token)));
    let release = async {
        super::outages::until("the question arrives", || publisher.requests(PATH) > before).await;
        gate.add_permits(20);
    };
    let (responses, ()) = tokio::join!(futures_util::future::join_all(requests), release);
    assert!(responses.iter().all(|response| response.status == 200), "{responses:?}");
    assert_eq!(publisher.requests(PATH), before + 1);
}

#[tokio::test]
async fn at_most_64_questions_are_sent_at_once() {
    let publisher = publisher();
    let server = server(configured(&publisher).await.unwrap()).await;
    let before = publisher.requests(PATH);
    let gate = publisher.hold();
    let tokens: Vec<String> = (0..80).map(|_| token()).collect();
    let requests = tokens.iter().map(|token| server.exchange(get_with("/me", token)));
    let release = async {
        super::outages::until("the questions arrive", || publisher.requests(PATH) >= before + 64).await;
        // Whatever else is sent has time to arrive.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(publisher.requests(PATH), before + 64);
        gate.add_permits(tokens.len());
    };
    let (responses, ()) = tokio::join!(futures_util::future::join_all(requests), release);
    assert!(responses.iter().all(|response| response.status == 200), "{responses:?}");
    assert_eq!(publisher.requests(PATH), before + 80);
}

#[tokio::test]
async fn the_service_s_own_revocations_stop_a_cached_token() {
    let publisher = publisher();
    publisher.answer(PATH, answer(&with(good(), "jti", "t1")));
    let tokens = configured(&publisher).cached_for(Duration::from_secs(5 * 60)).await.unwrap();
    let revoked = RevocationList::new(100, HOUR * 48);
    let list = revoked.clone();
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.also_accept(tokens).revocations(list))
        .start()
        .await;
    let token = token();
    server.accepts(&token).await;
    revoked.revoke(&Revocation::token(ISSUER, "t1")).unwrap();
    let response = server.exchange(get_with("/me", &token)).await;
    let event = server.only_event();
    assert_eq!((response.status, event.reason, event.subject.as_deref()), (401, Reason::Revoked, Some("alice")));
}
