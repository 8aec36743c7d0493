//! Names a caller in a decision: [`CallerRecord`].

use crate::permission::PermissionName;
use crate::rejection::Rejection;
use std::fmt;
use std::sync::Arc;

/// A request whose caller is verified, with claims of any type.
pub(crate) trait Identified: Send + Sync {
    fn issuer(&self) -> &str;
    fn subject(&self) -> &str;

    /// Refuses the answer of a handler that has not asked a rule that it declares.
    fn unchecked_rule(&self) -> Result<(), Rejection>;
}

/// Records the identity of a caller whose credentials were accepted.
///
/// A record and not a proof: it opens no vault, and nothing turns it into an
/// [`Authenticated`](crate::Authenticated). It shares the verified request, so a clone is cheap.
///
/// ```compile_fail
/// # use auth_runtime::{Authenticated, Claims, decision::CallerRecord};
/// fn forged(record: CallerRecord) -> Authenticated<Claims> {
///     record.into()
/// }
/// ```
// P2: it holds the request behind a trait that gives out two strings. Not the token, because all
// requests with a token share it, and so would each count of its references.
#[derive(Clone)]
pub struct CallerRecord {
    request: Arc<dyn Identified>,
    /// A function, because names are made only when a layer asks for them.
    permissions: fn() -> Vec<PermissionName>,
}

impl CallerRecord {
    pub(crate) fn new(request: Arc<dyn Identified>, permissions: fn() -> Vec<PermissionName>) -> Self {
        Self { request, permissions }
    }

    /// As [`Identified::unchecked_rule`].
    pub(crate) fn unchecked_rule(&self) -> Result<(), Rejection> {
        self.request.unchecked_rule()
    }

    /// Removes the permissions, which were not granted.
    pub(crate) fn without_permissions(self) -> Self {
        Self { permissions: Vec::new, ..self }
    }

    /// Returns the issuer of the token (`iss`).
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.request.issuer()
    }

    /// Returns the subject of the token (`sub`), which is unique only together with the issuer.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.request.subject()
    }

    /// Returns the permissions that the gate has checked; none if it denied one.
    #[must_use]
    pub fn permissions(&self) -> Vec<PermissionName> {
        (self.permissions)()
    }
}

/// Omits the claims, as a proof does.
impl fmt::Debug for CallerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallerRecord")
            .field("issuer", &self.issuer())
            .field("subject", &self.subject())
            .finish_non_exhaustive()
    }
}
