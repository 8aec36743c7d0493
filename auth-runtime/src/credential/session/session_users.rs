//! The users of the service, by their ids: [`SessionUsers`].

use super::NoSessionCaller;
use crate::credential::lookup::CredentialRecord;
use serde::de::DeserializeOwned;
use std::fmt;
use std::future::Future;

/// Answers which user has an id, for [`AxumLogin`](super::AxumLogin).
///
/// It is `get_user` of axum-login's `AuthnBackend`, with the record that the verifier needs.
///
/// [`AxumLogin`](super::AxumLogin) has an example that implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not find the users of sessions",
    label = "does not implement `SessionUsers`",
    note = "implement `auth_runtime::credentials::SessionUsers` for it"
)]
pub trait SessionUsers: Send + Sync + 'static {
    /// The id of a user, as the service's `AuthUser::Id`.
    type Id: DeserializeOwned + Send + Sync;

    /// Finds the user who has this id.
    ///
    /// # Errors
    ///
    /// [`NoSessionCaller`]. Each variant refuses the session.
    fn find(&self, id: &Self::Id) -> impl Future<Output = Result<SessionUser, NoSessionCaller>> + Send;
}

/// Holds a user's record, and the hash that a login must still match.
///
/// ```
/// use auth_runtime::credentials::{CredentialRecord, SessionUser};
///
/// let record = CredentialRecord::of("alice").scopes(["orders:read"]);
/// let user = SessionUser::new(record, "the password hash of alice");
/// assert!(!format!("{user:?}").contains("password"));
/// ```
pub struct SessionUser {
    pub(super) record: CredentialRecord,
    pub(super) auth_hash: Vec<u8>,
}

impl SessionUser {
    /// Creates a user with `AuthUser::session_auth_hash`.
    ///
    /// `axum-login` stores the hash in the session at login. A session whose hash differs from the
    /// current one has ended, so a password change ends all sessions of the user.
    pub fn new(record: CredentialRecord, session_auth_hash: impl Into<Vec<u8>>) -> Self {
        Self { record, auth_hash: session_auth_hash.into() }
    }
}

/// Omits the hash, which may be the hash of a password.
impl fmt::Debug for SessionUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionUser").field("record", &self.record).finish_non_exhaustive()
    }
}
