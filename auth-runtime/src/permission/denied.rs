//! A permission that was not given.

use super::{Permission, PermissionName};
use crate::credential::token::VerifiedClaims;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use std::borrow::Cow;

/// A permission was not given. The reason goes into the event, never to the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
#[must_use = "a denial that is dropped is no denial; return it"]
pub struct Denied {
    why: Cow<'static, str>,
    pub(super) undecided: bool,
    permission: Option<&'static str>,
    scope: Option<&'static str>,
}

impl Denied {
    /// A denial, with the reason for whoever reads the event.
    pub fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self { why: why.into(), undecided: false, permission: None, scope: None }
    }

    /// It can't be known: what the decision depends on did not answer. Denied all the same, but with 503 instead of
    /// 403, and a reason of its own in the event: an outage is not to be taken for an attack, nor the other way
    /// round.
    pub fn undecided(why: impl Into<Cow<'static, str>>) -> Self {
        Self { undecided: true, ..Self::new(why) }
    }

    pub(super) fn without_scope(scope: &'static str) -> Self {
        Self { scope: Some(scope), ..Self::new("the token does not carry this scope") }
    }

    /// The permission that was missing is the innermost one: of a tuple, the part that denied.
    pub(super) fn of<C, P: Permission<C>>(mut self) -> Self {
        self.permission.get_or_insert_with(|| PermissionName::of::<C, P>().text());
        self
    }

    /// What becomes of the request, and what the event says. `name` is that of the permission or rule that was asked,
    /// `refused` what a plain denial is.
    pub(crate) fn refusal(
        &self,
        name: &'static str,
        registered: &VerifiedClaims,
        refused: impl FnOnce(&'static str, Option<&'static str>) -> Rejection,
    ) -> Refusal {
        let asked = self.permission.unwrap_or(name);
        // P6: what can't be known is no.
        let rejection = if self.undecided {
            Rejection::Unavailable(Reason::PermissionUndecided)
        } else {
            refused(asked, self.scope)
        };
        Refusal {
            rejection,
            key_id_hash: registered.key_id_hash(),
            asked: Some(asked),
            subject: Some(registered.subject.as_str().into()),
            detail: Some(self.why.clone()),
            issuer: Some(registered.issuer.names()),
        }
    }
}
