//! Rules about objects, and what is heard of those whom they deny.

use crate::support::{token, verifier};
use auth_runtime::events::{Class, Collected, Reason};
use auth_runtime::rules::{AsyncRule, OnDeny};
use auth_runtime::{AuthEvent, Authenticated, Claims, Denied, Permission, Permitted, Rejection, Rule, Verifier};
use axum::body::Bytes;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use std::future::pending;

#[derive(Debug, PartialEq, serde::Serialize)]
struct Order {
    placed_by: &'static str,
}

const OURS: Order = Order { placed_by: "alice" };
const THEIRS: Order = Order { placed_by: "bob" };
const NOBODYS: Order = Order { placed_by: "" };

fn placed_by(claims: &Claims, order: &Order) -> Result<(), Denied> {
    match order.placed_by {
        "" => Err(Denied::undecided("the order has lost its owner")),
        "panic" => panic!("for the test"),
        owner if owner == claims.sub => Ok(()),
        _ => Err(Denied::new("placed by another")),
    }
}

struct CanRefund;
impl Rule<Claims, Order> for CanRefund {
    const NAME: &'static str = "refund an order";
    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
        placed_by(claims, order)
    }
}

struct CanSee;
impl Rule<Claims, Order> for CanSee {
    const NAME: &'static str = "see an order";
    const ON_DENY: OnDeny = OnDeny::NotFound;
    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
        placed_by(claims, order)
    }
}

/// A rule about two objects that belong together.
struct CanMove;
impl Rule<Claims, (Order, Order)> for CanMove {
    const NAME: &'static str = "move between orders";
    fn check(claims: &Claims, (from, to): &(Order, Order)) -> Result<(), Denied> {
        placed_by(claims, from)?;
        placed_by(claims, to)
    }
}

async fn alice() -> (Authenticated<Claims>, Collected, Verifier<Claims>) {
    let (verifier, events) = verifier();
    (verifier.verify(&token(&json!({}))).await.unwrap(), events, verifier)
}

/// One refusal, one event, which names the rule, the caller and the key.
fn the_only(events: &Collected) -> AuthEvent {
    let mut events = events.take();
    assert_eq!(events.len(), 1);
    let event = events.remove(0);
    assert_eq!(event.subject.as_deref(), Some("alice"));
    event
}

#[tokio::test]
async fn an_object_comes_back_permitted_or_not_at_all() {
    let (alice, events, _) = alice().await;
    let ours: Permitted<_, CanRefund> = alice.permit(OURS).unwrap();
    assert_eq!((ours.placed_by, ours.into_inner()), ("alice", OURS));
    assert!(events.take().is_empty());

    let rejection = alice.permit::<CanRefund, _>(THEIRS).unwrap_err();
    assert_eq!(rejection, Rejection::NotPermitted { rule: r#""refund an order" by runtime::rules::CanRefund"# });
    let event = the_only(&events);
    assert_eq!((event.reason, event.status), (Reason::Denied, 403));
    assert_eq!(
        (event.permission, event.detail.as_deref()),
        (Some(r#""refund an order" by runtime::rules::CanRefund"#), Some("placed by another"))
    );
}

#[tokio::test]
async fn what_is_secret_is_to_the_letter_what_is_not_there() {
    let (alice, events, _) = alice().await;
    let concealed = alice.permit_found::<CanSee, _>(Some(THEIRS)).unwrap_err();
    let event = the_only(&events);
    assert_eq!(
        (event.reason, event.status, event.permission),
        (Reason::Denied, 404, Some(r#""see an order" by runtime::rules::CanSee"#))
    );

    let absent = alice.permit_found::<CanSee, Order>(None).unwrap_err();
    // A missing object is not a denial, so no event is emitted.
    assert!(events.take().is_empty());
    assert_ne!(concealed, absent);

    let (concealed, absent) = (concealed.into_response(), absent.into_response());
    assert_eq!((concealed.status(), concealed.headers()), (absent.status(), absent.headers()));
    let bodies = [concealed, absent].map(|response| axum::body::to_bytes(response.into_body(), 1000));
    let [concealed, absent] = bodies;
    assert_eq!(concealed.await.unwrap(), absent.await.unwrap());
}

#[tokio::test]
async fn a_list_is_what_the_rule_permits_of_it() {
    let (alice, events, _) = alice().await;
    let seen = alice.permit_each::<CanSee, _>([THEIRS, OURS, THEIRS, OURS]).unwrap();
    assert_eq!(serde_json::to_value(&seen).unwrap(), json!([{"placed_by": "alice"}, {"placed_by": "alice"}]));
    assert!(events.take().is_empty());
}

#[tokio::test]
async fn what_cannot_be_known_is_no_and_no_list_is_short_for_it() {
    let (alice, events, _) = alice().await;
    let undecided = Rejection::Unavailable(Reason::PermissionUndecided);
    assert_eq!(alice.permit::<CanRefund, _>(NOBODYS).unwrap_err(), undecided);
    assert_eq!(the_only(&events).permission, Some(r#""refund an order" by runtime::rules::CanRefund"#));
    assert_eq!(alice.permit_each::<CanRefund, _>([OURS, NOBODYS]).unwrap_err(), undecided);
    let event = the_only(&events);
    assert_eq!((event.status, event.detail.as_deref()), (503, Some("the order has lost its owner")));
}

#[tokio::test]
async fn a_rule_that_panics_says_no() {
    let (alice, events, _) = alice().await;
    let rejection = alice.permit::<CanRefund, _>(Order { placed_by: "panic" }).unwrap_err();
    assert_eq!(rejection, Rejection::Unavailable(Reason::VerifierPanicked));
    assert_eq!(the_only(&events).permission, Some(r#""refund an order" by runtime::rules::CanRefund"#));
}

/// Everything that a client can see of an answer.
async fn seen(rejection: Rejection) -> (StatusCode, HeaderMap, Bytes) {
    let (parts, body) = rejection.into_response().into_parts();
    (parts.status, parts.headers, axum::body::to_bytes(body, 1000).await.unwrap())
}

/// Asserts that the client gets the response for a missing object, and the event has the reason.
async fn assert_secret(rejection: Rejection, event: AuthEvent, reason: Reason, class: Class) {
    assert_eq!(seen(rejection).await, seen(Rejection::NotFound).await, "{reason}");
    assert_eq!((event.reason, event.class, event.severity), (reason, class, class.severity()));
    assert_eq!(event.status, 404);
    assert!(event.permission.is_some_and(|rule| rule.starts_with("\"see a")), "{reason}");
}

#[tokio::test]
async fn a_secret_that_cannot_be_decided_is_an_object_that_is_not_there() {
    let (alice, events, _) = alice().await;
    for (placed_by, reason, class) in [
        ("bob", Reason::Denied, Class::Denied),
        ("", Reason::PermissionUndecided, Class::Unavailable),
        ("panic", Reason::VerifierPanicked, Class::Unavailable),
    ] {
        let rejection = alice.permit::<CanSee, _>(Order { placed_by }).unwrap_err();
        assert_secret(rejection, the_only(&events), reason, class).await;
        let rejection = alice.permit_found::<CanSee, _>(Some(Order { placed_by })).unwrap_err();
        assert_secret(rejection, the_only(&events), reason, class).await;
    }
}

#[tokio::test]
async fn a_list_does_not_show_that_a_secret_could_not_be_decided() {
    let (alice, events, _) = alice().await;
    for (undecided, reason) in [("", Reason::PermissionUndecided), ("panic", Reason::VerifierPanicked)] {
        let objects = [OURS, Order { placed_by: undecided }, THEIRS, OURS, NOBODYS];
        let permitted = alice.permit_each::<CanSee, _>(objects).unwrap();
        assert_eq!(permitted.iter().map(|order| &**order).collect::<Vec<_>>(), [&OURS, &OURS]);
        let event = the_only(&events);
        assert_eq!((event.reason, event.class, event.status), (reason, Class::Unavailable, 404));
        assert!(event.detail.is_some_and(|detail| detail.ends_with("left out of a list")));
    }
}

#[tokio::test]
async fn objects_that_belong_together_are_permitted_together() {
    let (alice, _, _) = alice().await;
    alice.permit::<CanMove, _>((OURS, OURS)).map(drop).unwrap();
    for pair in [(OURS, THEIRS), (THEIRS, OURS)] {
        assert_eq!(alice.permit::<CanMove, _>(pair).unwrap_err().status(), 403);
    }
}

/// As [`Friends`], and whether there is such an order is a secret.
struct SecretFriends(Friends);

impl AsyncRule<Claims, Order> for SecretFriends {
    const NAME: &'static str = "see a friend's secret order";
    const ON_DENY: OnDeny = OnDeny::NotFound;
    async fn check(&self, claims: &Claims, order: &Order) -> Result<(), Denied> {
        self.0.check(claims, order).await
    }
}

/// A rule that looks something up.
enum Friends {
    Known(&'static [&'static str]),
    Unreachable,
    Silent,
    Broken,
}

impl AsyncRule<Claims, Order> for Friends {
    const NAME: &'static str = "see a friend's order";
    async fn check(&self, _: &Claims, order: &Order) -> Result<(), Denied> {
        tokio::task::yield_now().await;
        match self {
            Self::Known(friends) if friends.contains(&order.placed_by) => Ok(()),
            Self::Known(_) => Err(Denied::new("no friend")),
            Self::Unreachable => Err(Denied::undecided("the friends can't be reached")),
            Self::Silent => pending().await,
            Self::Broken => panic!("for the test"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_rule_may_look_something_up_and_fails_closed_as_any_other() {
    let (alice, events, _) = alice().await;
    let theirs: Permitted<_, Friends> = alice.permit_with(&Friends::Known(&["bob"]), THEIRS).await.unwrap();
    assert_eq!(*theirs, THEIRS);
    assert!(events.take().is_empty());
    for (friends, rejection) in [
        (Friends::Known(&[]), Rejection::NotPermitted { rule: r#""see a friend's order" by runtime::rules::Friends"# }),
        (Friends::Unreachable, Rejection::Unavailable(Reason::PermissionUndecided)),
        // The clock is paused, and jumps to the verifier's time limit when no task can run.
        (Friends::Silent, Rejection::Unavailable(Reason::VerifierTimeout)),
        (Friends::Broken, Rejection::Unavailable(Reason::VerifierPanicked)),
    ] {
        assert_eq!(alice.permit_with(&friends, THEIRS).await.unwrap_err(), rejection);
        assert_eq!(the_only(&events).permission, Some(r#""see a friend's order" by runtime::rules::Friends"#));
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_of_a_rule_that_looks_something_up_is_an_object_that_is_not_there() {
    let (alice, events, _) = alice().await;
    for (friends, reason, class) in [
        (Friends::Known(&[]), Reason::Denied, Class::Denied),
        (Friends::Unreachable, Reason::PermissionUndecided, Class::Unavailable),
        (Friends::Silent, Reason::VerifierTimeout, Class::Unavailable),
        (Friends::Broken, Reason::VerifierPanicked, Class::Unavailable),
    ] {
        let rejection = alice.permit_with(&SecretFriends(friends), THEIRS).await.unwrap_err();
        assert_secret(rejection, the_only(&events), reason, class).await;
    }
}

#[tokio::test]
async fn a_permission_that_cannot_be_decided_is_503_and_not_403() {
    struct Unreachable;
    impl Permission<Claims> for Unreachable {
        const NAME: &'static str = "unreachable";
        fn check(_: &Claims) -> Result<(), Denied> {
            Err(Denied::undecided("the policy can't be reached"))
        }
    }
    let (alice, events, _) = alice().await;
    let rejection = alice.require::<(Unreachable, Unreachable)>().map(drop).unwrap_err();
    assert_eq!(rejection, Rejection::Unavailable(Reason::PermissionUndecided));
    let named = the_only(&events).permission.unwrap();
    assert!(named.starts_with("unreachable by runtime::rules::") && named.ends_with("::Unreachable"), "{named}");
}
