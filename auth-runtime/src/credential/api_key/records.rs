//! The service's records of API keys: [`ApiKeyRecords`].

use super::{ApiKeyRecord, Unavailable};
use std::any::type_name;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

/// Finds the record of an API key in the service's store.
///
/// It answers "which record has this id?" only. The verifier compares the secret, and checks expiry
/// and revocation.
///
/// ```
/// use auth_runtime::api_keys::{ApiKeyRecord, ApiKeyRecords, Unavailable};
/// # #[derive(Clone)] struct Database;
/// # impl Database {
/// #     async fn key(&self, _: &str) -> Result<Option<ApiKeyRecord>, std::fmt::Error> { Ok(None) }
/// # }
///
/// struct Keys(Database);
///
/// impl ApiKeyRecords for Keys {
///     async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
///         self.0.key(id).await.map_err(|_| Unavailable::because("the database of keys failed"))
///     }
/// }
/// ```
///
/// An error is not an unknown key, so both have a type of their own:
///
/// ```compile_fail
/// # use auth_runtime::api_keys::{ApiKeyRecord, ApiKeyRecords};
/// # struct Keys;
/// impl ApiKeyRecords for Keys {
///     async fn find(&self, id: &str) -> Option<ApiKeyRecord> {
///         None
///     }
/// }
/// ```
///
/// It runs within the verifier's time limit. A panic and a time-out are 503, as everywhere in the
/// pipeline. It holds its own connection, because a [`Vault`](crate::Vault) requires a proof.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not find records of API keys",
    label = "does not implement `ApiKeyRecords`",
    note = "implement `auth_runtime::api_keys::ApiKeyRecords` for it"
)]
pub trait ApiKeyRecords: Send + Sync + 'static {
    /// Finds the record with this id, byte by byte. `None`: there is none, or it was deleted.
    ///
    /// The id has 16 letters and digits. A store that ignores case would find the wrong record,
    /// which is 503.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer: 503.
    fn find(&self, id: &str) -> impl Future<Output = Result<Option<ApiKeyRecord>, Unavailable>> + Send;

    /// Records when a key was used. By default, nothing is recorded.
    ///
    /// The verifier calls it after a good key, at most once a minute for a key, in a task of its
    /// own with a limit of 10 seconds. It neither delays nor fails a request, so an error cannot be
    /// returned. With [`cached_for`](super::ApiKeys::cached_for), a use in that time is not
    /// recorded. While 32 calls run, or after 10 000 keys in a minute, further uses are not
    /// recorded.
    fn used(&self, id: &str, when: SystemTime) -> impl Future<Output = ()> + Send {
        let _ = (id, when);
        std::future::ready(())
    }
}

/// Shares the records with other parts of the service.
impl<R: ApiKeyRecords> ApiKeyRecords for Arc<R> {
    async fn find(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        R::find(self, id).await
    }

    async fn used(&self, id: &str, when: SystemTime) {
        R::used(self, id, when).await;
    }
}

pub(super) type Finding<'a> = Pin<Box<dyn Future<Output = Result<Option<ApiKeyRecord>, Unavailable>> + Send + 'a>>;

/// An [`ApiKeyRecords`] without its type.
pub(super) trait AnyRecords: Send + Sync {
    fn find_any<'a>(&'a self, id: &'a str) -> Finding<'a>;

    fn used_any<'a>(&'a self, id: &'a str, when: SystemTime) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

    /// The name of its type, for the posture.
    fn name(&self) -> &'static str;
}

impl<R: ApiKeyRecords> AnyRecords for R {
    fn find_any<'a>(&'a self, id: &'a str) -> Finding<'a> {
        Box::pin(self.find(id))
    }

    fn used_any<'a>(&'a self, id: &'a str, when: SystemTime) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(self.used(id, when))
    }

    fn name(&self) -> &'static str {
        type_name::<R>()
    }
}
