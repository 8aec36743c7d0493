//! Tests that no token is accepted while the store is down, unless a grace is configured.

use crate::support::{ISSUER, Mint, NOW, Server, claims, with};
use auth_runtime::events::NoticeKind;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{RevocationError, RevocationList, Revocations, TokenIdentity};
use auth_runtime::{Claims, ConfigError, Events, Verifier};
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A store that has revoked bob's tokens, and that a test can take down.
#[derive(Clone, Default)]
struct Store {
    down: Arc<AtomicBool>,
}

impl Store {
    fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }
}

impl Revocations for Store {
    fn check<'a>(
        &'a self,
        token: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        Box::pin(ready(match token.subject {
            _ if self.down.load(Ordering::SeqCst) => Err(RevocationError::Unavailable("connection refused".into())),
            "bob" => Err(RevocationError::Revoked),
            _ => Ok(()),
        }))
    }

    fn name(&self) -> String {
        "the test's store".to_owned()
    }
}

async fn server(store: &Store, without_for: u64) -> Server {
    let store = store.clone();
    let without_for = Duration::from_secs(without_for);
    Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(store).without_revocations_for(without_for))
        .start()
        .await
}

fn good_at(now: u64) -> String {
    Mint::of(Algorithm::Ed25519).token(&with(with(claims(), "iat", now), "exp", now + 300))
}

fn bob() -> String {
    Mint::of(Algorithm::Ed25519).token(&with(claims(), "sub", "bob"))
}

fn kinds(server: &Server) -> Vec<NoticeKind> {
    server.notices().into_iter().map(|notice| notice.notice).collect()
}

#[tokio::test]
async fn t50_without_the_store_no_token_is_accepted_and_an_outage_makes_one_notice() {
    let store = Store::default();
    let server = server(&store, 0).await;
    server.accepts_the_good_token().await;
    store.set_down(true);
    for _ in 0..10 {
        server.answers_503(&server.good()).await;
        server.answers_503(&bob()).await;
    }
    let notices = server.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(notices[0].notice, NoticeKind::RevocationsUnavailable);
    assert_eq!(notices[0].detail, "the test's store: connection refused; tokens get 503");

    store.set_down(false);
    server.accepts_the_good_token().await;
    server.refuses_as_revoked(&bob()).await;
    assert_eq!(kinds(&server), [], "one good answer between failures does not end the outage");
    server.clock.set(NOW + 10);
    server.accepts(&good_at(NOW + 10)).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsRestored]);
}

#[tokio::test]
async fn t50_a_grace_is_limited_and_makes_a_notice() {
    let store = Store::default();
    let server = server(&store, 60).await;
    server.refuses_as_revoked(&bob()).await;
    store.set_down(true);
    // The configuration asks for this: the token is accepted without the check.
    server.accepts_the_good_token().await;
    server.accepts(&bob()).await;
    let notices = server.notices();
    assert_eq!(notices.len(), 1);
    assert!(notices[0].detail.contains("for 1 min tokens are accepted without the check"), "{notices:?}");
    server.clock.set(NOW + 59);
    server.accepts(&good_at(NOW + 59)).await;
    server.clock.set(NOW + 60);
    server.answers_503(&good_at(NOW + 60)).await;
    server.answers_503(&good_at(NOW + 60)).await;
    assert_eq!(kinds(&server), []);
}

/// For a service's own store, an unreadable answer is not an outage, not even during one.
#[tokio::test]
async fn a_grace_does_not_cover_an_unreadable_answer() {
    struct Answers;

    impl Revocations for Answers {
        fn check<'a>(
            &'a self,
            token: &'a TokenIdentity<'a>,
        ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
            Box::pin(ready(Err(match token.subject {
                "down" => RevocationError::Unavailable("connection refused".into()),
                "bob" => RevocationError::Revoked,
                "panic" => panic!("in the store"),
                _ => RevocationError::Unreadable("no such table".into()),
            })))
        }
    }

    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.revocations(Answers).without_revocations_for(Duration::from_secs(60)))
        .start()
        .await;
    let of = |subject: &str| Mint::of(Algorithm::Ed25519).token(&with(claims(), "sub", subject));
    server.answers_503(&server.good()).await;
    assert_eq!(kinds(&server), [], "not an outage");
    server.accepts(&of("down")).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsUnavailable]);
    server.answers_503(&server.good()).await;
    server.refuses_as_revoked(&of("bob")).await;
    assert_eq!(server.exchange(crate::support::get_with("/me", &of("panic"))).await.status, 503);
}

/// Otherwise a store that fails half of the time would extend the grace without end.
#[tokio::test]
async fn an_occasional_answer_does_not_restart_the_grace() {
    let store = Store::default();
    let server = server(&store, 60).await;
    for second in 0..60 {
        server.clock.set(NOW + second);
        store.set_down(second % 2 == 0);
        server.accepts(&good_at(NOW + second)).await;
    }
    server.clock.set(NOW + 60);
    store.set_down(true);
    server.answers_503(&good_at(NOW + 60)).await;
    // An answer of the store counts.
    store.set_down(false);
    server.accepts(&good_at(NOW + 60)).await;
    server.refuses_as_revoked(&bob()).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsUnavailable]);
    // After a whole grace without a failure, the next outage is a new one.
    server.clock.set(NOW + 120);
    server.accepts(&good_at(NOW + 120)).await;
    store.set_down(true);
    server.accepts(&good_at(NOW + 120)).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsRestored, NoticeKind::RevocationsUnavailable]);
}

/// The store may work in between, for less than the grace.
#[tokio::test]
async fn a_recovery_shorter_than_the_grace_does_not_restart_it() {
    let store = Store::default();
    let server = server(&store, 60).await;
    for second in [0, 20, 40] {
        store.set_down(true);
        server.clock.set(NOW + second);
        server.accepts(&good_at(NOW + second)).await;
        store.set_down(false);
        server.clock.set(NOW + second + 19);
        server.accepts(&good_at(NOW + second + 19)).await;
    }
    store.set_down(true);
    server.clock.set(NOW + 60);
    server.answers_503(&good_at(NOW + 60)).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsUnavailable]);
}

#[tokio::test]
async fn the_answer_revoked_ends_an_outage() {
    let store = Store::default();
    let server = server(&store, 0).await;
    store.set_down(true);
    server.answers_503(&bob()).await;
    store.set_down(false);
    server.clock.set(NOW + 10);
    server.refuses_as_revoked(&bob()).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsUnavailable, NoticeKind::RevocationsRestored]);
}

/// T53: the verifier's clock is set back, the machine's clock is not.
#[tokio::test]
async fn a_clock_that_is_set_back_does_not_prolong_the_grace() {
    let store = Store::default();
    let server = server(&store, 1).await;
    store.set_down(true);
    server.accepts_the_good_token().await;
    server.clock.set(NOW - 3600);
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.answers_503(&good_at(NOW - 3600)).await;
}

#[test]
fn a_grace_is_in_the_posture_and_has_limits() {
    let builder = || {
        Verifier::<Claims>::builder()
            .issuer(ISSUER)
            .audience("orders")
            .keys(Mint::of(Algorithm::Ed25519).key())
            .events(Events::collect().0)
    };
    let error =
        builder().revocations(RevocationList::default()).without_revocations_for(Duration::from_secs(16 * 60)).build();
    assert!(matches!(error, Err(ConfigError::OutOfBounds { name: "without_revocations_for", .. })), "{error:?}");
    let error = builder().without_revocations_for(Duration::from_secs(60)).build();
    assert!(matches!(error, Err(ConfigError::OutOfBounds { name: "without_revocations_for", .. })), "{error:?}");
    for interval in [Duration::ZERO, Duration::from_secs(6 * 60)] {
        let error = builder().recheck_every(interval).build();
        assert!(matches!(error, Err(ConfigError::OutOfBounds { name: "recheck_every", .. })), "{error:?}");
    }

    let posture = |without_for| {
        let verifier = builder()
            .revocations(RevocationList::new(7, Duration::from_secs(25 * 60 * 60)))
            .without_revocations_for(without_for)
            .build()
            .unwrap();
        let app: auth_runtime::AuthRouter =
            auth_runtime::AuthRouter::new().route("/me", auth_runtime::routing::get(me)).with_state(verifier);
        app.posture().to_string()
    };
    assert!(posture(Duration::ZERO).contains("revocations in the memory of this instance, up to 7"));
    let expected = "revocations in the memory of this instance, up to 7; WHILE IT IS DOWN, tokens are accepted without it for 1 min";
    assert!(posture(Duration::from_secs(60)).contains(expected));
}

#[auth_runtime::authenticated]
async fn me() {}
