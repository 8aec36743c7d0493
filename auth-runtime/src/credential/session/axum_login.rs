//! Reads the session data of `axum-login`: [`AxumLogin`].

use super::session_users::SessionUser;
use super::{NoSessionCaller, SessionCaller, SessionData, SessionUsers};
use crate::credential::lookup::CredentialRecord;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt;

/// Finds the caller of a session that a login with `axum-login` has opened.
///
/// ```
/// use auth_runtime::credentials::{AxumLogin, CredentialRecord, NoSessionCaller, Sessions};
/// use auth_runtime::credentials::{SessionUser, SessionUsers};
/// use tower_sessions_core::SessionStore;
///
/// # struct Row { name: String, password_hash: String }
/// # struct Database;
/// # impl Database {
/// #     async fn user(&self, _: i64) -> Result<Option<Row>, std::fmt::Error> { Ok(None) }
/// # }
/// struct Users(Database);
///
/// impl SessionUsers for Users {
///     type Id = i64;
///
///     async fn find(&self, id: &i64) -> Result<SessionUser, NoSessionCaller> {
///         match self.0.user(*id).await {
///             Ok(Some(row)) => {
///                 let record = CredentialRecord::of(row.name).scopes(["orders:read"]);
///                 Ok(SessionUser::new(record, row.password_hash))
///             }
///             Ok(None) => Err(NoSessionCaller::NotFound),
///             Err(_) => Err(NoSessionCaller::undecided("the database of users failed")),
///         }
///     }
/// }
///
/// fn sessions(store: impl SessionStore, database: Database) -> Sessions {
///     let caller = AxumLogin::users(Users(database));
///     Sessions::of("https://shop.example.com/login", store, caller)
/// }
/// ```
///
/// | the session has | outcome |
/// |---|---|
/// | no `user_id` | [`Anonymous`](NoSessionCaller::Anonymous) |
/// | the current `auth_hash` of its user | the user's record |
/// | another `auth_hash`, or none | [`Ended`](NoSessionCaller::Ended) |
/// | data of another form, such as another type of id | [`Undecided`](NoSessionCaller::Undecided) |
#[must_use = "it has no effect unless it is passed to `Sessions::of`"]
pub struct AxumLogin<U> {
    users: U,
    data_key: Cow<'static, str>,
}

/// The key that axum-login uses unless the service sets another one.
const DATA_KEY: &str = "axum-login.data";

/// What axum-login stores: its `Data` type, which is private there.
#[derive(Deserialize)]
struct Login<Id> {
    user_id: Option<Id>,
    auth_hash: Option<Vec<u8>>,
}

impl<U: SessionUsers> AxumLogin<U> {
    /// Creates a reader that finds users by their ids.
    pub fn users(users: U) -> Self {
        Self { users, data_key: DATA_KEY.into() }
    }

    /// Sets the key in the session, for a service that calls axum-login's `with_data_key`.
    pub fn data_key(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.data_key = key.into();
        self
    }
}

impl<U: SessionUsers> SessionCaller for AxumLogin<U> {
    async fn caller(&self, data: &SessionData) -> Result<CredentialRecord, NoSessionCaller> {
        let Some(login) = data.get(&*self.data_key) else { return Err(NoSessionCaller::Anonymous) };
        // Another form is a mistake of the service, not of the client: two versions of axum-login,
        // or another type of id.
        let login = Login::<U::Id>::deserialize(login)
            .map_err(|_| NoSessionCaller::undecided("the session's login is not what `AxumLogin` reads"))?;
        let Some(id) = login.user_id else { return Err(NoSessionCaller::Anonymous) };
        let SessionUser { record, auth_hash } = self.users.find(&id).await?;
        // P6: a session without a hash cannot be compared, so it has ended. In constant time,
        // because the hash may be that of a password.
        match login.auth_hash {
            Some(at_login) if verify_slices_are_equal(&at_login, &auth_hash).is_ok() => Ok(record),
            _ => Err(NoSessionCaller::ended("the user's session_auth_hash is another one since the login")),
        }
    }
}

/// Omits the users, which may hold a connection.
impl<U> fmt::Debug for AxumLogin<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AxumLogin").field("data_key", &self.data_key).finish_non_exhaustive()
    }
}
