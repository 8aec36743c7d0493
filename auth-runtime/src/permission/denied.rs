//! Denies a permission: [`Denied`].

use super::{Permission, PermissionName};
use crate::credential::VerifiedClaims;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::borrow::Cow;

/// Denies a permission. The reason goes into the event, never to the client.
///
/// ```
/// use auth_runtime::{Claims, Denied, Permission};
///
/// struct Adult;
///
/// impl Permission<Claims> for Adult {
///     const NAME: &'static str = "adult";
///
///     fn check(claims: &Claims) -> Result<(), Denied> {
///         match claims.other.get("age").and_then(|age| age.as_u64()) {
///             Some(18..) => Ok(()),
///             Some(_) => Err(Denied::new("younger than 18")),
///             None => Err(Denied::undecided("the token does not state the age")),
///         }
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
#[must_use = "a denial has no effect unless it is returned: write `Err(denied)`"]
pub struct Denied {
    why: Cow<'static, str>,
    pub(super) undecided: bool,
    permission: Option<&'static str>,
    scope: Option<&'static str>,
}

impl Denied {
    /// Denies, with the reason for the event.
    pub fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self { why: why.into(), undecided: false, permission: None, scope: None }
    }

    /// Denies because the decision cannot be made: what it depends on did not answer.
    ///
    /// The status is 503 instead of 403 and the event has its own reason, because an outage must
    /// not look like an attack, nor an attack like an outage.
    pub fn undecided(why: impl Into<Cow<'static, str>>) -> Self {
        Self { undecided: true, ..Self::new(why) }
    }

    pub(super) fn without_scope(scope: &'static str) -> Self {
        Self { scope: Some(scope), ..Self::new("the token does not carry this scope") }
    }

    /// Records the innermost permission that denied: of a tuple, the part.
    pub(super) fn of<C, P: Permission<C>>(mut self) -> Self {
        self.permission.get_or_insert_with(|| PermissionName::of::<C, P>().text());
        self
    }

    /// Makes the refusal. `name` is the permission or rule that was required, and `refused` makes
    /// the rejection of a plain denial.
    pub(crate) fn refusal(
        &self,
        name: &'static str,
        registered: &VerifiedClaims,
        refused: impl FnOnce(&'static str, Option<&'static str>) -> Rejection,
    ) -> Refusal {
        let asked = self.permission.unwrap_or(name);
        // P6: an undecided check denies.
        let rejection = if self.undecided {
            Rejection::Unavailable(Reason::PermissionUndecided)
        } else {
            refused(asked, self.scope)
        };
        Refusal {
            key_id_hash: registered.key_id_hash(),
            asked: Some(asked),
            subject: Some(registered.subject.as_str().into()),
            detail: Some(self.why.clone()),
            issuer: Some(registered.names()),
            ..Refusal::from(rejection)
        }
    }
}
