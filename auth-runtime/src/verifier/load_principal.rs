//! Loads the principal of a verified token: [`LoadPrincipal`].

use crate::base::ConfigError;
use serde::de::DeserializeOwned;
use std::any::type_name;
use std::borrow::Cow;
use std::future::Future;

/// Loads the principal of a verified token from the service's database.
///
/// The verifier calls it on every request, after the token is verified and before the permission is
/// checked. [`Permission<C>`](crate::Permission) then decides from the principal, so a role that
/// was removed in the database denies the next request.
///
/// ```
/// use auth_runtime::{Claims, Denied, Permission};
/// use auth_runtime::{ConfigError, Events, KeySet, LoadPrincipal, Verifier};
/// use auth_runtime::credentials::NoPrincipal;
///
/// # struct Row { roles: Vec<String>, disabled: bool }
/// # #[derive(Clone)] struct Database;
/// # impl Database {
/// #     async fn user(&self, _: &str) -> Result<Option<Row>, std::fmt::Error> { Ok(None) }
/// # }
/// struct User {
///     roles: Vec<String>,
/// }
///
/// struct Users(Database);
///
/// impl LoadPrincipal for Users {
///     type TokenClaims = Claims;
///     type Principal = User;
///
///     async fn load(&self, claims: &Claims) -> Result<User, NoPrincipal> {
///         match self.0.user(&claims.sub).await {
///             Ok(Some(row)) if row.disabled => Err(NoPrincipal::disabled("by an operator")),
///             Ok(Some(row)) => Ok(User { roles: row.roles }),
///             Ok(None) => Err(NoPrincipal::NotFound),
///             Err(_) => Err(NoPrincipal::undecided("the database of users failed")),
///         }
///     }
/// }
///
/// struct Admin;
///
/// impl Permission<User> for Admin {
///     const NAME: &'static str = "admin";
///
///     fn check(user: &User) -> Result<(), Denied> {
///         let is_admin = user.roles.iter().any(|role| role == "admin");
///         if is_admin { Ok(()) } else { Err(Denied::new("the user is not an admin")) }
///     }
/// }
///
/// fn verifier(keys: KeySet, database: Database) -> Result<Verifier<User>, ConfigError> {
///     Verifier::builder()
///         .issuer("https://id.example.com/")
///         .audience("orders")
///         .keys(keys)
///         .events(Events::stderr())
///         .load(Users(database))
///         .build()
/// }
/// # drop(verifier);
/// ```
///
/// `load` returns a typed error, because `None` could be taken for a guest:
///
/// ```compile_fail
/// # use auth_runtime::{Claims, LoadPrincipal};
/// # struct User;
/// # struct Users;
/// impl LoadPrincipal for Users {
///     type TokenClaims = Claims;
///     type Principal = User;
///
///     async fn load(&self, claims: &Claims) -> Option<User> {
///         None
///     }
/// }
/// ```
///
/// It runs within the verifier's time limit. A panic and a time-out are 503, as everywhere in the
/// pipeline. It holds its own connection, because a [`Vault`](crate::Vault) requires a proof.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not load a principal",
    label = "does not implement `LoadPrincipal`",
    note = "implement `auth_runtime::LoadPrincipal` for it"
)]
pub trait LoadPrincipal: Send + Sync + 'static {
    /// The claims of the token, from which the principal is found.
    type TokenClaims: DeserializeOwned + Send + Sync + 'static;

    /// The principal: the `C` of [`Authenticated<C, P>`](crate::Authenticated).
    type Principal: Send + Sync + 'static;

    /// Loads the principal of a token whose signature and claims are verified.
    ///
    /// # Errors
    ///
    /// [`NoPrincipal`]. Each variant rejects the request.
    fn load(&self, claims: &Self::TokenClaims) -> impl Future<Output = Result<Self::Principal, NoPrincipal>> + Send;
}

/// Refuses `Option<C>` and `Result<C, E>` as the caller.
///
/// The type system has no bound for all types but these, so it is an error at start-up.
pub(super) fn refuse_optional<C>() -> Result<(), ConfigError> {
    let constructor = |name: &'static str| name.split_once('<').map(|(constructor, _)| constructor);
    let caller = type_name::<C>();
    let optional = [type_name::<Option<()>>(), type_name::<Result<(), ()>>()].map(constructor);
    // P3: a proof of it would exist for a request without a caller.
    if optional.contains(&constructor(caller)) && caller.contains('<') {
        return Err(ConfigError::OptionalCaller(caller));
    }
    Ok(())
}

/// States why a verified token has no principal. The text goes into the event only.
///
/// ```
/// use auth_runtime::credentials::NoPrincipal;
///
/// fn active(name: &str, disabled: bool) -> Result<String, NoPrincipal> {
///     if disabled { Err(NoPrincipal::disabled("by an operator")) } else { Ok(name.to_owned()) }
/// }
///
/// assert!(active("alice", true).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[must_use = "it has no effect unless it is returned: write `Err(..)`"]
pub enum NoPrincipal {
    /// The principal does not exist: 401.
    #[error("there is no principal for this token")]
    NotFound,
    /// The service has disabled the principal: 401.
    #[error("the principal is disabled: {0}")]
    Disabled(Cow<'static, str>),
    /// The database did not answer: 503.
    #[error("the principal could not be loaded: {0}")]
    Undecided(Cow<'static, str>),
}

impl NoPrincipal {
    /// Rejects a disabled principal, with the reason for the event.
    pub fn disabled(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Disabled(why.into())
    }

    /// Rejects because the principal could not be loaded, with the reason for the event.
    pub fn undecided(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Undecided(why.into())
    }
}
