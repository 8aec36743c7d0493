//! The inputs of an attack: the issuer, its public keys and a good token.

use crate::issuer::{KeyManagement, PublicKey, TestIssuer, TestToken};
use auth_runtime::keys::Algorithm;
use std::cell::LazyCell;
use std::fmt;

/// Gives an attack the issuer, its public keys and a good token.
///
/// ```
/// use auth_testkit::{Attack, AttackInputs, Credentials, Expected};
///
/// fn other_tenant(inputs: &AttackInputs<'_>) -> Option<Credentials> {
///     Some(Credentials::bearer(&inputs.token()?.claim("tenant", "another").signed()))
/// }
///
/// let attack = Attack::new("X03", "another tenant", Expected::InvalidToken, other_tenant);
/// # drop(attack);
/// ```
pub struct AttackInputs<'a> {
    pub(crate) issuer: Option<&'a TestIssuer>,
    /// The issuer's published keys, where its private key is not available.
    pub(crate) published: &'a [PublicKey],
    pub(crate) scopes: &'a [String],
    /// Signed on first use, because most attacks do not need it and RSA signatures are slow.
    pub(crate) good: LazyCell<String, Box<dyn FnOnce() -> String + Send + 'a>>,
}

impl AttackInputs<'_> {
    /// Starts a token that is good on this route; `None` where the issuer's key is not available.
    #[must_use]
    pub fn token(&self) -> Option<TestToken> {
        Some(self.scopes.iter().fold(self.issuer?.token(), |token, scope| token.scope(scope)))
    }

    /// Starts a token like a good one, for attacks that do not need the issuer's signature.
    #[must_use]
    pub fn forgery(&self) -> Option<TestToken> {
        self.token().or_else(|| TestToken::decoded(self.good()))
    }

    /// Returns the algorithm of good tokens.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.forgery().map(|token| token.algorithm())
    }

    /// The first public key that a text can be encrypted to.
    pub(crate) fn encrypted(&self, management: KeyManagement, text: &str) -> Option<String> {
        let of_the_issuer = self.issuer.and_then(|issuer| issuer.key().public());
        // The service's own key comes first, because it decrypts with it.
        self.published.iter().chain(&of_the_issuer).find_map(|key| key.encrypt(management, text))
    }

    /// The public key in a form that a service could use as a shared secret.
    pub(crate) fn public_form(&self, name: &str) -> Option<Vec<u8>> {
        let of_the_issuer = self.issuer.and_then(|issuer| issuer.key().public());
        let mut forms = of_the_issuer.iter().chain(self.published).flat_map(PublicKey::forms);
        forms.find_map(|(form, bytes)| (form == name).then_some(bytes))
    }

    /// Returns a good token as text.
    #[must_use]
    pub fn good(&self) -> &str {
        &self.good
    }

    /// Returns the issuer; `None` where its key is not available.
    #[must_use]
    pub fn issuer(&self) -> Option<&TestIssuer> {
        self.issuer
    }

    /// The three segments of the good token.
    pub(crate) fn segments(&self) -> Option<[&str; 3]> {
        self.good().split('.').collect::<Vec<_>>().try_into().ok()
    }
}

impl fmt::Debug for AttackInputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttackInputs").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
