//! Builds a verifier.

use super::accepted::Accepted;
use super::cache::TokenCache;
use super::condition::Condition;
use super::load_principal::refuse_optional;
use super::options::{self, Options};
use super::parts::{AcceptsTokens, HasAudience, HasEvents, HasIssuer, HasKeys};
use super::parts::{NoAudience, NoEvents, NoIssuer, NoKeys, NoTokens};
use super::source::Source;
use super::{LoadPrincipal, Shared, TokenClaims, Verifier};
use crate::base::{ConfigError, Erased, Within};
use crate::credential::carrier::Carrier;
use crate::credential::lookup::CredentialKind;
#[cfg(feature = "issue")]
use crate::credential::token::LegacyTokens;
use crate::credential::token::keys::KeySet;
use crate::credential::token::{ClaimsPolicy, Issuer, Issuers, Provider, TrustedIssuer, jws};
use crate::revocation::RevocationChecker;
use auth_events::Events;
use auth_events::internal::Meters;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// Builds a [`Verifier`]; [`Verifier::builder`] creates it.
///
/// `issuer`, `audience`, `keys` and `events` are required: [`build`](Self::build) needs all four.
///
/// ```
/// use auth_runtime::{Claims, ConfigError, Events, KeySet, Verifier};
/// use std::time::Duration;
///
/// fn verifier(keys: KeySet) -> Result<Verifier<Claims>, ConfigError> {
///     Verifier::builder()
///         .issuer("https://id.example.com/")
///         .audience("orders")
///         .keys(keys)
///         .events(Events::stderr())
///         .max_lifetime(Duration::from_secs(60 * 60))
///         .build()
/// }
/// # let _ = verifier;
/// ```
#[must_use = "a builder does not verify tokens: call `.build()`"]
pub struct VerifierBuilder<C, I = NoIssuer, A = NoAudience, K = NoKeys, E = NoEvents> {
    issuer: I,
    audience: A,
    keys: K,
    events: E,
    pub(super) options: Options,
    source: Source<C>,
    conditions: Vec<Condition<C>>,
}

impl<C: TokenClaims> Verifier<C> {
    /// Creates a builder. `C` is the type of the token's claims.
    ///
    /// [`load`](VerifierBuilder::load) replaces it by a principal of the service's database.
    pub fn builder() -> VerifierBuilder<C> {
        VerifierBuilder {
            issuer: NoIssuer,
            audience: NoAudience,
            keys: NoKeys,
            events: NoEvents,
            options: Options::default(),
            source: Source::decode(),
            conditions: Vec::new(),
        }
    }

    /// Creates a builder that accepts this kind of credential, and no JWT.
    ///
    /// [`also_accept`](VerifierBuilder::also_accept) adds more kinds. `events` is required.
    pub fn accepting(kind: impl Into<CredentialKind>) -> VerifierBuilder<C, NoTokens, NoTokens, NoTokens> {
        let options = Options { kinds: vec![kind.into()], ..Options::default() };
        let (issuer, audience, keys, events) = (NoTokens, NoTokens, NoTokens, NoEvents);
        let (source, conditions) = (Source::decode(), Vec::new());
        VerifierBuilder { issuer, audience, keys, events, options, source, conditions }
    }
}

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Sets the issuer (`iss`) whose tokens are accepted. Required.
    ///
    /// Compared byte by byte; a trailing slash matters.
    pub fn issuer(self, issuer: impl Into<String>) -> VerifierBuilder<C, String, A, K, E>
    where
        I: AcceptsTokens,
    {
        self.provider(Provider::custom(issuer))
    }

    /// Sets the issuer by the profile of its identity provider. Required, unless
    /// [`issuer`](Self::issuer) is called.
    ///
    /// [`token_type`](Self::token_type) and [`max_lifetime`](Self::max_lifetime) of this builder
    /// replace those of the profile.
    pub fn provider(self, provider: Provider) -> VerifierBuilder<C, String, A, K, E>
    where
        I: AcceptsTokens,
    {
        let Self { audience, keys, events, mut options, source, conditions, .. } = self;
        let issuer = provider.issuer().to_owned();
        options.provider = Some(provider);
        VerifierBuilder { issuer, audience, keys, events, options, source, conditions }
    }

    /// Sets the audience that `aud` must contain, byte by byte. Required.
    pub fn audience(self, audience: impl Into<String>) -> VerifierBuilder<C, I, String, K, E>
    where
        A: AcceptsTokens,
    {
        let Self { issuer, keys, events, options, source, conditions, .. } = self;
        VerifierBuilder { issuer, audience: audience.into(), keys, events, options, source, conditions }
    }

    /// Accepts another audience of the issuer. Call it once for each.
    ///
    /// For the clients of one issuer that are audiences by themselves: web, iOS, Android.
    pub fn also_audience(mut self, audience: impl Into<String>) -> Self
    where
        I: AcceptsTokens,
    {
        self.options.other_audiences.push(audience.into());
        self
    }

    /// Sets the keys: a [`KeySet`], or one [`VerifyingKey`](crate::VerifyingKey). Required.
    pub fn keys(self, keys: impl Into<KeySet>) -> VerifierBuilder<C, I, A, KeySet, E>
    where
        K: AcceptsTokens,
    {
        let Self { issuer, audience, events, mut options, source, conditions, .. } = self;
        // P6: legacy tokens are those of the issuer's own keys.
        options.legacy = None;
        VerifierBuilder { issuer, audience, keys: keys.into(), events, options, source, conditions }
    }

    /// Sets the stream that receives an event for each rejection. Required.
    pub fn events(self, events: Events) -> VerifierBuilder<C, I, A, K, Events> {
        let Self { issuer, audience, keys, options, source, conditions, .. } = self;
        VerifierBuilder { issuer, audience, keys, events, options, source, conditions }
    }

    /// Accepts the legacy tokens of the keys that are set.
    #[cfg(feature = "issue")]
    pub(super) fn legacy_tokens(mut self, legacy: Option<LegacyTokens>) -> Self {
        self.options.legacy = legacy;
        self
    }

    /// Trusts another issuer, which has its own keys. Call it once for each issuer.
    ///
    /// With more than one issuer, the verifier reads the claims of a token before it verifies the
    /// signature, to choose the keys.
    pub fn also_trust(mut self, issuer: TrustedIssuer) -> Self
    where
        I: AcceptsTokens,
    {
        self.options.also_trusted.push(issuer);
        self
    }

    /// Sets where in a request the tokens are.
    ///
    /// [`Carrier::bearer`] by default, or the carrier of the [profile](Self::provider).
    ///
    /// A request with two credentials is rejected, whatever their carriers.
    pub fn carriers(mut self, carriers: impl IntoIterator<Item = Carrier>) -> Self
    where
        I: AcceptsTokens,
    {
        self.options.carriers = Some(carriers.into_iter().collect());
        self
    }

    /// Adds conditions of every proof, each once.
    pub(crate) fn with_conditions(mut self, conditions: Vec<Condition<C>>) -> Self {
        for condition in conditions {
            if !self.conditions.iter().any(|known| known.id == condition.id) {
                self.conditions.push(condition);
            }
        }
        self
    }

    /// Accepts another kind of credential. Call it once for each kind.
    ///
    /// Two kinds share a carrier only if the form of a credential tells its kind, as the prefix of
    /// an API key does. A credential is verified as one kind, and never tried as another.
    pub fn also_accept(mut self, kind: impl Into<CredentialKind>) -> Self {
        self.options.kinds.push(kind.into());
        self
    }
}

impl<C: Send + Sync + 'static, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Loads the principal of each token from the service's database: see [`LoadPrincipal`].
    ///
    /// The verifier is then a `Verifier` of the principal, and permissions decide from it. It is
    /// loaded on every request, and again at each recheck of a stream.
    pub fn load<L: LoadPrincipal<TokenClaims = C>>(self, loader: L) -> VerifierBuilder<L::Principal, I, A, K, E> {
        let Self { issuer, audience, keys, events, mut options, source, conditions } = self;
        // P6: a condition on the claims cannot decide about the principal, and must not be lost.
        options.lost_conditions |= !conditions.is_empty();
        let (source, conditions) = (source.load(loader), Vec::new());
        VerifierBuilder { issuer, audience, keys, events, options, source, conditions }
    }
}

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Builds the verifier.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], when a part is empty or out of bounds, and [`ConfigError::WithinRequest`]
    /// while a request is handled. [`ConfigError::OptionalCaller`] for a verifier of `Option<C>`.
    pub fn build(self) -> Result<Verifier<C>, ConfigError>
    where
        I: HasIssuer<Then<A>: HasAudience<Then<K>: HasKeys<Then<E>: HasEvents>>>,
        C: Send + Sync + 'static,
    {
        // P2: a handler with its own verifier and key could create proofs for any caller.
        if Within::now() != Within::NoRequest {
            return Err(ConfigError::WithinRequest);
        }
        refuse_optional::<C>()?;
        self.options.check()?;
        if !self.options.principals_for.is_zero() && matches!(self.source, Source::Decode(_)) {
            let why = "leave it out, because there is no `.load(..)`";
            return Err(ConfigError::OutOfBounds { name: "cache_principals_for", why });
        }
        let (issuer, audience) = HasIssuer::take(self.issuer, self.audience);
        let (audience, keys) = HasAudience::take(audience, self.keys);
        let (keys, events) = HasKeys::take(keys, self.events);
        let events = HasEvents::take(events);
        let Options {
            provider,
            other_audiences,
            leeway,
            max_lifetime,
            max_token_bytes,
            time_limit,
            token_type,
            clock,
            revocations,
            without_revocations_for,
            recheck_every,
            also_trusted,
            carriers,
            kinds,
            realm,
            resource,
            cache_bytes,
            principals_for,
            legacy,
            lost_conditions: _,
        } = self.options;
        let tokens = match (issuer, audience, keys) {
            (Some(issuer), Some(audience), Some(keys)) => {
                let provider = provider.unwrap_or_else(|| Provider::custom(issuer));
                let carriers = carriers.unwrap_or_else(|| vec![provider.carrier()]);
                let provider = provider.overridden(token_type, max_lifetime);
                let audiences = [audience].into_iter().chain(other_audiences).map(Arc::from).collect();
                let token_type = token_type.unwrap_or_default();
                let first = Issuer::new(provider, audiences, token_type, keys).with_legacy(legacy);
                Some((Issuers::new(first, also_trusted, token_type)?, carriers))
            }
            // Started with `accepting`: the types permit all three or none.
            _ => None,
        };
        let accepted = Accepted::new(tokens, kinds)?;
        let resource = resource.map(|url| accepted.protected_resource(&url)).transpose()?;
        let client = accepted.carriers.client_view(realm.as_deref(), resource)?;
        let meters = Meters::new(&accepted.names.issuer, &accepted.names.audience);
        if let Some(issuers) = &accepted.issuers {
            issuers.report_to(&events);
        }
        if let Some(store) = &revocations {
            accepted.keep_revocations(&**store)?;
        }
        accepted.report_to(&events);
        // Last, because a store must not be attached to a verifier that was not built.
        let revocations = revocations.map(|store| RevocationChecker::new(store, without_revocations_for, leeway));
        Ok(Verifier {
            shared: Erased::from(Arc::new(Shared {
                accepted,
                client,
                known_headers: jws::KnownHeaders::default(),
                policy: ClaimsPolicy { leeway, max_lifetime: max_lifetime.unwrap_or(options::DEFAULT_LIFETIME) },
                max_token_bytes,
                time_limit,
                clock,
                revocations,
                recheck_every,
                events,
                meters,
                source: self.source,
                conditions: self.conditions,
                principals_for,
                cache: cache_bytes.map(TokenCache::new),
                invariant: PhantomData,
            })),
        })
    }
}

impl<C, I, A, K, E> fmt::Debug for VerifierBuilder<C, I, A, K, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierBuilder").finish_non_exhaustive()
    }
}
