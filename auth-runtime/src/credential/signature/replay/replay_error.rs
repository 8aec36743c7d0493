//! Why a delivery is not claimed: [`ReplayError`].

/// Why a delivery is not claimed. Its handler does not run.
///
/// A store of the service's own returns it. Each variant keeps the handler from running:
///
/// ```
/// use auth_runtime::signatures::ReplayError;
///
/// fn unreachable(error: &std::io::Error) -> ReplayError {
///     ReplayError::StoreDown(format!("the table of deliveries: {error}"))
/// }
/// # let _ = unreachable;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The delivery is claimed, and its handler has not succeeded yet.
    #[error("the delivery is claimed")]
    Claimed,
    /// The handler of the delivery has succeeded.
    #[error("the delivery was handled")]
    Handled,
    /// The store is full: 503.
    #[error(
        "the replay store is full: {0} deliveries, none of which may be removed yet: create it with a larger capacity"
    )]
    NoRoom(usize),
    /// The store did not answer: 503. The event contains the text.
    #[error("the replay store is unreachable: {0}")]
    StoreDown(String),
    /// The store answered with an error, or with data that cannot be read: 503.
    #[error("the answer of the replay store cannot be read: {0}")]
    StoreGarbled(String),
}
