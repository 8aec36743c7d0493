//! Tests revocations in the memory of one instance.

use crate::support::{ISSUER, KID, Mint, NOW, Server, claims, routes, with, without};
use auth_runtime::credentials::TrustedIssuer;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{Revocation, RevocationList, RevokeError};
use auth_runtime::routing::post;
use auth_runtime::{Authenticated, Claims, ConfigError, Events, TokenType, Verifier, authenticated};
use axum::extract::FromRef;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

async fn server(list: &RevocationList) -> Server {
    let list = list.clone();
    Server::with(Algorithm::Ed25519).verifier(move |builder| builder.revocations(list)).start().await
}

fn token(changes: &[(&str, &str)]) -> String {
    let claims = changes.iter().fold(claims(), |claims, (name, value)| with(claims, name, *value));
    Mint::of(Algorithm::Ed25519).token(&claims)
}

#[tokio::test]
async fn t50_a_token_is_revoked_by_its_id_and_no_other_is() {
    let list = RevocationList::default();
    let server = server(&list).await;
    server.accepts_the_good_token().await;
    list.revoke(&Revocation::token(ISSUER, "5f3b")).unwrap();
    server.refuses_as_revoked(&server.good()).await;
    for other in ["5f3", "5f3b ", "5F3B", "5f3b\0"] {
        server.accepts(&token(&[("jti", other)])).await;
    }
}

#[tokio::test]
async fn t50_a_session_is_revoked_with_all_its_tokens() {
    let list = RevocationList::default();
    let server = server(&list).await;
    list.revoke(&Revocation::session(ISSUER, "s1")).unwrap();
    server.refuses_as_revoked(&token(&[("sid", "s1")])).await;
    server.refuses_as_revoked(&token(&[("sid", "s1"), ("jti", "another"), ("sub", "bob")])).await;
    server.accepts(&token(&[("sid", "s2")])).await;
    // The names of tokens, sessions and subjects are separate.
    server.accepts(&token(&[("jti", "s1")])).await;
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn t50_a_subject_is_revoked_with_the_tokens_issued_up_to_then() {
    let list = RevocationList::default();
    let server = server(&list).await;
    let issued = |iat: u64| Mint::of(Algorithm::Ed25519).token(&with(claims(), "iat", iat));
    // The issuer's clock may be ahead by the leeway of 30 seconds.
    list.revoke(&Revocation::subject(ISSUER, "alice", at(NOW - 60))).unwrap();
    for old in [NOW - 600, NOW - 61, NOW - 60, NOW - 31, NOW - 30] {
        server.refuses_as_revoked(&issued(old)).await;
    }
    server.accepts(&issued(NOW - 29)).await;
    // `issued_up_to` includes the whole second.
    let issued_half_a_second_later = with(claims(), "iat", f64::from(u32::try_from(NOW - 30).unwrap()) + 0.5);
    server.refuses_as_revoked(&Mint::of(Algorithm::Ed25519).token(&issued_half_a_second_later)).await;
    server.accepts(&token(&[("sub", "bob")])).await;
    // An earlier time restores no token, and a later one revokes more.
    list.revoke(&Revocation::subject(ISSUER, "alice", at(NOW - 300))).unwrap();
    server.refuses_as_revoked(&issued(NOW - 30)).await;
    list.revoke(&Revocation::subject(ISSUER, "alice", at(NOW))).unwrap();
    server.refuses_as_revoked(&issued(NOW - 29)).await;
}

/// Logs a subject out everywhere, for an issuer whose clock is 20 seconds ahead.
#[tokio::test]
async fn t50_a_token_of_an_issuer_whose_clock_is_ahead_is_revoked_also_when_it_is_cached() {
    let list = RevocationList::default();
    let server = server(&list).await;
    let issued = |iat: u64| Mint::of(Algorithm::Ed25519).token(&with(claims(), "iat", iat));
    // Issued 5 seconds before the revocation.
    let ahead = issued(NOW + 15);
    server.accepts(&ahead).await;
    list.revoke(&Revocation::subject(ISSUER, "alice", at(NOW))).unwrap();
    server.refuses_as_revoked(&ahead).await;
    server.refuses_as_revoked(&ahead).await;
    server.refuses_as_revoked(&issued(NOW + 30)).await;
    server.clock.set(NOW + 1);
    server.accepts(&issued(NOW + 31)).await;
}

/// The verifier has a leeway of its own.
#[tokio::test]
async fn a_leeway_of_zero_revokes_up_to_the_second() {
    let list = RevocationList::default();
    let attached = list.clone();
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(attached).leeway(Duration::ZERO))
        .start()
        .await;
    let issued = |iat: u64| Mint::of(Algorithm::Ed25519).token(&with(claims(), "iat", iat));
    list.revoke(&Revocation::subject(ISSUER, "alice", at(NOW - 1))).unwrap();
    server.refuses_as_revoked(&issued(NOW - 1)).await;
    server.accepts(&issued(NOW)).await;
}

#[tokio::test]
async fn a_token_without_iat_is_revoked_with_its_subject() {
    let list = RevocationList::default();
    let verified = list.clone();
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(verified).token_type(TokenType::AnyJwt))
        .start()
        .await;
    let undated = Mint::of(Algorithm::Ed25519).token(&without(claims(), "iat"));
    server.accepts(&undated).await;
    list.revoke(&Revocation::subject(ISSUER, "alice", at(1))).unwrap();
    server.refuses_as_revoked(&undated).await;
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn t28_a_revocation_of_one_issuer_does_not_affect_another() {
    let list = RevocationList::default();
    let (other, revoked) = ("https://partners.example/", list.clone());
    let partner = Mint::untrusted(Algorithm::Ed25519);
    let trusted = TrustedIssuer::new(other, partner.key());
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(revoked).also_trust(trusted))
        .start()
        .await;
    let other_issuers_token = partner.token_of(KID, &with(claims(), "iss", other));
    for revocation in [
        Revocation::token(other, "5f3b"),
        Revocation::session(other, "s"),
        Revocation::subject(other, "alice", at(NOW)),
    ] {
        list.revoke(&revocation).unwrap();
    }
    server.accepts_the_good_token().await;
    server.refuses_as_revoked(&other_issuers_token).await;
}

#[derive(Clone)]
struct App {
    verifier: Verifier<Claims>,
    revoked: RevocationList,
}

impl FromRef<App> for Verifier<Claims> {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

#[tokio::test]
async fn a_handler_logs_its_caller_out() {
    #[authenticated]
    async fn logout(
        auth: Authenticated<Claims>,
        axum::extract::State(app): axum::extract::State<App>,
    ) -> Result<&'static str, String> {
        let token = auth.token_identity().revocation().map_err(|error| error.to_string())?;
        app.revoked.revoke(&token).map_err(|error| error.to_string())?;
        Ok("bye")
    }

    let list = RevocationList::default();
    let revoked = list.clone();
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(list))
        .app(move |service| {
            let logout = auth_runtime::AuthRouter::new().route("/logout", post(logout));
            routes().with_state(service.clone()).merge(logout.with_state(App { verifier: service.verifier, revoked }))
        })
        .start()
        .await;
    let logout = format!(
        "POST /logout HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-length: 0\r\n\r\n",
        server.good()
    );
    assert_eq!(server.exchange(&logout).await.text(), "bye");
    server.refuses_as_revoked(&server.good()).await;
    server.accepts(&token(&[("jti", "of another device")])).await;
}

/// Attaches a list to a verifier.
fn attached(list: RevocationList) -> RevocationList {
    let shared = list.clone();
    let verifier = Verifier::<Claims>::builder()
        .issuer(ISSUER)
        .audience("orders")
        .keys(Mint::of(Algorithm::Ed25519).key())
        .events(Events::collect().0)
        .leeway(Duration::ZERO)
        .max_lifetime(Duration::from_millis(1))
        .revocations(shared);
    drop(verifier.build().expect("a verifier"));
    list
}

/// A second list beside the one that the verifier reads, or a verifier without a list.
#[test]
fn a_revocation_in_a_list_without_a_verifier_is_an_error() {
    let list = RevocationList::default();
    assert_eq!(list.revoke(&Revocation::token(ISSUER, "5f3b")), Err(RevokeError::NoVerifier));
    // A verifier that could not be built does not read a list.
    let unbuilt = Verifier::<Claims>::builder()
        .issuer(ISSUER)
        .audience(" ")
        .keys(Mint::of(Algorithm::Ed25519).key())
        .events(Events::collect().0)
        .revocations(list.clone())
        .build();
    assert!(unbuilt.is_err());
    assert_eq!(list.revoke(&Revocation::token(ISSUER, "5f3b")), Err(RevokeError::NoVerifier));
    attached(list.clone()).revoke(&Revocation::token(ISSUER, "5f3b")).unwrap();
}

#[test]
fn a_full_list_drops_no_entry_to_make_room() {
    let list = attached(RevocationList::new(2, Duration::from_secs(25 * 60 * 60)));
    let token = |id: &str| Revocation::token(ISSUER, id);
    list.revoke(&token("a")).unwrap();
    list.revoke(&Revocation::subject(ISSUER, "alice", at(NOW))).unwrap();
    assert_eq!(list.revoke(&token("b")), Err(RevokeError::Full(2)));
    // An entry that exists needs no further room.
    list.revoke(&token("a")).unwrap();
    list.revoke(&Revocation::subject(ISSUER, "alice", at(NOW + 1))).unwrap();
    assert_eq!(list.revoke(&Revocation::session(ISSUER, "b")), Err(RevokeError::Full(2)));
}

#[test]
fn expired_entries_make_room() {
    let list = attached(RevocationList::new(1, Duration::from_millis(20)));
    let token = |id: &str| Revocation::token(ISSUER, id);
    list.revoke(&token("a")).unwrap();
    assert_eq!(list.revoke(&token("b")), Err(RevokeError::Full(1)));
    std::thread::sleep(Duration::from_millis(30));
    list.revoke(&token("b")).unwrap();
    // A time in the future: the entry is kept from then on.
    let list = attached(RevocationList::new(1, Duration::from_millis(20)));
    list.revoke(&Revocation::subject(ISSUER, "alice", SystemTime::now() + Duration::from_secs(60))).unwrap();
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(list.revoke(&token("b")), Err(RevokeError::Full(1)));
}

#[test]
fn a_repeated_revocation_extends_its_entry_and_no_other() {
    let to_come = || SystemTime::now() + Duration::from_secs(60);
    let list = attached(RevocationList::new(1, Duration::from_millis(20)));
    list.revoke(&Revocation::subject(ISSUER, "alice", UNIX_EPOCH)).unwrap();
    list.revoke(&Revocation::subject(ISSUER, "alice", to_come())).unwrap();
    list.revoke(&Revocation::subject(ISSUER, "alice", UNIX_EPOCH)).unwrap();
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(list.revoke(&Revocation::token(ISSUER, "b")), Err(RevokeError::Full(1)));

    let list = attached(RevocationList::new(2, Duration::from_millis(20)));
    list.revoke(&Revocation::token(ISSUER, "a")).unwrap();
    list.revoke(&Revocation::subject(ISSUER, "alice", to_come())).unwrap();
    std::thread::sleep(Duration::from_millis(30));
    list.revoke(&Revocation::token(ISSUER, "b")).unwrap();
}

#[test]
fn no_configured_number_overflows() {
    let list = attached(RevocationList::new(usize::MAX, Duration::MAX));
    list.revoke(&Revocation::subject(ISSUER, "alice", UNIX_EPOCH + Duration::from_secs(i64::MAX as u64))).unwrap();
    list.revoke(&Revocation::subject(ISSUER, "alice", UNIX_EPOCH)).unwrap();
    let long = "x".repeat(1025);
    assert_eq!(list.revoke(&Revocation::token(ISSUER, long)), Err(RevokeError::TooLong));
}

/// If the list dropped a revocation while its token is valid, the token would be accepted again.
#[test]
fn a_list_whose_entries_expire_before_tokens_is_a_build_error() {
    let build = |shared: u64, lifetime: u64| {
        Verifier::<Claims>::builder()
            .issuer(ISSUER)
            .audience("orders")
            .keys(Mint::of(Algorithm::Ed25519).key())
            .events(Events::collect().0)
            .leeway(Duration::from_secs(30))
            .max_lifetime(Duration::from_secs(lifetime))
            .revocations(RevocationList::new(10, Duration::from_secs(shared)))
            .build()
            .map(drop)
    };
    // An `iat` may be 30 seconds ahead, and a token is accepted until 30 seconds after its `exp`.
    build(660, 600).unwrap();
    for too_short in [659, 630, 600] {
        assert!(matches!(build(too_short, 600), Err(ConfigError::OutOfBounds { name: "max_lifetime", .. })));
    }
}

/// Presents the longest-lived token that exists when it is revoked to a list with the shortest
/// allowed retention.
#[tokio::test]
async fn a_revoked_token_is_rejected_until_it_expires() {
    let list = RevocationList::new(10, Duration::from_secs(11 * 60));
    let attached = list.clone();
    let server = Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(attached).max_lifetime(Duration::from_secs(10 * 60)))
        .start()
        .await;
    let longest = with(with(claims(), "iat", NOW + 30), "exp", NOW + 630);
    let longest = Mint::of(Algorithm::Ed25519).token(&longest);
    server.accepts(&longest).await;
    // The last second in which the token would be accepted, and the first in which it has expired.
    server.clock.set(NOW + 659);
    server.accepts(&longest).await;
    server.clock.set(NOW + 660);
    server.refuses(&longest, auth_runtime::events::Reason::Expired).await;
}
