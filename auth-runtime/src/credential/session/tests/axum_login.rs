//! Tests what is read of axum-login's data.

use super::support::{Store, assert_refused, found, sessions};
use crate::credential::lookup::CredentialRecord;
use crate::credential::session::{AxumLogin, NoSessionCaller, SessionUser, SessionUsers, Sessions};
use auth_events::Reason;
use serde_json::{Value, json};

/// Has one user, with the id 7.
struct Users {
    auth_hash: &'static [u8],
}

impl SessionUsers for Users {
    type Id = i64;

    async fn find(&self, id: &i64) -> Result<SessionUser, NoSessionCaller> {
        match id {
            7 => Ok(SessionUser::new(CredentialRecord::of("alice"), self.auth_hash)),
            13 => Err(NoSessionCaller::undecided("no database")),
            _ => Err(NoSessionCaller::NotFound),
        }
    }
}

const HASH: &[u8] = &[1, 2, 3];

fn login(data: &Value) -> Sessions {
    sessions(&Store::with(data), AxumLogin::users(Users { auth_hash: HASH }))
}

fn logged_in() -> Value {
    json!({"axum-login.data": {"user_id": 7, "auth_hash": [1, 2, 3]}, "cart": []})
}

#[tokio::test]
async fn the_user_who_logged_in_is_the_caller() {
    assert_eq!(found(&login(&logged_in())).await.unwrap().subject, "alice");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions() {
    for changed in [&[1, 2, 4][..], &[1, 2], &[1, 2, 3, 4], &[]] {
        let sessions = sessions(&Store::with(&logged_in()), AxumLogin::users(Users { auth_hash: changed }));
        assert_refused(found(&sessions).await, Reason::Revoked);
    }
}

#[tokio::test]
async fn a_login_without_a_hash_has_ended() {
    for data in [json!({"user_id": 7, "auth_hash": null}), json!({"user_id": 7})] {
        let data = json!({"axum-login.data": data});
        assert_refused(found(&login(&data)).await, Reason::Revoked);
        // Also if the user has an empty one.
        let sessions = sessions(&Store::with(&data), AxumLogin::users(Users { auth_hash: &[] }));
        assert_refused(found(&sessions).await, Reason::Revoked);
    }
}

#[tokio::test]
async fn without_a_user_the_session_is_a_guest_s() {
    for data in [json!({}), json!({"axum-login.data": {"user_id": null, "auth_hash": null}})] {
        assert_refused(found(&login(&data)).await, Reason::SessionWithoutCaller);
    }
}

#[tokio::test]
async fn what_the_service_answers_is_passed_on() {
    for (id, reason) in [(8, Reason::PrincipalNotFound), (13, Reason::PrincipalUndecided)] {
        let data = json!({"axum-login.data": {"user_id": id, "auth_hash": [1, 2, 3]}});
        assert_refused(found(&login(&data)).await, reason);
    }
}

/// It is a mistake of the service: the client cannot write the session's data.
#[tokio::test]
async fn data_of_another_form_is_503() {
    for data in [json!("alice"), json!(null), json!({"user_id": "seven"}), json!({"user_id": 7, "auth_hash": "AQID"})] {
        assert_refused(found(&login(&json!({"axum-login.data": data}))).await, Reason::PrincipalUndecided);
    }
}

#[tokio::test]
async fn the_key_of_the_data_can_be_set() {
    let data = json!({"staff": {"user_id": 7, "auth_hash": [1, 2, 3]}});
    assert_refused(found(&login(&data)).await, Reason::SessionWithoutCaller);
    let staff = AxumLogin::users(Users { auth_hash: HASH }).data_key("staff");
    assert_eq!(found(&sessions(&Store::with(&data), staff)).await.unwrap().subject, "alice");
}

#[test]
fn debug_omits_the_hash() {
    let user = SessionUser::new(CredentialRecord::of("alice"), b"the hash".to_vec());
    assert!(!format!("{user:?}").contains("116"), "{user:?}");
    assert!(!format!("{:?}", AxumLogin::users(Users { auth_hash: HASH })).contains("auth_hash"));
}
