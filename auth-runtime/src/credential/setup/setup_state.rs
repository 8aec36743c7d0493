//! The trait of the state of a set-up: [`SetupState`].

use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// Keeps whether the set-up of a service was closed, for all its instances and restarts.
///
/// The gate reads it on every request with the good token and never caches the answer. The crate
/// has none in memory, because a restart would open the set-up again. A service of many instances
/// needs a state that all of them share, such as a row of its database.
///
/// ```
/// use auth_runtime::setup::{Closing, SetupState, SetupStateError, SetupStatus};
/// use std::fs::{self, OpenOptions};
/// use std::io::ErrorKind;
/// use std::path::PathBuf;
/// use std::pin::Pin;
///
/// /// The set-up is closed when the file exists. For a service of one instance.
/// struct MarkerFile(PathBuf);
///
/// type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SetupStateError>> + Send + 'a>>;
///
/// impl SetupState for MarkerFile {
///     fn status(&self) -> Answer<'_, SetupStatus> {
///         Box::pin(async move {
///             match fs::symlink_metadata(&self.0) {
///                 Ok(_) => Ok(SetupStatus::AlreadyClosed),
///                 Err(error) if error.kind() == ErrorKind::NotFound => Ok(SetupStatus::StillOpen),
///                 Err(error) => Err(SetupStateError::new(error)),
///             }
///         })
///     }
///
///     fn close(&self) -> Answer<'_, Closing> {
///         Box::pin(async move {
///             // Of two calls, one creates the file.
///             match OpenOptions::new().write(true).create_new(true).open(&self.0) {
///                 Ok(file) => {
///                     file.sync_all().map_err(SetupStateError::new)?;
///                     Ok(Closing::ByThisCall)
///                 }
///                 Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Closing::Before),
///                 Err(error) => Err(SetupStateError::new(error)),
///             }
///         })
///     }
/// }
/// # let _ = MarkerFile("/var/lib/service/set-up-closed".into());
/// ```
pub trait SetupState: Send + Sync + 'static {
    /// Returns whether the set-up was closed.
    ///
    /// # Errors
    ///
    /// A [`SetupStateError`], when the state cannot decide. The client gets 503.
    // P6: an enum and not a `bool`, so that an implementation cannot confuse the two answers.
    fn status(&self) -> Pin<Box<dyn Future<Output = Result<SetupStatus, SetupStateError>> + Send + '_>>;

    /// Closes the set-up for good, in one step.
    ///
    /// Of two calls, one gets [`Closing::ByThisCall`], also on two instances: insert a row if it is
    /// absent, or create a file that must not exist.
    ///
    /// # Errors
    ///
    /// A [`SetupStateError`], when the state cannot write. The client gets 503.
    fn close(&self) -> Pin<Box<dyn Future<Output = Result<Closing, SetupStateError>> + Send + '_>>;
}

/// Whether a set-up is open. [`SetupState`] has an example that returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupStatus {
    /// No call has closed it.
    StillOpen,
    /// It was closed, and never opens again.
    AlreadyClosed,
}

/// Which call has closed a set-up. [`SetupState`] has an example that returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// This one: the handler may create the first user.
    ByThisCall,
    /// An earlier one: the handler must not.
    Before,
}

/// Says why a [`SetupState`] cannot decide. The event contains the text, the response does not.
///
/// ```
/// use auth_runtime::setup::SetupStateError;
///
/// let error = SetupStateError::new("connection refused");
/// assert_eq!(error.to_string(), "the state of the set-up is unreachable: connection refused");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the state of the set-up is unreachable: {0}")]
pub struct SetupStateError(String);

impl SetupStateError {
    /// Takes the error of the store.
    pub fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}
