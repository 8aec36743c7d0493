//! A source of good and bad credentials that a verifier looks up.

use super::bad_credential::BadCredential;
use super::{TestApiKeys, TestCredentials};

/// The credentials that the test gives the kit for one kind.
#[derive(Clone)]
pub(crate) enum CredentialSource {
    ApiKeys(TestApiKeys),
    Own(TestCredentials),
}

impl CredentialSource {
    pub(crate) fn issuer(&self) -> &str {
        match self {
            Self::ApiKeys(keys) => keys.issuer(),
            Self::Own(own) => own.issuer(),
        }
    }

    /// The carriers in a service without a posture.
    pub(crate) fn carriers(&self) -> &[String] {
        match self {
            Self::ApiKeys(keys) => keys.carriers(),
            Self::Own(own) => own.carriers(),
        }
    }

    /// The kind in a service without a posture.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::ApiKeys(_) => "API key",
            Self::Own(_) => "credential",
        }
    }

    /// A good credential: a new one for each request, because a handler may revoke it.
    pub(crate) async fn good(&self, scopes: &[String]) -> String {
        match self {
            Self::ApiKeys(keys) => keys.stored(scopes, |_| {}).await,
            Self::Own(own) => own.good().await,
        }
    }

    pub(crate) async fn bad(&self, scopes: &[String]) -> Vec<BadCredential> {
        match self {
            Self::ApiKeys(keys) => keys.bad(scopes).await,
            Self::Own(own) => own.bad().await,
        }
    }

    /// A good credential without scopes; `None` where the kit cannot make it.
    pub(crate) async fn without_scopes(&self) -> Option<String> {
        match self {
            Self::ApiKeys(keys) => Some(keys.stored(&[], |_| {}).await),
            Self::Own(_) => None,
        }
    }
}
