//! The verifiers in a lock, and routers that no longer hide unmatched routes.

use super::tests::{App, app, differences, lock};
use super::{Direction, Lock};
use auth_runtime::routing::post;
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Denied, Despite, Events, Permission, TokenType, Verifier, VerifyingKey, Visitor,
};
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

#[derive(Debug)]
struct NotSuspended;

impl Permission<Claims> for NotSuspended {
    const NAME: &'static str = "not suspended";

    fn check(_: &Claims) -> Result<(), Denied> {
        Ok(())
    }
}

fn suspendable() -> Verifier<Claims> {
    let key = VerifyingKey::hs256(b"a key for the tests of this lock only, 1").unwrap();
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(key)
        .events(Events::collect().0)
        .always_requires::<NotSuspended>()
        .build()
        .unwrap()
}

#[test]
fn a_condition_that_is_removed_or_waived_opens() {
    async fn guarded(_: Authenticated<Claims>) {}
    async fn waived(_: Authenticated<Claims, Despite<NotSuspended>>) {}
    let named = "\"not suspended\" by auth_testkit::lock::tests_of_verifiers::NotSuspended";
    let strict = lock_of(suspendable());
    let text = strict.to_string();
    assert!(
        text.contains(&format!("VERIFIER auth_runtime::Claims always-requires {}\n", serde_json::Value::from(named))),
        "{text}"
    );
    assert_eq!(Lock::parse(&text), Ok(strict.clone()));

    let removed = lock_of(verifier(Duration::from_secs(24 * 60 * 60), TokenType::AccessToken));
    let found = strict.differences(&removed);
    assert_eq!((found.len(), found[0].direction), (1, Direction::Opens), "{found:?}");
    assert!(found[0].what.contains(&format!("no longer requires {named} on every route")), "{found:?}");
    assert_eq!(removed.differences(&strict)[0].direction, Direction::Closes);

    let with = |handler: auth_runtime::MethodRoutes<Verifier<Claims>>| {
        let app: AuthRouter = AuthRouter::new().route("/password", handler).with_state(suspendable());
        Lock::of(&app.posture())
    };
    let (kept, waives) = (with(post(guarded)), with(post(waived)));
    let row = format!("POST /password authenticated as auth_runtime::Claims despite {named}\n");
    assert!(waives.to_string().contains(&row), "{waives}");
    assert_eq!(Lock::parse(&waives.to_string()), Ok(waives.clone()));
    let found = kept.differences(&waives);
    assert_eq!((found.len(), found[0].direction), (1, Direction::Opens), "{found:?}");
    assert!(found[0].what.ends_with(&format!(", despite {named}")), "{found:?}");
    assert_eq!(waives.differences(&kept)[0].direction, Direction::Closes);
    let new = Lock::parse("").unwrap().differences(&waives);
    assert!(new.iter().any(|row| row.direction == Direction::Opens), "{new:?}");
}

/// The row of one verifier would hide that the other has lost its condition, so the routes name it.
#[test]
fn a_condition_of_one_of_two_verifiers_is_in_its_routes() {
    async fn guarded(_: Authenticated<Claims>) {}
    async fn waived(_: Authenticated<Claims, Despite<NotSuspended>>) {}
    async fn visited(_: Visitor<Claims>) {}
    let lax = || verifier(Duration::from_secs(24 * 60 * 60), TokenType::AccessToken);
    let with = |a, b, c| {
        let of =
            |path, handler, verifier: Verifier<Claims>| AuthRouter::new().route(path, handler).with_state(verifier);
        let app: AuthRouter = of("/a", post(guarded), a).merge(of("/b", post(guarded), b));
        let app = app.merge(of("/c", post(waived), c)).merge(of("/d", post(visited), suspendable()));
        Lock::of(&app.posture())
    };
    let mixed = with(suspendable(), lax(), suspendable());
    let text = mixed.to_string();
    assert!(!text.contains("VERIFIER"), "{text}");
    let named = "\"not suspended\" by auth_testkit::lock::tests_of_verifiers::NotSuspended";
    let quoted = serde_json::Value::from(named);
    let a = format!("POST /a authenticated as auth_runtime::Claims always-requires {quoted}\n");
    let d = format!("POST /d PUBLIC recognises auth_runtime::Claims without a reason always-requires {quoted}\n");
    assert!(text.contains(&a) && text.contains(&d), "{text}");
    assert!(text.contains("POST /b authenticated as auth_runtime::Claims\n"), "{text}");
    assert_eq!(Lock::parse(&text), Ok(mixed.clone()));

    let claims = "VERIFIER auth_runtime::Claims";
    let strict = with(suspendable(), suspendable(), suspendable());
    for (before, now, direction, what) in [
        (&mixed, with(lax(), lax(), suspendable()), Direction::Opens, format!("no longer requires {named} on POST /a")),
        (
            &mixed,
            with(lax(), suspendable(), suspendable()),
            Direction::Opens,
            format!("no longer requires {named} on POST /a"),
        ),
        (&mixed, strict.clone(), Direction::Closes, format!("now requires {named} on every route")),
        (
            &strict,
            mixed.clone(),
            Direction::Opens,
            format!("no longer requires {named} on every route: not on POST /b"),
        ),
    ] {
        let found = before.differences(&now);
        let first = found.iter().find(|found| found.direction == direction).expect("a difference");
        assert_eq!((first.route.as_str(), first.what.as_str()), (claims, what.as_str()), "{found:?}");
    }
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

/// The condition is lost with the claims type, whose other verifier still requires it.
#[test]
fn a_route_that_loses_a_condition_with_its_claims_type_opens() {
    let lock = |claims: &str, decided: &str| {
        let everywhere = "VERIFIER Claims always-requires \"not suspended\"\n";
        let text = format!("GET /a authenticated as {claims}{decided}\nGET /b authenticated as Claims\n{everywhere}");
        Lock::parse(&text).expect("a lock")
    };
    let opened = |now: &Lock| {
        let found = lock("Claims", "").differences(now);
        let opens = found.into_iter().filter(|change| change.direction == Direction::Opens);
        opens.map(|change| (change.route, change.what)).collect::<Vec<_>>()
    };
    let lost = ("GET /a".to_owned(), "no longer requires not suspended".to_owned());
    assert_eq!(opened(&lock("Staff", "")), [lost]);
    assert_eq!(opened(&lock("Staff", " always-requires \"not suspended\"")), []);
}
