//! A store of API keys for tests: it counts, and can be made to fail.

use super::text::KeyText;
use super::{ApiKey, ApiKeyRecord, ApiKeyRecords, ApiKeys, MemoryApiKeys, Unavailable};
use crate::credential::lookup::{CredentialRecord, CredentialSource};
use crate::rejection::{Refusal, isolate};
use auth_events::Reason;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use test_support::LIMIT;
use tokio::sync::Notify;

pub(super) const ISSUER: &str = "https://orders.example.com/keys";
pub(super) const SECOND: Duration = Duration::from_secs(1);

/// A store that counts its look-ups, and can be made to wait, to fail and to panic.
#[derive(Default)]
pub(super) struct Store {
    pub(super) keys: MemoryApiKeys,
    asked: AtomicUsize,
    pub(super) used: AtomicUsize,
    pub(super) fault: Fault,
    /// With [`Fault::Waits`], each look-up waits for a permit.
    pub(super) go: Notify,
    pub(super) entered: Notify,
}

#[derive(Default)]
pub(super) enum Fault {
    #[default]
    None,
    Fails,
    Panics,
    Waits,
    /// As a store that ignores case, or mixes up its rows.
    FindsThis(Box<ApiKeyRecord>),
    UsedPanics,
    UsedHangs,
}

impl Store {
    pub(super) fn with(fault: Fault) -> Arc<Self> {
        Arc::new(Self { fault, ..Self::default() })
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(super) fn mint(&self, change: impl FnOnce(&mut ApiKeyRecord)) -> String {
        let (key, mut record) = ApiKey::mint("acme_live", "customer-7").expect("a key");
        change(&mut record);
        self.keys.insert(record);
        key.show_once()
    }

    pub(super) fn kind(self: &Arc<Self>) -> ApiKeys {
        ApiKeys::of(ISSUER, "acme_live", Arc::clone(self))
    }
}

impl ApiKeyRecords for Store {
    async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.entered.notify_one();
        match &self.fault {
            Fault::Fails => return Err(Unavailable::because("the database is closed")),
            Fault::Panics => panic!("a bug in the store"),
            // It reads before it waits, so that its answer is from before.
            Fault::Waits => {
                let read = self.keys.find(id).await;
                self.go.notified().await;
                return read;
            }
            Fault::FindsThis(record) => return Ok(Some((**record).clone())),
            Fault::None | Fault::UsedPanics | Fault::UsedHangs => {}
        }
        self.keys.find(id).await
    }

    async fn used(&self, id: &str, when: SystemTime) {
        self.used.fetch_add(1, Ordering::SeqCst);
        self.entered.notify_one();
        match &self.fault {
            Fault::UsedPanics => panic!("a bug in the store"),
            Fault::UsedHangs => std::future::pending().await,
            _ => self.keys.used(id, when).await,
        }
    }
}

/// As the pipeline does: isolated, with a time limit.
pub(super) async fn look_up(kind: &ApiKeys, text: &str, now: SystemTime) -> Result<CredentialRecord, Refusal> {
    isolate(Duration::from_secs(5), async { kind.look_up(text, now).await }).await
}

pub(super) async fn reason(kind: &ApiKeys, text: &str) -> Reason {
    look_up(kind, text, SystemTime::now()).await.expect_err("refused").rejection.reason()
}

pub(super) async fn limited<F: Future>(wait: F) -> F::Output {
    tokio::time::timeout(LIMIT, wait).await.expect("within the limit")
}

/// A key with a right checksum that was never minted.
pub(super) fn unknown() -> String {
    ApiKey::mint("acme_live", "acme").expect("a key").0.show_once()
}

/// The id of one key with the secret of another.
pub(super) fn with_other_secret(text: &str) -> String {
    let other = unknown();
    let secret = KeyText::read(&other).expect("a key").secret;
    KeyText::write("acme_live", KeyText::read(text).expect("a key").id, secret)
}

pub(super) fn id(text: &str) -> String {
    KeyText::read(text).expect("a key").id.to_owned()
}
