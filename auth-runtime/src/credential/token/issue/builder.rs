//! Builds a token issuer.

use super::legacy_options::LegacyOptions;
use super::parts::{HasAudience, HasKey, HasName, NoAudience, NoKey, NoName};
use super::token_issuer::{Clock, Shared};
use super::{SigningKey, TokenIssuer};
use crate::base::ConfigError;
use crate::credential::token::keys::{KeySet, VerifyingKey};
use crate::credential::token::{Issuer, Issuers, Provider, TokenType};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Builds a [`TokenIssuer`]; [`TokenIssuer::builder`] creates it.
///
/// `issuer`, `audience` and `key` are required: [`build`](Self::build) needs all three.
///
/// ```
/// use auth_runtime::TokenIssuer;
/// use auth_runtime::credentials::SigningKey;
/// use std::time::Duration;
///
/// # fn main() -> Result<(), auth_runtime::ConfigError> {
/// let issuer = TokenIssuer::builder()
///     .issuer("https://shop.example.com/")
///     .audience("shop")
///     .key(SigningKey::hs256("2026-11", b"a secret of at least thirty-two bytes!")?)
///     .previous_key(SigningKey::hs256("2026-10", b"the secret of the month before this")?)
///     .lifetime(Duration::from_secs(10 * 60))
///     .build()?;
/// # drop(issuer);
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does not issue tokens: call `.build()`"]
pub struct TokenIssuerBuilder<I = NoName, A = NoAudience, K = NoKey> {
    issuer: I,
    audience: A,
    key: K,
    options: Options,
}

struct Options {
    previous: Vec<VerifyingKey>,
    lifetime: Duration,
    client_id: Option<String>,
    clock: Clock,
    legacy: LegacyOptions,
}

impl TokenIssuer {
    /// Creates a builder.
    pub fn builder() -> TokenIssuerBuilder {
        TokenIssuerBuilder {
            issuer: NoName,
            audience: NoAudience,
            key: NoKey,
            options: Options {
                previous: Vec::new(),
                lifetime: Duration::from_secs(15 * 60),
                client_id: None,
                clock: Arc::new(SystemTime::now),
                legacy: LegacyOptions::default(),
            },
        }
    }
}

impl<I, A, K> TokenIssuerBuilder<I, A, K> {
    /// Sets `iss`. Required.
    pub fn issuer(self, issuer: impl Into<String>) -> TokenIssuerBuilder<String, A, K> {
        let Self { audience, key, options, .. } = self;
        TokenIssuerBuilder { issuer: issuer.into(), audience, key, options }
    }

    /// Sets `aud`: the service that accepts the tokens. Required.
    pub fn audience(self, audience: impl Into<String>) -> TokenIssuerBuilder<I, String, K> {
        let Self { issuer, key, options, .. } = self;
        TokenIssuerBuilder { issuer, audience: audience.into(), key, options }
    }

    /// Sets the key that signs. Required.
    pub fn key(self, key: SigningKey) -> TokenIssuerBuilder<I, A, SigningKey> {
        let Self { issuer, audience, options, .. } = self;
        TokenIssuerBuilder { issuer, audience, key, options }
    }

    /// Accepts the tokens of another key, which does not sign.
    ///
    /// Call it once for each key, the oldest last.
    ///
    /// To rotate, deploy the new key here first, so that every instance accepts it. Then swap both,
    /// and remove the old one when its last token has expired.
    pub fn previous_key(mut self, key: impl Into<VerifyingKey>) -> Self {
        self.options.previous.push(key.into());
        self
    }

    /// Sets the lifetime of a token. 15 minutes by default.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.options.lifetime = lifetime;
        self
    }

    /// Sets `client_id` (RFC 9068 section 2.2). The audience by default.
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.options.client_id = Some(client_id.into());
        self
    }

    /// Sets the clock of the issuer and of its verifier. The system's clock by default; for tests.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.options.clock = Arc::new(clock);
        self
    }

    /// Accepts tokens in the field that lack `iss`, `aud` or `typ: at+jwt`, until the end of a day.
    ///
    /// Only tokens that were signed with the keys of this issuer, with `exp` and `sub`. A token
    /// without a `kid` is verified with the oldest key. The rules of
    /// [`TokenType::AnyJwt`](crate::TokenType::AnyJwt) apply, so the service must not have signed
    /// another kind of token with these keys. The posture names the day and the reason. After the
    /// day the tokens are rejected, and [`Posture::check`](crate::Posture::check) fails.
    pub fn legacy_tokens_until(mut self, day: impl Into<String>, reason: impl Into<String>) -> Self {
        self.options.legacy.accepted = Some((day.into(), reason.into()));
        self
    }

    /// Names the claim in which legacy access tokens state their kind, with its value.
    ///
    /// For services that number their kinds (`typ` is 0 for access tokens and 1 for refresh
    /// tokens), or use words of their own. A legacy token without this claim, or with another
    /// value, is then rejected. The value is a text or an integer that is not negative.
    pub fn legacy_access_claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.options.legacy.access_claim = Some((name.into(), value.into()));
        self
    }

    /// Issues tokens without `iss` and `aud`, with `typ: JWT`, until the end of a day.
    ///
    /// For a rolling deployment, because old instances reject the new form (`jsonwebtoken` rejects
    /// an `aud` that it does not expect). The tokens have no `kid` and `client_id` either, and they
    /// have the claim of [`legacy_access_claim`](Self::legacy_access_claim).
    ///
    /// Needs [`legacy_tokens_until`](Self::legacy_tokens_until), with a later day, so that each
    /// token is accepted until it expires. Rotate keys afterwards, because old instances know one
    /// key. The posture names the day and the reason. After the day the new form is issued, and
    /// [`Posture::check`](crate::Posture::check) fails.
    pub fn issue_legacy_form_until(mut self, day: impl Into<String>, reason: impl Into<String>) -> Self {
        self.options.legacy.issued = Some((day.into(), reason.into()));
        self
    }

    /// Builds the issuer.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], when a part is empty or out of bounds, and when two keys have the same
    /// `kid`.
    ///
    /// # Panics
    ///
    /// When the reason of [`legacy_tokens_until`](Self::legacy_tokens_until) or
    /// [`issue_legacy_form_until`](Self::issue_legacy_form_until) is not readable.
    pub fn build(self) -> Result<TokenIssuer, ConfigError>
    where
        I: HasName<Then<A>: HasAudience<Then<K>: HasKey>>,
    {
        let (name, audience) = HasName::take(self.issuer, self.audience);
        let (audience, key) = HasAudience::take(audience, self.key);
        let key = HasKey::take(key);
        let Options { previous, lifetime, client_id, clock, legacy } = self.options;
        if lifetime < Duration::from_secs(1) || lifetime > Duration::from_secs(24 * 366 * 60 * 60) {
            return Err(ConfigError::OutOfBounds { name: "lifetime", why: "use a second to a year" });
        }
        let kid = previous.last().map_or_else(|| key.verifying.kid.clone(), |oldest| oldest.kid.clone());
        let legacy = legacy.build(kid, !previous.is_empty(), lifetime)?;
        let keys = KeySet::new([key.verifying.clone()].into_iter().chain(previous))?;
        let client_id = client_id.unwrap_or_else(|| audience.clone());
        let issuer = Issuer::new(Provider::custom(name), vec![audience.into()], TokenType::AccessToken, keys)
            .with_legacy(legacy);
        // For its checks of both names.
        let issuers = Issuers::new(issuer, Vec::new(), TokenType::AccessToken)?;
        let issuer = issuers.all().next().map(Arc::clone).ok_or(ConfigError::Empty("issuer"))?;
        Ok(TokenIssuer { shared: Arc::new(Shared { issuer, key, lifetime, client_id, clock }) })
    }
}

impl<I, A, K> fmt::Debug for TokenIssuerBuilder<I, A, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuerBuilder").finish_non_exhaustive()
    }
}
