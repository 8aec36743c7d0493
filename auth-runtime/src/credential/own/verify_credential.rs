//! The service's own verification: [`VerifyCredential`].

use super::NotVerified;
use crate::credential::lookup::{CredentialRecord, LookedUp};
use std::future::Future;

/// Verifies a credential of the service's own kind, for [`OwnKind`](super::OwnKind).
///
/// It returns the record of the owner, or a typed error. It cannot make a proof: the verifier makes
/// claims of the record, and checks expiry, revocation and permission as for a token.
///
/// ```
/// use auth_runtime::credentials::{CredentialRecord, NotVerified, VerifyCredential};
///
/// # struct Seal;
/// # impl Seal { fn open(&self, _: &str) -> Result<String, ()> { Err(()) } }
/// struct Gateway(Seal);
///
/// impl VerifyCredential for Gateway {
///     async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
///         match self.0.open(presented) {
///             Ok(user) => Ok(CredentialRecord::of(user).scopes(["orders:read"])),
///             Err(_) => Err(NotVerified::invalid("the seal of the gateway is wrong")),
///         }
///     }
/// }
/// ```
///
/// A `bool` does not name the caller, and a caller of the function could forget to read it:
///
/// ```compile_fail,E0271
/// # use auth_runtime::credentials::VerifyCredential;
/// # struct Gateway;
/// impl VerifyCredential for Gateway {
///     async fn verify(&self, presented: &str) -> bool {
///         true
///     }
/// }
/// ```
///
/// `None` could be taken for a guest:
///
/// ```compile_fail,E0271
/// # use auth_runtime::credentials::{CredentialRecord, VerifyCredential};
/// # struct Gateway;
/// impl VerifyCredential for Gateway {
///     async fn verify(&self, presented: &str) -> Option<CredentialRecord> {
///         None
///     }
/// }
/// ```
///
/// It runs within the verifier's time limit. A panic and a time-out are 503, as everywhere in the
/// pipeline. `presented` comes from an unauthenticated client: check its form first, compare
/// secrets in constant time, and never log it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not verify credentials",
    label = "does not implement `VerifyCredential`",
    note = "implement `auth_runtime::credentials::VerifyCredential` for it"
)]
pub trait VerifyCredential: Send + Sync + 'static {
    /// Verifies a credential, and returns the record of its owner.
    ///
    /// # Errors
    ///
    /// [`NotVerified`]. Each variant rejects the request.
    fn verify(&self, presented: &str) -> impl Future<Output = Result<CredentialRecord, NotVerified>> + Send;
}

/// A [`VerifyCredential`] without its type.
pub(super) trait AnyVerify: Send + Sync {
    fn verify<'a>(&'a self, presented: &'a str) -> LookedUp<'a>;
}

impl<V: VerifyCredential> AnyVerify for V {
    fn verify<'a>(&'a self, presented: &'a str) -> LookedUp<'a> {
        Box::pin(async move { Ok(VerifyCredential::verify(self, presented).await?) })
    }
}
