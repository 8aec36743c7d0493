//! Accepts credentials of a kind that only the service knows: [`OwnKind`].

use super::VerifyCredential;
use super::verify_credential::AnyVerify;
use crate::base::{ConfigError, check_visible};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::{CredentialKind, CredentialSource, LookedUp, check_issuer_name};
use std::any::type_name;
use std::fmt;
use std::time::{Duration, SystemTime};

/// Accepts a credential that is neither a token, an API key nor a session.
///
/// An internal gateway's signed header is an example. The posture names it as the service's own
/// verification, because this crate cannot check what [`VerifyCredential`] checks.
///
/// ```
/// use auth_runtime::credentials::{Carrier, CredentialRecord, NotVerified, OwnKind};
/// use auth_runtime::credentials::VerifyCredential;
///
/// struct Gateway;
///
/// impl VerifyCredential for Gateway {
///     async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
///         Err(NotVerified::malformed("it is not the header of the gateway"))
///     }
/// }
///
/// let carrier = Carrier::header("x-gateway-user");
/// let gateway =
///     OwnKind::new("gateway header", "https://gateway.internal/", carrier, Gateway);
/// # drop(gateway);
/// ```
#[must_use = "it has no effect unless a verifier accepts it"]
pub struct OwnKind {
    /// With `own: ` in front, as the posture and the metrics name it.
    kind: String,
    issuer: String,
    carriers: [Carrier; 1],
    verify: Box<dyn AnyVerify>,
    verified_by: &'static str,
}

/// What stands in front of the name, so that an own kind cannot pose as one of this crate.
const PREFIX: &str = "own: ";

impl OwnKind {
    /// Creates a kind with this name, issuer (`iss`) and carrier.
    ///
    /// The posture, the events and the metrics name the kind `own: ` and its name. The issuer names
    /// the component that makes the credentials. Identities are unique together with it, so use a
    /// URL that no other issuer has.
    pub fn new<V: VerifyCredential>(
        name: impl Into<String>,
        issuer: impl Into<String>,
        carrier: Carrier,
        verify: V,
    ) -> Self {
        Self {
            kind: format!("{PREFIX}{}", name.into()),
            issuer: issuer.into(),
            carriers: [carrier],
            verify: Box::new(verify),
            verified_by: type_name::<V>(),
        }
    }
}

impl From<OwnKind> for CredentialKind {
    fn from(kind: OwnKind) -> Self {
        Self::new(kind)
    }
}

impl CredentialSource for OwnKind {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn issuer(&self) -> &str {
        &self.issuer
    }

    fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    /// The service alone knows the form.
    fn has_form(&self, _: &str) -> bool {
        true
    }

    fn has_distinct_form(&self) -> bool {
        false
    }

    /// By the name, because the service alone knows the form.
    fn is_in_query(&self, name: &str, _: &str) -> bool {
        self.carriers.iter().any(|carrier| carrier.is_parameter(name))
    }

    /// P6: a signed header may be valid for one request only, and the crate cannot know.
    fn cached_for(&self) -> Duration {
        Duration::ZERO
    }

    fn posture(&self) -> String {
        format!("verified by the service's own {}", self.verified_by)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let name = &self.kind[PREFIX.len()..];
        if name.trim().is_empty() {
            return Err(ConfigError::Empty("name of the own kind"));
        }
        check_visible(name).map_err(|why| ConfigError::Unreadable { name: "name of the own kind", why })?;
        check_issuer_name(&self.issuer)
    }

    fn look_up<'a>(&'a self, presented: &'a str, _: SystemTime) -> LookedUp<'a> {
        self.verify.verify(presented)
    }
}

/// Omits the verification, which may hold a secret.
impl fmt::Debug for OwnKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, issuer, carriers, .. } = self;
        f.debug_struct("OwnKind")
            .field("kind", kind)
            .field("issuer", issuer)
            .field("carriers", carriers)
            .finish_non_exhaustive()
    }
}
