//! Whose session it is: [`SessionCaller`].

use crate::credential::lookup::{CredentialRecord, LookedUp};
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::future::Future;

/// The data of a session, as `tower-sessions` stores it: a JSON value for each key.
///
/// [`SessionCaller`] has an example that reads it.
pub type SessionData = HashMap<String, Value>;

/// Finds the caller to whom a session belongs.
///
/// A function of the data is enough where the login has stored all that the service needs:
///
/// ```
/// use auth_runtime::credentials::{CredentialRecord, NoSessionCaller, SessionData};
///
/// fn caller(data: &SessionData) -> Result<CredentialRecord, NoSessionCaller> {
///     match data.get("user") {
///         Some(user) => Ok(CredentialRecord::of(user.as_str().unwrap_or_default())),
///         None => Err(NoSessionCaller::Anonymous),
///     }
/// }
/// # fn is_one(_: impl auth_runtime::credentials::SessionCaller) {}
/// # is_one(caller);
/// ```
///
/// [`AxumLogin`](super::AxumLogin) is the implementation for the data of `axum-login`.
///
/// It runs within the verifier's time limit. A panic and a time-out are 503, as everywhere in the
/// pipeline.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not find the caller of a session",
    label = "does not implement `SessionCaller`",
    note = "pass a function `fn(&SessionData) -> Result<CredentialRecord, NoSessionCaller>`, or `AxumLogin::users(..)`"
)]
pub trait SessionCaller: Send + Sync + 'static {
    /// Finds the caller of a session that exists and has not expired.
    ///
    /// # Errors
    ///
    /// [`NoSessionCaller`]. Each variant refuses the session.
    fn caller(&self, data: &SessionData) -> impl Future<Output = Result<CredentialRecord, NoSessionCaller>> + Send;
}

impl<F> SessionCaller for F
where
    F: Fn(&SessionData) -> Result<CredentialRecord, NoSessionCaller> + Send + Sync + 'static,
{
    async fn caller(&self, data: &SessionData) -> Result<CredentialRecord, NoSessionCaller> {
        self(data)
    }
}

/// States why a session has no caller. The text goes into the event only.
///
/// ```
/// use auth_runtime::credentials::{CredentialRecord, NoSessionCaller, SessionData};
///
/// fn caller(data: &SessionData) -> Result<CredentialRecord, NoSessionCaller> {
///     let user = data.get("user").ok_or(NoSessionCaller::Anonymous)?;
///     let name = user.as_str().ok_or_else(|| NoSessionCaller::undecided("`user` is not a text"))?;
///     Ok(CredentialRecord::of(name))
/// }
/// # let _ = caller;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[must_use = "it has no effect unless it is returned: write `Err(..)`"]
pub enum NoSessionCaller {
    /// The session belongs to a guest, such as one with a shopping cart only: 401.
    #[error("no user is logged in")]
    Anonymous,
    /// The user does not exist any more: 401.
    #[error("the user of the session does not exist")]
    NotFound,
    /// The login is no longer valid, for instance after a password change: 401.
    #[error("the login has ended: {0}")]
    Ended(Cow<'static, str>),
    /// The caller could not be found: 503.
    #[error("the caller of the session could not be found: {0}")]
    Undecided(Cow<'static, str>),
}

impl NoSessionCaller {
    /// Refuses a login that is no longer valid, with the reason for the event.
    pub fn ended(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Ended(why.into())
    }

    /// Refuses because the caller could not be found, with the reason for the event.
    pub fn undecided(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Undecided(why.into())
    }
}

/// P6: none of them admits the caller.
impl From<NoSessionCaller> for Refusal {
    fn from(why: NoSessionCaller) -> Self {
        let (rejection, detail) = match why {
            NoSessionCaller::Anonymous => (Rejection::InvalidToken(Reason::SessionWithoutCaller), None),
            NoSessionCaller::NotFound => (Rejection::InvalidToken(Reason::PrincipalNotFound), None),
            NoSessionCaller::Ended(why) => (Rejection::InvalidToken(Reason::Revoked), Some(why)),
            NoSessionCaller::Undecided(why) => (Rejection::Unavailable(Reason::PrincipalUndecided), Some(why)),
        };
        Self { detail, ..Self::from(rejection) }
    }
}

/// A [`SessionCaller`] without its type.
pub(super) trait AnyCaller: Send + Sync {
    fn caller<'a>(&'a self, data: &'a SessionData) -> LookedUp<'a>;
}

impl<C: SessionCaller> AnyCaller for C {
    fn caller<'a>(&'a self, data: &'a SessionData) -> LookedUp<'a> {
        Box::pin(async move { Ok(SessionCaller::caller(self, data).await?) })
    }
}
