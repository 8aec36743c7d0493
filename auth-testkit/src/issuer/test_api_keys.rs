//! API keys for tests.

use super::bad_credential::{BadCredential, with_other_character};
use auth_runtime::api_keys::{ApiKey, ApiKeyRecord, MemoryApiKeys};
use auth_runtime::credentials::Carrier;
use auth_runtime::events::Reason;
use serde_json::{Map, Value};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Mints API keys for tests, into the store of the service.
///
/// It is a [`TestIssuer`](crate::TestIssuer) for keys. Each key is new, and its record has the
/// scopes that the attacked route requires.
///
/// ```
/// use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
/// use auth_runtime::routing::get;
/// use auth_runtime::{AuthRouter, Claims, Events, Verifier, authenticated};
/// use auth_testkit::{TestApiKeys, attack};
///
/// #[authenticated]
/// async fn me(auth: auth_runtime::Authenticated<Claims>) -> String {
///     auth.sub.clone()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), auth_runtime::ConfigError> {
/// let (issuer, store) = ("https://orders.example.com/keys", MemoryApiKeys::new());
/// let kind = ApiKeys::of(issuer, "acme_live", store.clone());
/// let verifier = Verifier::<Claims>::accepting(kind).events(Events::stderr()).build()?;
/// let app = AuthRouter::new().route("/me", get(me)).with_state(verifier);
///
/// let keys = TestApiKeys::of(issuer, "acme_live", &store);
/// attack(app).with_api_keys(&keys).await.assert_nothing_got_through();
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TestApiKeys {
    issuer: String,
    prefix: String,
    owner: String,
    claims: Map<String, Value>,
    store: Store,
    carriers: Vec<String>,
}

type Store = Arc<dyn Fn(ApiKeyRecord) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl TestApiKeys {
    /// Mints keys into a store in memory. `issuer` and `prefix` are those of the verifier.
    #[must_use]
    pub fn of(issuer: impl Into<String>, prefix: impl Into<String>, store: &MemoryApiKeys) -> Self {
        let store = store.clone();
        Self::stored_with(issuer, prefix, move |record| {
            store.insert(record);
            std::future::ready(())
        })
    }

    /// Mints keys into the service's own store: `store` inserts a record, or replaces it.
    ///
    /// ```
    /// # use auth_runtime::api_keys::ApiKeyRecord;
    /// # #[derive(Clone)] struct Database;
    /// # impl Database { async fn insert(&self, _: ApiKeyRecord) {} }
    /// # fn keys(database: Database) -> auth_testkit::TestApiKeys {
    /// use auth_testkit::TestApiKeys;
    ///
    /// TestApiKeys::stored_with("https://orders.example.com/keys", "acme_live", move |record| {
    ///     let database = database.clone();
    ///     async move { database.insert(record).await }
    /// })
    /// # }
    /// # drop(keys(Database));
    /// ```
    #[must_use]
    pub fn stored_with<F, Fut>(issuer: impl Into<String>, prefix: impl Into<String>, store: F) -> Self
    where
        F: Fn(ApiKeyRecord) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self {
            issuer: issuer.into(),
            prefix: prefix.into(),
            owner: "alice".to_owned(),
            claims: Map::new(),
            store: Arc::new(move |record| Box::pin(store(record))),
            carriers: vec![Carrier::bearer().to_string()],
        }
    }

    /// Sets the owner of the keys (`sub`); the default is `alice`.
    #[must_use]
    pub fn with_owner(self, owner: impl Into<String>) -> Self {
        Self { owner: owner.into(), ..self }
    }

    /// Adds a claim to every record, for a claims type or a permission that reads it.
    #[must_use]
    pub fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Sets where a service without a posture reads the keys; the default is `Authorization`.
    ///
    /// The posture of an `AuthRouter` has the carriers, so this has no effect on it.
    #[must_use]
    pub fn in_carrier(self, carrier: &Carrier) -> Self {
        Self { carriers: vec![carrier.to_string()], ..self }
    }

    /// Mints a key with these scopes, stores its record, and returns the text.
    ///
    /// # Panics
    ///
    /// When the prefix is not one of an API key, or the owner is empty.
    pub async fn mint(&self, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.stored(&scopes, |_| {}).await
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn carriers(&self) -> &[String] {
        &self.carriers
    }

    fn minted(&self, prefix: &str, scopes: &[String]) -> (String, ApiKeyRecord) {
        let (key, mut record) = ApiKey::mint(prefix, self.owner.as_str()).expect("a prefix and an owner of a key");
        record.scopes = scopes.to_vec();
        record.claims.clone_from(&self.claims);
        (key.show_once(), record)
    }

    pub(crate) async fn stored(&self, scopes: &[String], change: impl FnOnce(&mut ApiKeyRecord)) -> String {
        let (text, mut record) = self.minted(&self.prefix, scopes);
        change(&mut record);
        (self.store)(record).await;
        text
    }

    /// K01 to K09: keys that must be rejected.
    pub(crate) async fn bad(&self, scopes: &[String]) -> Vec<BadCredential> {
        let now = SystemTime::now();
        let hours = |hours: u64| Duration::from_secs(hours * 60 * 60);
        let good = self.stored(scopes, |_| {}).await;
        let last = good.len() - 1;
        let mut bad: Vec<BadCredential> = ["test", "admin", "null", "0", "a.b.c", "acme_live_", "____"]
            .map(|word| BadCredential::new("K01", format!("the word {word} as the API key"), word))
            .into();
        for (what, length) in [
            ("the last character", last),
            ("the checksum", good.rfind('_').unwrap_or(last)),
            ("its second half", good.len() / 2),
            ("all but the prefix", self.prefix.len()),
        ] {
            bad.push(BadCredential::new("K02", format!("an API key without {what}"), &good[..length]).made_of(&good));
        }
        bad.push(BadCredential::new("K02", "an API key and one more character", format!("{good}0")).made_of(&good));
        // The record exists, so that only the prefix is wrong.
        let other = if self.prefix == "other_test" { "another_test" } else { "other_test" };
        let (text, record) = self.minted(other, scopes);
        (self.store)(record).await;
        bad.push(BadCredential::new("K03", "an API key of another environment", text));
        let typo = "an API key with a wrong checksum";
        bad.push(BadCredential::new("K04", typo, with_other_character(&good, last)).made_of(&good));
        let in_the_secret = good.len() - "_checksum".len();
        let text = with_other_character(&good, in_the_secret);
        bad.push(BadCredential::new("K04", "an API key with a typo", text).made_of(&good));
        let unknown = self.minted(&self.prefix, scopes).0;
        bad.push(BadCredential::new("K05", "an API key without a record", unknown).because(UNKNOWN));
        let (good, other) = self.with_other_secret(scopes).await;
        bad.push(BadCredential::new("K06", "an API key with another secret", other).because(WRONG).made_of(&good));
        let expired = self.stored(scopes, |record| {
            record.issued_at = Some(now - hours(2));
            record.expires_at = Some(now - hours(1));
        });
        bad.push(BadCredential::new("K07", "an expired API key", expired.await).because(EXPIRED));
        let revoked = self.stored(scopes, |record| record.revoked_at = Some(now));
        bad.push(BadCredential::new("K08", "a revoked API key", revoked.await).because(REVOKED));
        let (text, record) = self.minted(&self.prefix, scopes);
        let rotated = ApiKey::rotate(&self.prefix, record, now - hours(1)).expect("a key that is not revoked").1;
        (self.store)(rotated).await;
        bad.push(BadCredential::new("K09", "an API key after its rotation", text).because(EXPIRED));
        bad
    }

    /// A good key, and its id with a secret that is not that of the record and a right checksum.
    async fn with_other_secret(&self, scopes: &[String]) -> (String, String) {
        let (good, record) = self.minted(&self.prefix, scopes);
        let other =
            ApiKey::rotate(&self.prefix, record.clone(), SystemTime::now()).expect("a key that is not revoked").0;
        (self.store)(record).await;
        (good, other.show_once())
    }
}

const UNKNOWN: &[Reason] = &[Reason::UnknownApiKey];
const WRONG: &[Reason] = &[Reason::BadApiKey];
const EXPIRED: &[Reason] = &[Reason::Expired];
const REVOKED: &[Reason] = &[Reason::Revoked];

impl fmt::Debug for TestApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestApiKeys")
            .field("issuer", &self.issuer)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
