//! A store of sessions that counts its look-ups and fails when told to.

use crate::credential::lookup::{CredentialRecord, CredentialSource};
use crate::credential::session::{NoSessionCaller, SessionCaller, SessionData, Sessions};
use crate::rejection::Refusal;
use async_trait::async_trait;
use auth_events::Reason;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::{Error, Result as Stored};

pub(super) const ISSUER: &str = "https://shop.example.com/login";
pub(super) const ID: Id = Id(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);

/// In seconds since 1970.
pub(super) const NOW: u64 = 1_764_045_500;
pub(super) const EXPIRY: u64 = NOW + 600;

pub(super) fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// In memory, shared by its clones.
#[derive(Debug, Clone, Default)]
pub(super) struct Store(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    records: HashMap<Id, Record>,
    look_ups: usize,
    failure: Option<fn() -> Error>,
}

impl Store {
    /// Has one session with these data.
    pub(super) fn with(data: &Value) -> Self {
        let store = Self::default();
        store.put(ID, data, i64::try_from(EXPIRY).unwrap());
        store
    }

    /// Stores a record under [`ID`], whatever its own id is.
    pub(super) fn put(&self, id: Id, data: &Value, expiry: i64) {
        let data = serde_json::from_value(data.clone()).unwrap();
        let expiry_date = OffsetDateTime::from_unix_timestamp(expiry).unwrap();
        self.0.lock().unwrap().records.insert(ID, Record { id, data, expiry_date });
    }

    pub(super) fn log_out(&self) {
        self.0.lock().unwrap().records.clear();
    }

    pub(super) fn fail(&self, error: fn() -> Error) {
        self.0.lock().unwrap().failure = Some(error);
    }

    pub(super) fn recover(&self) {
        self.0.lock().unwrap().failure = None;
    }

    pub(super) fn look_ups(&self) -> usize {
        self.0.lock().unwrap().look_ups
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn save(&self, _: &Record) -> Stored<()> {
        unreachable!("the verifier never writes")
    }

    async fn load(&self, id: &Id) -> Stored<Option<Record>> {
        // A store waits, so requests overlap.
        tokio::task::yield_now().await;
        let mut contents = self.0.lock().unwrap();
        contents.look_ups += 1;
        match contents.failure {
            Some(error) => Err(error()),
            None => Ok(contents.records.get(id).cloned()),
        }
    }

    async fn delete(&self, _: &Id) -> Stored<()> {
        unreachable!("the verifier never writes")
    }
}

/// The user in the session's data, by name.
pub(super) fn user(data: &SessionData) -> Result<CredentialRecord, NoSessionCaller> {
    match data.get("user").and_then(Value::as_str) {
        Some(user) => Ok(CredentialRecord::of(user).scopes(["orders:read"])),
        None => Err(NoSessionCaller::Anonymous),
    }
}

pub(super) fn alice() -> Store {
    Store::with(&json!({"user": "alice"}))
}

pub(super) fn sessions(store: &Store, caller: impl SessionCaller) -> Sessions {
    Sessions::of(ISSUER, store.clone(), caller)
}

/// Looks up [`ID`].
pub(super) async fn found(sessions: &Sessions) -> Result<CredentialRecord, Refusal> {
    sessions.look_up(&ID.to_string(), at(NOW)).await
}

pub(super) fn assert_found(outcome: Result<CredentialRecord, Refusal>) {
    assert_eq!(outcome.expect("the session must be found").subject, "alice");
}

pub(super) fn assert_refused(outcome: Result<CredentialRecord, Refusal>, reason: Reason) -> Refusal {
    let refusal = outcome.expect_err("the session must be refused");
    assert_eq!(refusal.rejection.reason(), reason);
    assert_eq!(refusal.rejection.status(), reason.status());
    refusal
}
