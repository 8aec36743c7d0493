//! A delivery runs its handler once, and a failed one may be repeated.

use super::hooks::{BODY, Hooks, bank, github, request};
use crate::support::{Connection, NOW, deliberate_panics_are_silent};
use auth_runtime::events::Reason;

#[tokio::test]
async fn a_delivery_that_was_handled_is_answered_without_its_handler() {
    let hooks = Hooks::start().await;
    let delivery = request("/github", &github(BODY), BODY);
    assert_eq!(hooks.exchange(&delivery).await.status, 200);
    for _ in 0..2 {
        let again = hooks.exchange(&delivery).await;
        assert_eq!((again.status, again.text()), (200, r#"{"type":"about:blank","title":"OK","status":200}"#));
        hooks.one_event(Reason::AlreadyDelivered, 200, "repeated");
    }
    assert_eq!(hooks.runs.so_far(), 1);
}

#[tokio::test]
async fn a_replay_of_a_signature_with_a_time_is_rejected() {
    let hooks = Hooks::start().await;
    let delivery = request("/bank/7", &bank(&NOW.to_string(), BODY), BODY);
    assert_eq!(hooks.exchange(&delivery).await.status, 200);
    hooks.refuses(&delivery, Reason::ReplayedSignature, "a replay").await;
    // To another order, which the signature does not cover.
    hooks.refuses(request("/bank/8", &bank(&NOW.to_string(), BODY), BODY), Reason::ReplayedSignature, "moved").await;
    // The bank signs each attempt anew.
    let next = (NOW + 1).to_string();
    assert_eq!(hooks.exchange(request("/bank/7", &bank(&next, BODY), BODY)).await.status, 200);
    assert_eq!(hooks.runs.so_far(), 2);
}

#[tokio::test]
async fn a_delivery_whose_handler_failed_or_panicked_runs_again() {
    deliberate_panics_are_silent();
    let hooks = Hooks::start().await;
    for number in 1..=3 {
        assert_eq!(hooks.exchange(request("/fails", &github(BODY), BODY)).await.status, 500);
        assert_eq!(hooks.runs.so_far(), number);
    }
    assert_eq!(hooks.collected().len(), 0);
    // The claim of a handler that panicked is released in a task of its own, so the sender may have
    // to repeat the delivery.
    for _ in 0..1000 {
        let mut connection = Connection::open(hooks.address).await;
        connection.send(request("/panics", &github(b"panic"), b"panic")).await;
        // hyper closes the connection of a handler that panics.
        connection.some().await;
        if hooks.runs.so_far() == 5 {
            return;
        }
    }
    panic!("the claim was never released");
}

#[tokio::test]
async fn of_two_equal_deliveries_at_once_one_runs_the_handler() {
    let hooks = Hooks::start().await;
    let delivery = request("/waits", &github(BODY), BODY);
    let (first, second) = tokio::join!(hooks.exchange(&delivery), hooks.exchange(&delivery));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    assert_eq!(hooks.runs.so_far(), 1);
    hooks.one_event(Reason::ReplayedSignature, 401, "at once");
}
