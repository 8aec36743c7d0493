//! A kind of credential that a verifier accepts: [`CredentialKind`].

use super::CredentialSource;
use std::fmt;
use std::sync::Arc;

/// Holds a kind of credential that is looked up.
///
/// For [`Verifier::accepting`](crate::Verifier::accepting) and
/// [`VerifierBuilder::also_accept`](crate::credentials::VerifierBuilder::also_accept), which take
/// each of the kinds in this module.
///
/// ```
/// use auth_runtime::api_keys::{ApiKeys, MemoryApiKeys};
/// use auth_runtime::credentials::CredentialKind;
///
/// let keys = ApiKeys::of("https://orders.example.com/", "acme_live", MemoryApiKeys::new());
/// let kind: CredentialKind = keys.into();
/// # drop(kind);
/// ```
// P2: a closed set, because only this crate can make one.
#[derive(Clone)]
#[must_use = "it is not accepted yet: pass it to `also_accept`"]
pub struct CredentialKind(Arc<dyn CredentialSource>);

impl CredentialKind {
    pub(crate) fn new(source: impl CredentialSource + 'static) -> Self {
        Self(Arc::new(source))
    }

    pub(crate) fn into_source(self) -> Arc<dyn CredentialSource> {
        self.0
    }
}

impl fmt::Debug for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CredentialKind").field(&self.0.kind()).finish()
    }
}
