//! The store is down: nobody gets in, unless the configuration says for how long.

use crate::support::{ISSUER, Mint, NOW, Server, claims, with};
use auth_runtime::{
    Algorithm, Claims, ConfigError, Events, NoticeKind, RevocationError, RevocationList, Revocations, TokenIdentity,
    Verifier,
};
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Has revoked bob, and can be taken down.
#[derive(Clone, Default)]
struct Store {
    down: Arc<AtomicBool>,
}

impl Store {
    fn goes(&self, down: bool) {
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
async fn t50_without_the_store_nobody_gets_in_and_one_outage_is_one_notice() {
    let store = Store::default();
    let server = server(&store, 0).await;
    server.accepts_the_good_token().await;
    store.goes(true);
    for _ in 0..10 {
        server.cannot_tell(&server.good()).await;
        server.cannot_tell(&bob()).await;
    }
    let notices = server.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(notices[0].notice, NoticeKind::RevocationsUnavailable);
    assert_eq!(notices[0].detail, "the test's store: connection refused; tokens get 503");

    store.goes(false);
    server.accepts_the_good_token().await;
    server.refuses_as_revoked(&bob()).await;
    assert_eq!(kinds(&server), [], "one good answer among bad ones is no end of it");
    server.clock.set(NOW + 10);
    server.accepts(&good_at(NOW + 10)).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsRestored]);
}

#[tokio::test]
async fn t50_a_grace_is_bounded_and_said() {
    let store = Store::default();
    let server = server(&store, 60).await;
    server.refuses_as_revoked(&bob()).await;
    store.goes(true);
    // What the configuration asks for: nobody is asked.
    server.accepts_the_good_token().await;
    server.accepts(&bob()).await;
    let notices = server.notices();
    assert_eq!(notices.len(), 1);
    assert!(notices[0].detail.contains("for 1 min tokens are accepted without the check"), "{notices:?}");
    server.clock.set(NOW + 59);
    server.accepts(&good_at(NOW + 59)).await;
    server.clock.set(NOW + 60);
    server.cannot_tell(&good_at(NOW + 60)).await;
    server.cannot_tell(&good_at(NOW + 60)).await;
    assert_eq!(kinds(&server), []);
}

/// A store of the service's own: an answer that can't be read is not an outage, also in the middle of one.
#[tokio::test]
async fn a_grace_covers_no_answer_that_cannot_be_read() {
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
        .verifier(|builder| builder.revocations(Answers).without_revocations_for(Duration::from_mins(1)))
        .start()
        .await;
    let of = |subject: &str| Mint::of(Algorithm::Ed25519).token(&with(claims(), "sub", subject));
    server.cannot_tell(&server.good()).await;
    assert_eq!(kinds(&server), [], "not an outage");
    server.accepts(&of("down")).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsUnavailable]);
    server.cannot_tell(&server.good()).await;
    server.refuses_as_revoked(&of("bob")).await;
    assert_eq!(server.exchange(crate::support::get_with("/me", &of("panic"))).await.status, 503);
}

/// Else half an outage would be a grace without end.
#[tokio::test]
async fn a_store_that_answers_now_and_then_does_not_start_the_grace_anew() {
    let store = Store::default();
    let server = server(&store, 60).await;
    for second in 0..60 {
        server.clock.set(NOW + second);
        store.goes(second % 2 == 0);
        server.accepts(&good_at(NOW + second)).await;
    }
    server.clock.set(NOW + 60);
    store.goes(true);
    server.cannot_tell(&good_at(NOW + 60)).await;
    // While it answers, it is believed.
    store.goes(false);
    server.accepts(&good_at(NOW + 60)).await;
    server.refuses_as_revoked(&bob()).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsUnavailable]);
    // Well for as long as the grace: the next outage is another one.
    server.clock.set(NOW + 120);
    server.accepts(&good_at(NOW + 120)).await;
    store.goes(true);
    server.accepts(&good_at(NOW + 120)).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsRestored, NoticeKind::RevocationsUnavailable]);
}

/// However long it is well in between, as long as that is shorter than the grace.
#[tokio::test]
async fn a_store_that_is_well_for_a_part_of_the_grace_does_not_start_it_anew() {
    let store = Store::default();
    let server = server(&store, 60).await;
    for second in [0, 20, 40] {
        store.goes(true);
        server.clock.set(NOW + second);
        server.accepts(&good_at(NOW + second)).await;
        store.goes(false);
        server.clock.set(NOW + second + 19);
        server.accepts(&good_at(NOW + second + 19)).await;
    }
    store.goes(true);
    server.clock.set(NOW + 60);
    server.cannot_tell(&good_at(NOW + 60)).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsUnavailable]);
}

#[tokio::test]
async fn a_store_that_says_of_a_token_that_it_was_revoked_has_answered() {
    let store = Store::default();
    let server = server(&store, 0).await;
    store.goes(true);
    server.cannot_tell(&bob()).await;
    store.goes(false);
    server.clock.set(NOW + 10);
    server.refuses_as_revoked(&bob()).await;
    assert_eq!(kinds(&server), [NoticeKind::RevocationsUnavailable, NoticeKind::RevocationsRestored]);
}

/// T53: the verifier's clock is set back, the machine's goes on.
#[tokio::test]
async fn a_clock_that_is_set_back_does_not_prolong_the_grace() {
    let store = Store::default();
    let server = server(&store, 1).await;
    store.goes(true);
    server.accepts_the_good_token().await;
    server.clock.set(NOW - 3600);
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.cannot_tell(&good_at(NOW - 3600)).await;
}

#[test]
fn a_grace_is_named_in_the_posture_and_has_bounds() {
    let builder = || {
        Verifier::<Claims>::builder()
            .issuer(ISSUER)
            .audience("orders")
            .keys(Mint::of(Algorithm::Ed25519).key())
            .events(Events::collect().0)
    };
    let error =
        builder().revocations(RevocationList::default()).without_revocations_for(Duration::from_mins(16)).build();
    assert!(matches!(error, Err(ConfigError::OutOfBounds { name: "without_revocations_for", .. })), "{error:?}");
    let error = builder().without_revocations_for(Duration::from_mins(1)).build();
    assert!(matches!(error, Err(ConfigError::OutOfBounds { name: "without_revocations_for", .. })), "{error:?}");
    for interval in [Duration::ZERO, Duration::from_mins(6)] {
        let error = builder().recheck_every(interval).build();
        assert!(matches!(error, Err(ConfigError::OutOfBounds { name: "recheck_every", .. })), "{error:?}");
    }

    let posture = |without_for| {
        let verifier = builder()
            .revocations(RevocationList::new(7, Duration::from_hours(25)))
            .without_revocations_for(without_for)
            .build()
            .unwrap();
        let app: auth_runtime::AuthRouter =
            auth_runtime::AuthRouter::new().route("/me", auth_runtime::routing::get(me)).with_state(verifier);
        app.posture().to_string()
    };
    assert!(posture(Duration::ZERO).contains("revocations in the memory of this instance, up to 7"));
    let loud = "revocations in the memory of this instance, up to 7; WHILE IT IS DOWN, tokens are accepted without it for 1 min";
    assert!(posture(Duration::from_mins(1)).contains(loud));
}

#[auth_runtime::authenticated]
async fn me() {}
