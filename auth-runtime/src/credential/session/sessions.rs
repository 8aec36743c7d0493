//! Accepts the sessions that `tower-sessions` stores: [`Sessions`].

use super::session_caller::AnyCaller;
use super::{SessionCaller, session_id};
use crate::base::{ConfigError, format_duration};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{
    CredentialKind, CredentialRecord, CredentialSource, Finder, LookedUp, check_issuer_name,
};
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::any::type_name;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::Error;

/// Accepts the sessions of a `tower-sessions` store, so that a service keeps its login.
///
/// The verifier reads the store only. Logging in, logging out and renewing a session stay with the
/// layer of `tower-sessions` or `axum-login`.
///
/// ```
/// use auth_runtime::credentials::{CredentialRecord, NoSessionCaller, SessionData, Sessions};
/// use tower_sessions_core::SessionStore;
///
/// fn caller(data: &SessionData) -> Result<CredentialRecord, NoSessionCaller> {
///     match data.get("user") {
///         Some(user) => Ok(CredentialRecord::of(user.as_str().unwrap_or_default())),
///         None => Err(NoSessionCaller::Anonymous),
///     }
/// }
///
/// fn sessions(store: impl SessionStore) -> Sessions {
///     Sessions::of("https://shop.example.com/login", store, caller)
/// }
/// ```
///
/// `sid` and `jti` are [`Sessions::sid`], a hash of the session's id, so
/// [`Revocation::session`](crate::revocation::Revocation::session) works without storing a secret.
/// The store keeps such a revocation for as long as it exists, because a session is renewed when it
/// is used. The claims have no `iat` unless the caller's record states
/// one, so a [`Revocation::subject`](crate::revocation::Revocation::subject) refuses later logins
/// too.
#[must_use = "it has no effect unless a verifier accepts it"]
pub struct Sessions {
    issuer: String,
    carriers: [Carrier; 1],
    store: Box<dyn SessionStore>,
    store_name: &'static str,
    caller: Box<dyn AnyCaller>,
    caller_name: &'static str,
    cached_for: Duration,
    pub(super) finder: Finder<i128>,
}

/// The cookie that carries a session's id, unless the service sets another carrier.
const COOKIE: &str = "__Host-id";

impl Sessions {
    /// Creates the kind with the name of its issuer (`iss`), a store, and whose a session is.
    ///
    /// The name is the service's own choice, such as the URL of its login page. Identities are
    /// unique together with it, so use one that no other issuer has.
    pub fn of<S: SessionStore, C: SessionCaller>(issuer: impl Into<String>, store: S, caller: C) -> Self {
        Self {
            issuer: issuer.into(),
            carriers: [Carrier::cookie(COOKIE)],
            store: Box::new(store),
            store_name: type_name::<S>(),
            caller: Box::new(caller),
            caller_name: type_name::<C>(),
            cached_for: Duration::ZERO,
            finder: Finder::new(),
        }
    }

    /// Sets the carrier of the session's id. The cookie `__Host-id` by default.
    ///
    /// The layer of `tower-sessions` must set a cookie of the same name, which is `id` unless the
    /// service calls `with_name("__Host-id")`. Such a cookie has no domain and the path `/`.
    ///
    /// ```
    /// use auth_runtime::credentials::{Carrier, Sessions};
    ///
    /// fn for_pages(sessions: Sessions) -> Sessions {
    ///     let cookie = Carrier::cookie("__Host-id").origin("https://shop.example.com");
    ///     sessions.carrier(cookie.login_page("/login"))
    /// }
    /// # drop(for_pages);
    /// ```
    pub fn carrier(mut self, carrier: Carrier) -> Self {
        self.carriers = [carrier];
        self
    }

    /// Sets how long a session may be used again without asking the store: at most one minute.
    ///
    /// The default is zero: each request asks the store, so logging out stops the next request. A
    /// longer time lets a session work for that time after a logout, unless it is revoked too.
    pub fn cached_for(mut self, time: Duration) -> Self {
        self.cached_for = time;
        self
    }

    /// Returns the name of a session in claims and revocations (`sid`, `jti`).
    ///
    /// It is a hash, because the id itself is a secret.
    ///
    /// ```
    /// use auth_runtime::credentials::Sessions;
    /// use auth_runtime::revocation::Revocation;
    /// use tower_sessions_core::session::Id;
    ///
    /// fn revocation(session: Id) -> Revocation {
    ///     Revocation::session("https://shop.example.com/login", Sessions::sid(session))
    /// }
    /// # drop(revocation(Id::default()));
    /// ```
    #[must_use]
    pub fn sid(session: Id) -> String {
        session_id::public_name(session)
    }

    async fn find(&self, presented: &str, now: SystemTime) -> Result<CredentialRecord, Refusal> {
        let id = session_id::parse(presented)?;
        let found = self.finder.find(&id.0, now, || self.store.load(&id)).await.map_err(|error| unavailable(&error))?;
        let Some(record) = found else {
            return Err(Refusal::token(Reason::UnknownSession, "the store has no session with this id"));
        };
        let Record { id: found, data, expiry_date } = record;
        // P6: a store that confuses its keys must not log a caller in as another one.
        if found != id {
            return Err(undecided("the session store returned another session than the requested one"));
        }
        let expires_at = system_time(expiry_date);
        // P6: some stores return expired sessions until a task deletes them.
        if expires_at <= now {
            return Err(Refusal::token(Reason::Expired, "the session has expired"));
        }
        let mut caller = self.caller.caller(&data).await?;
        caller.expires_at = Some(caller.expires_at.map_or(expires_at, |earlier| earlier.min(expires_at)));
        let sid = session_id::public_name(id);
        Ok(caller.id(sid.clone()).session(sid))
    }
}

impl From<Sessions> for CredentialKind {
    fn from(sessions: Sessions) -> Self {
        Self::new(sessions)
    }
}

impl CredentialSource for Sessions {
    fn kind(&self) -> &'static str {
        "session"
    }

    fn issuer(&self) -> &str {
        &self.issuer
    }

    fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    fn has_form(&self, presented: &str) -> bool {
        session_id::has_form(presented)
    }

    /// Another kind may use 22 characters too.
    fn has_distinct_form(&self) -> bool {
        false
    }

    /// By the name too, because other ids have 22 characters of base64url, such as UUIDs.
    fn is_in_query(&self, name: &str, value: &str) -> bool {
        self.carriers.iter().any(|carrier| carrier.is_parameter(name)) && session_id::has_form(value)
    }

    fn cached_for(&self) -> Duration {
        self.cached_for
    }

    fn posture(&self) -> String {
        let cached = match self.cached_for {
            Duration::ZERO => "not cached".to_owned(),
            time => format!("cached for {}", format_duration(time)),
        };
        format!("records of {}, callers of {}, {cached}", self.store_name, self.caller_name)
    }

    fn check(&self) -> Result<(), ConfigError> {
        check_issuer_name(&self.issuer)?;
        if self.cached_for > Duration::from_secs(60) {
            let why = "use at most one minute, because a cached session works after its logout";
            return Err(ConfigError::OutOfBounds { name: "cached_for", why });
        }
        Ok(())
    }

    fn look_up<'a>(&'a self, presented: &'a str, now: SystemTime) -> LookedUp<'a> {
        Box::pin(self.find(presented, now))
    }
}

/// Without the text of the error, because it may contain the id or the address of the store.
fn unavailable(error: &Error) -> Refusal {
    undecided(match error {
        Error::Backend(_) => "the session store failed",
        Error::Decode(_) | Error::Encode(_) => "the session store has a record that it cannot read",
    })
}

fn undecided(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::Unavailable(Reason::VerifierUnavailable), detail)
}

/// A time before 1970 is 1970, which has passed.
fn system_time(time: OffsetDateTime) -> SystemTime {
    let since_1970 = Duration::try_from(time - OffsetDateTime::UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH.checked_add(since_1970).unwrap_or(UNIX_EPOCH)
}

/// Omits the store, which may hold the password of a database.
impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issuer, carriers, cached_for, .. } = self;
        f.debug_struct("Sessions")
            .field("issuer", issuer)
            .field("carriers", carriers)
            .field("cached_for", cached_for)
            .finish_non_exhaustive()
    }
}
