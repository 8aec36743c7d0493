//! A rejection on its way to its event.

use super::Rejection;
use auth_events::Reason;
use std::borrow::Cow;
use std::sync::Arc;

/// A refusal on its way to its event: the rejection, and what may be said about it.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) rejection: Rejection,
    /// A short hash of the presented `kid`: enough to group by, nothing to inject.
    pub(crate) key_id_hash: Option<u32>,
    /// The permission or the rule that was asked, once one was.
    pub(crate) asked: Option<&'static str>,
    /// Set only once the signature and the claims were found good.
    pub(crate) subject: Option<Box<str>>,
    /// For the event alone: which part was wrong, or what [`Denied`](crate::Denied) said.
    pub(crate) detail: Option<Cow<'static, str>>,
    /// Of the issuers that are trusted, the one whose token it is; absent as long as that isn't known.
    pub(crate) issuer: Option<Arc<IssuerNames>>,
}

impl Refusal {
    /// A refusal with a few words for the event. The words are ours, never the sender's.
    pub(crate) fn because(rejection: Rejection, detail: &'static str) -> Self {
        Self { detail: Some(detail.into()), ..Self::from(rejection) }
    }

    pub(crate) fn token(reason: Reason, detail: &'static str) -> Self {
        Self::because(Rejection::InvalidToken(reason), detail)
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self { rejection, key_id_hash: None, asked: None, subject: None, detail: None, issuer: None }
    }
}

/// The issuer and the audience that an event names: of one trusted issuer, or of all.
#[derive(Debug, Clone)]
pub(crate) struct IssuerNames {
    pub(crate) issuer: Arc<str>,
    pub(crate) audience: Arc<str>,
}
