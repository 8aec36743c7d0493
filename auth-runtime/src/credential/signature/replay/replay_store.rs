//! The trait of replay stores.

use super::{DeliveryKey, ReplayError};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Keeps the deliveries that are being handled or were handled.
///
/// [`MemoryReplays`](super::MemoryReplays) is a store in the memory of one instance, `RedisReplays`
/// (feature `redis`) is one for many instances, and a service may implement its own.
///
/// A store must not forget a delivery before its time, because the handler would then run for a
/// replay. A store that is full answers with an error.
///
/// ```
/// use auth_runtime::signatures::{DeliveryKey, ReplayError, ReplayStore};
/// use std::pin::Pin;
/// use std::time::Duration;
///
/// # enum Row { Inserted, Claimed, Handled }
/// # struct Database;
/// # impl Database {
/// #     async fn insert(&self, _: &[u8], _: Duration) -> Result<Row, ReplayError> {
/// #         Ok(Row::Inserted)
/// #     }
/// #     async fn set_handled(&self, _: &[u8], _: Duration) -> Result<(), ReplayError> { Ok(()) }
/// #     async fn delete_claim(&self, _: &[u8]) -> Result<(), ReplayError> { Ok(()) }
/// # }
/// struct Deliveries(Database);
///
/// type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>>;
///
/// impl ReplayStore for Deliveries {
///     fn claim<'a>(&'a self, delivery: &'a DeliveryKey, keep: Duration) -> Answer<'a> {
///         Box::pin(async move {
///             // One statement, so that only one of two instances inserts the row.
///             match self.0.insert(delivery.as_bytes(), keep).await? {
///                 Row::Inserted => Ok(()),
///                 Row::Claimed => Err(ReplayError::Claimed),
///                 Row::Handled => Err(ReplayError::Handled),
///             }
///         })
///     }
///
///     fn handled<'a>(&'a self, delivery: &'a DeliveryKey, keep: Duration) -> Answer<'a> {
///         Box::pin(self.0.set_handled(delivery.as_bytes(), keep))
///     }
///
///     fn release<'a>(&'a self, delivery: &'a DeliveryKey) -> Answer<'a> {
///         Box::pin(self.0.delete_claim(delivery.as_bytes()))
///     }
/// }
/// ```
pub trait ReplayStore: Send + Sync + 'static {
    /// Claims a delivery for a time, in one step.
    ///
    /// Of two requests with the same delivery, one gets `Ok`, also on two instances.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Claimed`] or [`ReplayError::Handled`] when it was claimed before, and another
    /// error when the store cannot decide. All of them keep the handler from running.
    fn claim<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        keep: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>>;

    /// Marks a delivery as handled, and keeps it for a time.
    ///
    /// # Errors
    ///
    /// A [`ReplayError`], when the store cannot write. The claim then ends with its time.
    fn handled<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
        keep: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>>;

    /// Removes a claim, so that the sender can repeat the delivery. A handled delivery stays.
    ///
    /// # Errors
    ///
    /// A [`ReplayError`], when the store cannot write. The claim then ends with its time.
    fn release<'a>(
        &'a self,
        delivery: &'a DeliveryKey,
    ) -> Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send + 'a>>;

    /// The name of the store in the posture.
    fn name(&self) -> String {
        "a store of the service's own".to_owned()
    }
}
