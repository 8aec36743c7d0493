//! The verifiers in a lock, and routers that no longer hide unmatched routes.

use super::tests::{App, app, differences, lock};
use super::{Direction, Lock};
use auth_runtime::{AuthRouter, Claims, Events, TokenType, Verifier, VerifyingKey};
use std::time::Duration;

fn verifier(lifetime: Duration, token_type: TokenType) -> Verifier<Claims> {
    let key = VerifyingKey::hs256(b"a key for the tests of this lock only, 1").unwrap();
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(key)
        .events(Events::collect().0)
        .max_lifetime(lifetime)
        .token_type(token_type)
        .build()
        .unwrap()
}

fn lock_of(verifier: Verifier<Claims>) -> Lock {
    let app: AuthRouter = app().with_state(verifier);
    Lock::of(&app.posture())
}

#[test]
fn a_verifier_has_a_row_for_each_weakness_and_none_without() {
    let plain = lock_of(verifier(Duration::from_secs(60 * 60), TokenType::AccessToken));
    assert!(!plain.to_string().contains("VERIFIER"), "{plain}");
    let weak = lock_of(verifier(Duration::from_secs(48 * 60 * 60), TokenType::AnyJwt));
    let text = weak.to_string();
    for row in [
        "VERIFIER auth_runtime::Claims \"accepts any JWT of https://id.example.com/\"\n",
        "VERIFIER auth_runtime::Claims \"accepts a lifetime up to ",
    ] {
        assert!(text.contains(row), "{text}");
    }
    assert_eq!(Lock::parse(&text), Ok(weak));
    for broken in ["VERIFIER ", "VERIFIER Claims", "VERIFIER Claims \"open", "VERIFIER Claims a b"] {
        assert!(Lock::parse(broken).is_err(), "{broken}");
    }
    let twice = "VERIFIER Claims a\nVERIFIER Claims a\n";
    assert_eq!(Lock::parse(twice).unwrap_err().line, 2);
}

#[test]
fn a_verifier_that_accepts_more_opens() {
    let (day, month) = (Duration::from_secs(24 * 60 * 60), Duration::from_secs(720 * 60 * 60));
    let (before, now) = (verifier(day, TokenType::AccessToken), verifier(month, TokenType::AccessToken));
    let (before, now) = (lock_of(before), lock_of(now));
    let found = before.differences(&now);
    assert_eq!((found.len(), found[0].direction), (1, Direction::Opens), "{found:?}");
    let text = found[0].to_string();
    assert!(text.starts_with("VERIFIER auth_runtime::Claims now accepts a lifetime up to "), "{text}");
    let back = now.differences(&before);
    assert_eq!((back.len(), back[0].direction), (1, Direction::Closes), "{back:?}");
    assert!(back[0].to_string().contains("no longer accepts a lifetime"), "{back:?}");
}

/// Without it, 404 and 401 tell any client which paths exist.
#[test]
fn a_router_that_no_longer_hides_unmatched_routes_opens() {
    let hidden: App = app().hide_unmatched::<Claims>();
    let found = differences(&hidden, &app());
    assert_eq!(found.len(), 2, "{found:?}");
    for (direction, text) in &found {
        assert_eq!(*direction, Direction::Opens, "{text}");
        assert!(text.contains("is now 404 or 405 to every client: any client can tell"), "{text}");
    }
    let closed = differences(&app(), &hidden);
    assert!(closed.iter().all(|(direction, _)| *direction == Direction::Closes), "{closed:?}");
    assert_eq!(lock(&hidden), lock(&app().hide_unmatched::<Claims>()));
}
