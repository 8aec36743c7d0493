//! A rejection with the data for its event.

use super::Rejection;
use auth_events::Reason;
use std::borrow::Cow;
use std::sync::Arc;

/// A rejection that is not reported yet, with the data for its event.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) rejection: Rejection,
    /// A short hash of the presented `kid`: enough to group events, and safe against injection.
    pub(crate) key_id_hash: Option<u32>,
    /// The permission or the rule that was checked, if one was.
    pub(crate) asked: Option<&'static str>,
    /// Set only after the signature and the claims were verified.
    pub(crate) subject: Option<Box<str>>,
    /// For the event only: what was wrong, or the text of [`Denied`](crate::Denied).
    pub(crate) detail: Option<Cow<'static, str>>,
    /// The claim that is refused. Set only after the signature was verified.
    pub(crate) claim: Option<Cow<'static, str>>,
    /// A salted hash of the credential, so that events distinguish credentials.
    pub(crate) token_hash: Option<u64>,
    /// The trusted issuer of the token, if it is known.
    pub(crate) issuer: Option<Arc<IssuerNames>>,
}

impl Refusal {
    /// Creates a refusal with a text for the event. The text never comes from the request.
    pub(crate) fn because(rejection: Rejection, detail: &'static str) -> Self {
        Self { detail: Some(detail.into()), ..Self::from(rejection) }
    }

    /// Returns whether the request presents no caller at all: no credential of whatever scheme, or
    /// the session of a guest.
    ///
    /// A credential of another scheme is `MissingCredentials` too, and has a text.
    pub(crate) fn is_without_credential(&self) -> bool {
        match self.rejection {
            Rejection::MissingCredentials => self.detail.is_none(),
            Rejection::InvalidToken(reason) => reason == Reason::SessionWithoutCaller,
            _ => false,
        }
    }

    pub(crate) fn token(reason: Reason, detail: &'static str) -> Self {
        Self::because(Rejection::InvalidToken(reason), detail)
    }

    /// Creates a refusal of a token whose signature is verified, because of this claim.
    pub(crate) fn claim(reason: Reason, claim: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let (claim, detail) = (Some(claim.into()), Some(detail.into()));
        Self { detail, claim, ..Self::from(Rejection::InvalidToken(reason)) }
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self {
            rejection,
            key_id_hash: None,
            asked: None,
            subject: None,
            detail: None,
            claim: None,
            token_hash: None,
            issuer: None,
        }
    }
}

/// The issuer and the audience for an event: of one trusted issuer, or of all.
#[derive(Debug, Clone)]
pub(crate) struct IssuerNames {
    pub(crate) issuer: Arc<str>,
    pub(crate) audience: Arc<str>,
}
