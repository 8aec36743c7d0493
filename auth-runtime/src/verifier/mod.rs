//! From a request to a verified token: bearer, token, keys, claims, revocation. Each step answers with a `Result`.

mod bearer;
mod builder;
mod cache;
mod claims;
mod contain;
mod issuers;
mod json;
mod keys;
mod posture;
mod revocation;
mod since;
mod token;
mod token_type;

pub use builder::VerifierBuilder;
pub(crate) use claims::Registered;
pub(crate) use contain::{contain, contain_panic};
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

use crate::events::{Events, Occasion};
use crate::meters::Meters;
use crate::proof::{Invariant, Known};
use crate::rejection::{Reason, Refusal};
use aws_lc_rs::digest;
use axum::extract::FromRef;
use cache::Remembered;
use claims::{ClaimsPolicy, Signed};
use http::request::Parts;
use issuers::Issuers;
use serde_json::{Map, Value};
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
type Decode<C> = fn(&Map<String, Value>) -> serde_json::Result<C>;

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
    pub(crate) fn occasion(&self, parts: Option<&Parts>) -> Occasion {
        Occasion::new(&self.shared.issuers.names, &self.shared.issuers.audiences, parts)
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

    /// The token that a request presents, unread.
    pub(crate) fn presented<'a>(&self, parts: &'a Parts) -> Result<&'a str, Refusal> {
        bearer::presented(parts, self.shared.max_token_bytes)
    }
}

impl<C> Verifier<C> {
    /// P6: the pipeline, in the one order there is: form, header, signature, claims, revocation. Each step either
    /// refuses or goes on. `occasion` gets to know whose token it is.
    pub(crate) async fn known(&self, token: &str, occasion: &mut Occasion) -> Result<Arc<Known<C>>, Refusal> {
        let shared = &*self.shared;
        if token.len() > shared.max_token_bytes {
            return Err(Refusal::token(Reason::TokenTooLong, "longer than max_token_bytes"));
        }
        let Some(remembered) = &shared.remembered else { return Box::pin(self.verified(token, occasion)).await };
        if let Some(known) = remembered.of(token) {
            match self.verified_again(&known.registered, occasion).await {
                Ok(Key::TheSame) => return Ok(known),
                Ok(Key::Another) => remembered.forget(token),
                Err(refusal) => {
                    remembered.forget(token);
                    return Err(refusal);
                }
            }
        }
        // Apart, so that a request with a token that is remembered doesn't carry the room for all of this along.
        let known = Box::pin(self.verified(token, occasion)).await?;
        // P6: only what was verified, after it was, and only on the way to a good end.
        remembered.remember(token, &known);
        Ok(known)
    }

    /// A token that is seen for the first time.
    async fn verified(&self, token: &str, occasion: &mut Occasion) -> Result<Arc<Known<C>>, Refusal> {
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
            (shared.issuers.claimed(&claims).map_err(named)?, Some(claims))
        };
        occasion.concerns(&issuer.name, &issuer.audience);
        unverified.check_header(issuer.token_type).map_err(named)?;
        let key = issuer.keys.find(kid, unverified.algorithm().map_err(named)?, now).await.map_err(named)?;
        let algorithm = unverified.check_signature(&key).map_err(named)?;
        let signed = Signed { kid: kid.map(Box::from), algorithm, key: key.fingerprint() };
        let claims = claims.map_or_else(|| unverified.claims(), Ok).map_err(named)?;
        let registered = shared.claims.check(claims, issuer, signed, now).map_err(named)?;
        // From here on the subject is a fact.
        let named = |refusal| registered.of_the_caller(refusal);
        self.check_revocation(&registered, now).await.map_err(named)?;
        let claims = (shared.decode)(&registered.claims)
            .map_err(|_| named(Refusal::token(Reason::ClaimsMismatch, std::any::type_name::<C>())))?;
        Ok(Arc::new(Known { claims, registered }))
    }

    /// A token that was verified before: all of [`verified`](Self::verified) that can come out otherwise, in its order.
    ///
    /// P6: its key is looked for again, by the same names: if another one answers to them now, it has verified nothing.
    async fn verified_again(&self, registered: &Registered, occasion: &mut Occasion) -> Result<Key, Refusal> {
        let now = (self.shared.clock)();
        let Registered { issuer, signed, .. } = registered;
        occasion.concerns(&issuer.name, &issuer.audience);
        let named = |refusal| Refusal { key_id_hash: registered.key_id_hash(), ..refusal };
        let key = issuer.keys.find(signed.kid.as_deref(), signed.algorithm, now).await.map_err(named)?;
        if key.fingerprint() != signed.key {
            return Ok(Key::Another);
        }
        self.shared.claims.check_times_again(registered, now).map_err(named)?;
        let named = |refusal| registered.of_the_caller(refusal);
        self.check_revocation(registered, now).await.map_err(named)?;
        Ok(Key::TheSame)
    }
}

/// Which key answers to the names in a token that was verified before.
enum Key {
    TheSame,
    Another,
}

impl<C> Verifier<C> {
    async fn check_revocation(&self, registered: &Registered, now: SystemTime) -> Result<(), Refusal> {
        match &self.shared.revocations {
            Some(revocations) => revocations.check(registered, now, &self.shared.events).await,
            None => Ok(()),
        }
    }

    /// P6: whether a token that was good when its proof was made still is: time goes on, keys are removed, tokens are
    /// taken back.
    pub(crate) async fn still_holds(&self, registered: &Registered) -> Result<(), Refusal> {
        self.holds_by_time_and_key(registered)?;
        self.check_revocation(registered, (self.shared.clock)()).await
    }

    /// What of [`still_holds`](Self::still_holds) needs nobody else.
    pub(crate) fn holds_by_time_and_key(&self, registered: &Registered) -> Result<(), Refusal> {
        let now = (self.shared.clock)();
        self.shared.claims.check_again(registered, now)?;
        registered.issuer.keys.current(now)?.still_hold(registered.signed.key)
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
