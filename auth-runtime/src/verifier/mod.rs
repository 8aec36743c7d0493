//! From a request to a verified token: bearer, token, keys, claims, revocation. Each step answers with a `Result`.

mod bearer;
mod builder;
mod cache;
mod claims;
mod contain;
mod issuers;
pub(crate) mod json;
mod keys;
mod posture;
mod revocation;
mod since;
mod token;
mod token_type;

pub(crate) use bearer::{Presented, presented};
pub use builder::VerifierBuilder;
pub(crate) use claims::Registered;
pub(crate) use contain::{contain, contain_panic};
pub(crate) use issuers::Issuer;
pub use issuers::TrustedIssuer;
#[cfg(feature = "remote-keys")]
pub use keys::RemoteKeySet;
#[cfg(all(fuzzing, feature = "remote-keys"))]
pub use keys::fuzzing;
pub use keys::{Algorithm, KeySet, VerifyingKey};
use posture::whole;
pub use posture::{IssuerPosture, VerifierPosture};
#[cfg(feature = "redis")]
pub use revocation::{RedisOptions, RedisRevocations};
pub use revocation::{Revocation, RevocationError, RevocationList, Revocations, RevokeError, TokenIdentity};
pub use token_type::TokenType;

use crate::events::{Events, Trusted};
use crate::meters::Meters;
use crate::proof::{Invariant, Known};
use crate::rejection::{Reason, Refusal};
use aws_lc_rs::digest;
use axum::extract::FromRef;
use cache::Remembered;
use claims::{ClaimsPolicy, Signed};
use issuers::Issuers;
use json::Document;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Verifies access tokens and makes proofs of them. `C` is the type of the claims.
///
/// A router's state holds one for each claims type, and hands it out as axum's states do, with `FromRef`.
///
/// ```
/// use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};
///
/// fn verifier(pem: &[u8]) -> Result<Verifier<Claims>, ConfigError> {
///     Verifier::builder()
///         .issuer("https://id.example.com/")
///         .audience("orders")
///         .keys(VerifyingKey::ed25519_pem(pem)?)
///         .events(Events::stderr())
///         .build()
/// }
/// ```
///
/// Without any one of these four it does not build:
///
/// ```compile_fail
/// # use auth_runtime::{Claims, ConfigError, Events, Verifier, VerifyingKey};
/// fn verifier(pem: &[u8]) -> Result<Verifier<Claims>, ConfigError> {
///     Verifier::builder()
///         .issuer("https://id.example.com/")
///         .keys(VerifyingKey::ed25519_pem(pem)?)
///         .events(Events::stderr())
///         .build()
/// }
/// ```
///
/// Cheap to clone; clones share everything.
pub struct Verifier<C> {
    shared: Arc<Shared<C>>,
}

/// How the claims become the service's own type. Settled where the verifier is built, so that a type which can't be
/// read is refused there, once.
type Decode<C> = fn(&Document) -> serde_json::Result<C>;

struct Shared<C> {
    issuers: Issuers,
    claims: ClaimsPolicy,
    max_token_bytes: usize,
    time_limit: Duration,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    revocations: Option<revocation::Asked>,
    recheck_every: Duration,
    events: Events,
    meters: Meters,
    decode: Decode<C>,
    /// `None` where every token is verified anew.
    remembered: Option<Remembered<C>>,
    /// P2: as a proof is.
    invariant: Invariant<C>,
}

impl<C> Verifier<C> {
    /// Whose tokens it takes, as the events say it.
    pub(crate) fn trusted(&self) -> Trusted<'_> {
        let Issuers { names, audiences, .. } = &self.shared.issuers;
        Trusted { issuer: names, audience: audiences }
    }

    /// Whether these are the same verifier. Clones are.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    pub(crate) fn events(&self) -> &Events {
        &self.shared.events
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    pub(crate) fn time_limit(&self) -> Duration {
        self.shared.time_limit
    }
}

/// What is known of a token before anybody else was asked about it.
pub(crate) enum Recalled<'a, C> {
    /// It is good, and nobody else has to be asked.
    Known(Arc<Known<C>>),
    Unsettled(Unsettled<'a, C>),
}

pub(crate) enum Unsettled<'a, C> {
    /// It is seen for the first time, or is to be verified as if it were.
    New(Presented<'a>),
    /// It was verified before, and may have been revoked since.
    Before(Presented<'a>, Arc<Known<C>>),
}

impl<C> Verifier<C> {
    /// What was found out about these bytes before, as far as it still holds: all of [`verified`](Self::verified) that can
    /// come out otherwise, in its order, but for what needs somebody else.
    ///
    /// P6: its key is looked for again, by the same names: if another one answers to them now, or none, it has verified
    /// nothing.
    pub(crate) fn recalled<'a>(&self, presented: Presented<'a>) -> Result<Recalled<'a, C>, Refusal> {
        let shared = &*self.shared;
        let Some(remembered) = &shared.remembered else { return Ok(Recalled::Unsettled(Unsettled::New(presented))) };
        let Some(known) = remembered.of(presented.bytes()) else {
            return Ok(Recalled::Unsettled(Unsettled::New(presented)));
        };
        let now = (shared.clock)();
        let Registered { issuer, signed, .. } = &known.registered;
        let key = issuer
            .keys
            .current(now, |keys| keys.find(signed.kid.as_deref(), signed.algorithm).map(VerifyingKey::fingerprint));
        if !matches!(key, Ok(Ok(key)) if key == signed.key) {
            remembered.forget(presented.bytes());
            return Ok(Recalled::Unsettled(Unsettled::New(presented)));
        }
        if let Err(refusal) = shared.claims.check_times_again(&known.registered, now) {
            remembered.forget(presented.bytes());
            return Err(known.registered.of_the_token(refusal));
        }
        Ok(match shared.revocations {
            Some(_) => Recalled::Unsettled(Unsettled::Before(presented, known)),
            None => Recalled::Known(known),
        })
    }

    /// P6: the pipeline, in the one order there is: form, header, signature, claims, revocation. Each step either
    /// refuses or goes on.
    pub(crate) async fn settled(&self, unsettled: Unsettled<'_, C>) -> Result<Arc<Known<C>>, Refusal> {
        let shared = &*self.shared;
        match unsettled {
            Unsettled::New(presented) => {
                if presented.bytes().len() > shared.max_token_bytes {
                    return Err(Refusal::token(Reason::TokenTooLong, "longer than max_token_bytes"));
                }
                let known = self.verified(presented.token()?).await?;
                if let Some(remembered) = &shared.remembered {
                    // P6: only what was verified, after it was, and only on the way to a good end.
                    remembered.remember(presented.bytes(), &known);
                }
                Ok(known)
            }
            Unsettled::Before(presented, known) => {
                let held = self.check_revocation(&known.registered).await;
                if held.is_err()
                    && let Some(remembered) = &shared.remembered
                {
                    remembered.forget(presented.bytes());
                }
                held.map_err(|refusal| known.registered.of_the_caller(refusal))?;
                Ok(known)
            }
        }
    }

    /// A token that is seen for the first time.
    async fn verified(&self, token: &str) -> Result<Arc<Known<C>>, Refusal> {
        let registered = self.signed(token).await?;
        // From here on the subject is a fact.
        let named = |refusal| registered.of_the_caller(refusal);
        self.check_revocation(&registered).await.map_err(named)?;
        let claims = (self.shared.decode)(&registered.claims)
            .map_err(|_| named(Refusal::token(Reason::ClaimsMismatch, std::any::type_name::<C>())))?;
        Ok(Arc::new(Known { claims, registered }))
    }

    /// What an issuer has signed: form, header, signature and claims.
    async fn signed(&self, token: &str) -> Result<Registered, Refusal> {
        let shared = &*self.shared;
        let unverified = token::Unverified::parse(token)?;
        let kid = unverified.key_id()?;
        let named = |refusal| Refusal { key_id_hash: kid.map(short_hash), ..refusal };
        let now = (shared.clock)();
        // With one issuer nothing is read of the claims before the signature was found good.
        let (issuer, claims) = if let Ok(only) = shared.issuers.only() {
            (only, None)
        } else {
            let claims = unverified.claims().map_err(named)?;
            (shared.issuers.claimed(claims.root()).map_err(named)?, Some(claims))
        };
        let named = |refusal| Refusal { issuer: Some(Arc::clone(issuer)), ..named(refusal) };
        unverified.check_header(issuer.token_type).map_err(named)?;
        let key = issuer.keys.find(kid, unverified.algorithm().map_err(named)?, now).await.map_err(named)?;
        let algorithm = unverified.check_signature(&key).map_err(named)?;
        let signed = Signed { kid: kid.map(Box::from), algorithm, key: key.fingerprint() };
        let claims = claims.map_or_else(|| unverified.claims(), Ok).map_err(named)?;
        shared.claims.check(claims, issuer, signed, now).map_err(named)
    }
}

impl<C> Verifier<C> {
    async fn check_revocation(&self, registered: &Registered) -> Result<(), Refusal> {
        match &self.shared.revocations {
            Some(revocations) => revocations.check(registered, (self.shared.clock)(), &self.shared.events).await,
            None => Ok(()),
        }
    }

    /// P6: whether a token that was good when its proof was made still is: time goes on, keys are removed, tokens are
    /// taken back.
    pub(crate) async fn still_holds(&self, registered: &Registered) -> Result<(), Refusal> {
        self.holds_by_time_and_key(registered)?;
        self.check_revocation(registered).await
    }

    /// What of [`still_holds`](Self::still_holds) needs nobody else.
    pub(crate) fn holds_by_time_and_key(&self, registered: &Registered) -> Result<(), Refusal> {
        let now = (self.shared.clock)();
        self.shared.claims.check_again(registered, now)?;
        registered.issuer.keys.current(now, |keys| keys.still_hold(registered.signed.key))?
    }

    /// How long until a token has to be looked at again: at its end, and every now and then before.
    pub(crate) fn recheck_in(&self, registered: &Registered) -> Duration {
        let ends_at = registered.expires_at + self.shared.claims.leeway;
        let left = ends_at.duration_since((self.shared.clock)()).unwrap_or_default();
        left.min(self.shared.recheck_every)
    }
}

/// Enough to group events by; nothing that could be injected, and nothing to find the original by.
fn short_hash(kid: &str) -> u32 {
    let hash = digest::digest(&digest::SHA256, kid.as_bytes());
    hash.as_ref().first_chunk().copied().map(u32::from_be_bytes).unwrap_or_default()
}

/// A state in an [`Arc`] has the verifier that the state itself has: `FromRef` can't be implemented for `Arc<App>`
/// where `App` is defined.
impl<C, T> FromRef<Arc<T>> for Verifier<C>
where
    Self: FromRef<T>,
{
    fn from_ref(state: &Arc<T>) -> Self {
        Self::from_ref(&**state)
    }
}

impl<C> Clone for Verifier<C> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<C> fmt::Debug for Verifier<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("issuers", &self.shared.issuers)
            .field("claims", &self.shared.claims)
            .finish_non_exhaustive()
    }
}
