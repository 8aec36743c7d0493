//! Tests the id, the store and the configuration.

use super::support::{EXPIRY, ID, ISSUER, NOW, Store, alice, assert_found, assert_refused, at, found, sessions, user};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{CredentialRecord, CredentialSource};
use crate::credential::session::{NoSessionCaller, SessionData, Sessions};
use auth_events::Reason;
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;
use tower_sessions_core::session::Id;
use tower_sessions_core::session_store::Error;

#[tokio::test]
async fn a_session_becomes_the_record_of_its_user() {
    let record = found(&sessions(&alice(), user)).await.unwrap();
    let sid = Sessions::sid(ID);
    let expected = CredentialRecord::of("alice").scopes(["orders:read"]).id(&sid).session(&sid).expires_at(at(EXPIRY));
    assert_eq!(record, expected);
}

/// Each instance and each release must find the same name, because revocation stores have it.
#[test]
fn the_name_of_a_session_does_not_change_and_is_not_its_id() {
    assert_eq!(ID.to_string(), "782riWdFIwHvzauJZ0UjAQ");
    // printf %s 782riWdFIwHvzauJZ0UjAQ | sha256sum | head -c 32 | xxd -r -p | basenc --base64url
    assert_eq!(Sessions::sid(ID), "XXDQ06G9MndGiXejVXeQqg");
}

#[tokio::test]
async fn a_malformed_id_never_reaches_the_store() {
    let (store, id) = (alice(), ID.to_string());
    let sessions = sessions(&store, user);
    let long = "A".repeat(1 << 20);
    // A signed cookie of tower-cookies: the base64 of an HMAC in front of the value.
    let signed = format!("tD6aFnQmQ7Yq1u3vYw8mXkq0a1b2c3d4e5f6g7h8i9A%3D{id}");
    let quoted = format!("\"{id}\"");
    for malformed in [
        "",
        &id[..21],
        &format!("{id}="),
        &format!("{id}A"),
        &format!(" {}", &id[1..]),
        // Another spelling of the same 16 bytes: the last character has four bits too many.
        &format!("{}R", &id[..21]),
        // base64 with another alphabet.
        &format!("+/{}", &id[2..]),
        &format!("é{}", &id[2..]),
        &signed,
        &quoted,
        &long,
    ] {
        let refusal = assert_refused(sessions.look_up(malformed, at(NOW)).await, Reason::MalformedSession);
        assert!(!refusal.detail.unwrap().contains(&id[..21]));
    }
    assert_eq!(store.look_ups(), 0);
    assert_found(found(&sessions).await);
}

#[tokio::test]
async fn logging_out_stops_the_next_request() {
    let store = alice();
    let sessions = sessions(&store, user);
    assert_found(found(&sessions).await);
    store.log_out();
    assert_refused(found(&sessions).await, Reason::UnknownSession);
}

#[tokio::test]
async fn a_flood_of_one_unknown_id_is_one_look_up_each_second() {
    let store = alice();
    let sessions = sessions(&store, user);
    let unknown = Id(7).to_string();
    for _ in 0..100 {
        assert_refused(sessions.look_up(&unknown, at(NOW)).await, Reason::UnknownSession);
    }
    assert_eq!(store.look_ups(), 1);
    assert_found(found(&sessions).await);
    assert_refused(sessions.look_up(&unknown, at(NOW + 1)).await, Reason::UnknownSession);
    assert_eq!(store.look_ups(), 3);
}

/// The first request of an id holds back the others, unless the id is that of a session.
#[tokio::test]
async fn requests_at_once_for_one_unknown_id_are_one_look_up() {
    let store = alice();
    let sessions = sessions(&store, user);
    let unknown = Id(7).to_string();
    let answers = join_all((0..50).map(|_| sessions.look_up(&unknown, at(NOW)))).await;
    for answer in answers {
        assert_refused(answer, Reason::UnknownSession);
    }
    assert_eq!(store.look_ups(), 1);
    for answer in join_all((0..50).map(|_| found(&sessions))).await {
        assert_found(answer);
    }
    assert_eq!(store.look_ups(), 51, "each request of a session asks, so that a logout counts");
}

/// An attacker needs no session to send ids.
#[tokio::test]
async fn ids_are_kept_in_bounded_memory() {
    let store = alice();
    let sessions = sessions(&store, user);
    for id in 0..12_000 {
        assert_refused(sessions.look_up(&Id(id).to_string(), at(NOW)).await, Reason::UnknownSession);
    }
    assert_eq!(store.look_ups(), 12_000);
    assert!(sessions.finder.len() <= 10_000, "{}", sessions.finder.len());
    // Also the ids that come last are asked for once a second, however full the memory is.
    for _ in 0..10 {
        assert_refused(sessions.look_up(&Id(11_999).to_string(), at(NOW)).await, Reason::UnknownSession);
    }
    assert_eq!(store.look_ups(), 12_000);
}

/// The figure of `performance.md`.
#[tokio::test]
async fn each_request_with_a_session_is_one_look_up() {
    let store = alice();
    let sessions = sessions(&store, user);
    for requests in 1..=5 {
        assert!(found(&sessions).await.is_ok());
        assert_eq!(store.look_ups(), requests);
    }
}

/// Sessions that are used often must not fill the memory that unknown ids need.
#[tokio::test]
async fn a_flood_beside_a_used_session_is_one_look_up_for_an_id() {
    let store = alice();
    let sessions = sessions(&store, user);
    for id in 0..12_000 {
        assert_refused(sessions.look_up(&Id(id % 6000).to_string(), at(NOW)).await, Reason::UnknownSession);
        assert_refused(sessions.look_up(&Id(id % 6000).to_string(), at(NOW)).await, Reason::UnknownSession);
    }
    let before = store.look_ups();
    for id in 0..20 {
        let new = Id(1_000_000 + id).to_string();
        for _ in 0..5 {
            assert_refused(sessions.look_up(&new, at(NOW)).await, Reason::UnknownSession);
        }
    }
    assert_eq!(store.look_ups() - before, 20);
}

#[tokio::test]
async fn an_error_is_not_kept() {
    let store = Store::default();
    store.fail(|| Error::Backend("down".to_owned()));
    let sessions = sessions(&store, user);
    assert_refused(found(&sessions).await, Reason::VerifierUnavailable);
    assert_refused(found(&sessions).await, Reason::VerifierUnavailable);
    store.recover();
    store.put(ID, &json!({"user": "alice"}), i64::try_from(EXPIRY).unwrap());
    assert_found(found(&sessions).await);
}

#[tokio::test]
async fn an_expired_session_that_the_store_still_has_is_refused() {
    let sessions = sessions(&alice(), user);
    let at_time = async |seconds| sessions.look_up(&ID.to_string(), at(seconds)).await;
    assert_found(at_time(EXPIRY - 1).await);
    assert_refused(at_time(EXPIRY).await, Reason::Expired);
    assert_refused(at_time(EXPIRY + 1).await, Reason::Expired);
    let store = Store::default();
    for before_1970 in [0, -1, -62_135_596_800] {
        store.put(ID, &json!({"user": "alice"}), before_1970);
        assert_refused(found(&self::sessions(&store, user)).await, Reason::Expired);
    }
}

#[tokio::test]
async fn the_earlier_of_two_expiries_counts() {
    for (of_the_caller, expected) in [(NOW + 60, NOW + 60), (EXPIRY + 60, EXPIRY)] {
        let caller = move |_: &SessionData| -> Result<_, NoSessionCaller> {
            Ok(CredentialRecord::of("alice").expires_at(at(of_the_caller)))
        };
        let record = found(&sessions(&alice(), caller)).await.unwrap();
        assert_eq!(record.expires_at, Some(at(expected)));
    }
}

#[tokio::test]
async fn a_guest_s_session_has_no_caller() {
    let guest = Store::with(&json!({"cart": [7]}));
    assert_refused(found(&sessions(&guest, user)).await, Reason::SessionWithoutCaller);
}

#[tokio::test]
async fn each_answer_of_the_service_has_its_reason() {
    type Answer = fn() -> NoSessionCaller;
    let answers: [(Answer, Reason, Option<&str>); 4] = [
        (|| NoSessionCaller::Anonymous, Reason::SessionWithoutCaller, None),
        (|| NoSessionCaller::NotFound, Reason::PrincipalNotFound, None),
        (|| NoSessionCaller::ended("a new password"), Reason::Revoked, Some("a new password")),
        (|| NoSessionCaller::undecided("no database"), Reason::PrincipalUndecided, Some("no database")),
    ];
    for (answer, reason, detail) in answers {
        let refusal = assert_refused(found(&sessions(&alice(), move |_: &SessionData| Err(answer()))).await, reason);
        assert_eq!(refusal.detail.as_deref(), detail);
    }
}

#[tokio::test]
async fn a_store_that_fails_is_503_without_its_text() {
    let errors: [fn() -> Error; 3] = [
        || Error::Backend("redis://:hunter2@10.0.0.7 refused 782riWdFIwHvzauJZ0UjAQ".to_owned()),
        || Error::Decode("hunter2".to_owned()),
        || Error::Encode("hunter2".to_owned()),
    ];
    for error in errors {
        let store = alice();
        store.fail(error);
        let refusal = assert_refused(found(&sessions(&store, user)).await, Reason::VerifierUnavailable);
        let shown = format!("{refusal:?}");
        assert!(shown.contains("the session store"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("782riWdF"), "{shown}");
    }
}

/// Otherwise a cache with a collision logs a caller in as another one.
#[tokio::test]
async fn a_store_that_returns_another_session_is_503() {
    let store = Store::default();
    store.put(Id(7), &json!({"user": "mallory"}), i64::try_from(EXPIRY).unwrap());
    assert_refused(found(&sessions(&store, user)).await, Reason::VerifierUnavailable);
}

#[test]
fn the_posture_names_the_store_and_the_caller() {
    let sessions = sessions(&alice(), user);
    assert_eq!(sessions.kind(), "session");
    let posture = sessions.posture();
    assert!(posture.contains("support::Store"), "{posture}");
    assert!(posture.contains("support::user"), "{posture}");
    assert!(posture.ends_with(", not cached"), "{posture}");
    let posture = sessions.cached_for(Duration::from_secs(60)).posture();
    assert!(posture.ends_with(", cached for 1 min"), "{posture}");
}

#[test]
fn the_issuer_must_be_a_readable_name() {
    for issuer in ["", " ", "the login", "https://shop\u{200b}.example.com/"] {
        let error = Sessions::of(issuer, alice(), user).check().unwrap_err();
        assert!(error.to_string().contains("issuer"), "{issuer:?}: {error}");
    }
}

#[test]
fn a_session_is_cached_for_a_minute_at_most() {
    let cached_for = |milliseconds| sessions(&alice(), user).cached_for(Duration::from_millis(milliseconds));
    assert_eq!(cached_for(0).check(), Ok(()));
    assert_eq!(cached_for(60_000).check(), Ok(()));
    let error = cached_for(60_001).check().unwrap_err();
    assert!(error.to_string().contains("at most one minute"), "{error}");
}

#[test]
fn by_default_the_id_is_in_a_cookie_and_nothing_is_cached() {
    let sessions = sessions(&alice(), user);
    assert_eq!(CredentialSource::carriers(&sessions), [Carrier::cookie("__Host-id")]);
    assert_eq!(CredentialSource::cached_for(&sessions), Duration::ZERO);
    let elsewhere = sessions.carrier(Carrier::cookie("__Host-session"));
    assert_eq!(elsewhere.carriers(), [Carrier::cookie("__Host-session")]);
}

/// A UUID has 22 characters of base64url too, so that the name of the parameter counts.
#[test]
fn a_session_in_a_query_is_found_by_its_name_and_its_form() {
    let sessions = sessions(&alice(), user).carrier(Carrier::cookie("__Host-session"));
    let id = ID.to_string();
    assert!(sessions.is_in_query("__Host-session", &id));
    for (name, value) in [("__Host-session", ""), ("__Host-session", &id[1..]), ("session", &id), ("id", &id)] {
        assert!(!sessions.is_in_query(name, value), "{name}={value}");
    }
}

#[test]
fn debug_omits_the_store() {
    let debug = format!("{:?}", sessions(&alice(), user));
    assert!(debug.contains(ISSUER) && !debug.contains("alice"), "{debug}");
}
