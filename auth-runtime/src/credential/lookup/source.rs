//! The seam between the pipeline and the kinds of credentials that are looked up.

use super::CredentialRecord;
use crate::base::ConfigError;
use crate::credential::carrier::Carrier;
use crate::rejection::Refusal;
use auth_events::Events;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// The answer of a look-up: the owner, or why the credential is refused.
pub(crate) type LookedUp<'a> = Pin<Box<dyn Future<Output = Result<CredentialRecord, Refusal>> + Send + 'a>>;

/// A kind of credential that is looked up: API keys, sessions, or an own kind.
///
/// P2: private to the crate. Services answer "which record has this id?" through the traits of the
/// kinds, and never make a proof.
pub(crate) trait CredentialSource: Send + Sync {
    /// The kind in the posture's words: `API key`, `session`, or the service's own name for it.
    fn kind(&self) -> &str;

    /// The name that the service gives to the issuer of these credentials (`iss`).
    fn issuer(&self) -> &str;

    /// Where in a request these credentials are.
    fn carriers(&self) -> &[Carrier];

    /// Whether a text has the form of this kind, such as the prefix of an API key.
    ///
    /// It only chooses the kind, when two kinds share a carrier. It admits nothing.
    fn has_form(&self, presented: &str) -> bool;

    /// Whether two kinds may share a carrier, because [`has_form`](Self::has_form) tells this one
    /// apart from all others.
    fn has_distinct_form(&self) -> bool;

    /// Whether a text is a credential of this kind for another environment, such as a key with
    /// another prefix.
    ///
    /// It chooses the kind that refuses the text, where the text would be read as a JWT otherwise.
    fn is_of_other_environment(&self, _presented: &str) -> bool {
        false
    }

    /// Whether a parameter of a query is a credential of this kind.
    ///
    /// It admits nothing. A text that only looks like a credential must not match, because its
    /// request is refused.
    fn is_in_query(&self, name: &str, value: &str) -> bool;

    /// Whether this kind is any text that is not a JWT, so that it shares a carrier with JWTs only.
    fn is_opaque_token(&self) -> bool {
        false
    }

    /// The audience of these credentials, if they have one of their own.
    fn audience(&self) -> Option<&str> {
        None
    }

    /// Reports failures of the source to these events.
    fn report_to(&self, _events: &Events) {}

    /// How long a good answer may be used again. Zero: each request asks again.
    fn cached_for(&self) -> Duration;

    /// The store, and what else the posture states about this kind.
    fn posture(&self) -> String;

    /// Whether a credential that names no audience is accepted, whichever service it is for.
    fn accepts_any_audience(&self) -> bool {
        false
    }

    /// P9: what can be wrong in the configuration, at start.
    fn check(&self) -> Result<(), ConfigError>;

    /// P6: finds the record of a credential. Whatever fails is a refusal.
    fn look_up<'a>(&'a self, presented: &'a str, now: SystemTime) -> LookedUp<'a>;
}
