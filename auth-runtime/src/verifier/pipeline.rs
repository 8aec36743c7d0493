//! From a credential to a verified token: the cache, then form, header, signature, claims and revocation.

use super::Verifier;
use super::token::VerifiedToken;
use crate::credential::carrier::Presented;
use crate::credential::token::keys::VerifyingKey;
use crate::credential::token::{Signed, VerifiedClaims, jws, short_hash};
use crate::rejection::Refusal;
use auth_events::Reason;
use std::sync::Arc;
use std::time::Duration;

/// The result of a look-up in the cache.
pub(crate) enum CacheLookup<'a, C> {
    /// The token is good, and no store has to be asked.
    Hit(Arc<VerifiedToken<C>>),
    NeedsCheck(Unchecked<'a, C>),
}

pub(crate) enum Unchecked<'a, C> {
    /// It is seen for the first time, or is to be verified as if it were.
    New(Presented<'a>),
    /// It was verified before, and may have been revoked since.
    Before(Presented<'a>, Arc<VerifiedToken<C>>),
}

impl<C> Verifier<C> {
    /// What was found out about these bytes before, as far as it still holds: all of [`verified`](Self::verified) that can
    /// come out otherwise, in its order, but for what needs somebody else.
    ///
    /// P6: its key is looked for again, by the same names: if another one answers to them now, or none, it has verified
    /// nothing.
    pub(crate) fn lookup<'a>(&self, presented: Presented<'a>) -> Result<CacheLookup<'a, C>, Refusal> {
        let shared = &*self.shared;
        let Some(remembered) = &shared.remembered else {
            return Ok(CacheLookup::NeedsCheck(Unchecked::New(presented)));
        };
        let Some(known) = remembered.of(presented.bytes()) else {
            return Ok(CacheLookup::NeedsCheck(Unchecked::New(presented)));
        };
        let now = (shared.clock)();
        let VerifiedClaims { issuer, signed, .. } = &known.registered;
        let key = issuer
            .keys
            .current(now, |keys| keys.find(signed.kid.as_deref(), signed.algorithm).map(VerifyingKey::fingerprint));
        if !matches!(key, Ok(Ok(key)) if key == signed.key) {
            remembered.forget(presented.bytes());
            return Ok(CacheLookup::NeedsCheck(Unchecked::New(presented)));
        }
        if let Err(refusal) = shared.claims.check_times_again(&known.registered, now) {
            remembered.forget(presented.bytes());
            return Err(known.registered.of_the_token(refusal));
        }
        Ok(match shared.revocations {
            Some(_) => CacheLookup::NeedsCheck(Unchecked::Before(presented, known)),
            None => CacheLookup::Hit(known),
        })
    }

    /// P6: the pipeline, in the one order there is: form, header, signature, claims, revocation. Each step either
    /// refuses or goes on.
    pub(crate) async fn verify_unchecked(&self, unchecked: Unchecked<'_, C>) -> Result<Arc<VerifiedToken<C>>, Refusal> {
        let shared = &*self.shared;
        match unchecked {
            Unchecked::New(presented) => {
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
            Unchecked::Before(presented, known) => {
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
    async fn verified(&self, token: &str) -> Result<Arc<VerifiedToken<C>>, Refusal> {
        let registered = self.signed(token).await?;
        // From here on the subject is a fact.
        let named = |refusal| registered.of_the_caller(refusal);
        self.check_revocation(&registered).await.map_err(named)?;
        let claims = (self.shared.decode)(&registered.claims)
            .map_err(|_| named(Refusal::token(Reason::ClaimsMismatch, std::any::type_name::<C>())))?;
        Ok(Arc::new(VerifiedToken { claims, registered }))
    }

    /// What an issuer has signed: form, header, signature and claims.
    async fn signed(&self, token: &str) -> Result<VerifiedClaims, Refusal> {
        let shared = &*self.shared;
        let unverified = jws::Unverified::parse(token)?;
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
        let named = |refusal| Refusal { issuer: Some(issuer.names()), ..named(refusal) };
        unverified.check_header(issuer.token_type).map_err(named)?;
        let key = issuer.keys.find(kid, unverified.algorithm().map_err(named)?, now).await.map_err(named)?;
        let algorithm = unverified.check_signature(&key).map_err(named)?;
        let signed = Signed { kid: kid.map(Box::from), algorithm, key: key.fingerprint() };
        let claims = claims.map_or_else(|| unverified.claims(), Ok).map_err(named)?;
        shared.claims.check(claims, issuer, signed, now).map_err(named)
    }
}

impl<C> Verifier<C> {
    async fn check_revocation(&self, registered: &VerifiedClaims) -> Result<(), Refusal> {
        match &self.shared.revocations {
            Some(revocations) => revocations.check(registered, (self.shared.clock)(), &self.shared.events).await,
            None => Ok(()),
        }
    }

    /// P6: whether a token that was good when its proof was made still is: time goes on, keys are removed, tokens are
    /// taken back.
    pub(crate) async fn still_holds(&self, registered: &VerifiedClaims) -> Result<(), Refusal> {
        self.holds_by_time_and_key(registered)?;
        self.check_revocation(registered).await
    }

    /// What of [`still_holds`](Self::still_holds) needs nobody else.
    pub(crate) fn holds_by_time_and_key(&self, registered: &VerifiedClaims) -> Result<(), Refusal> {
        let now = (self.shared.clock)();
        self.shared.claims.check_again(registered, now)?;
        registered.issuer.keys.current(now, |keys| keys.still_hold(registered.signed.key))?
    }

    /// How long until a token has to be looked at again: at its end, and every now and then before.
    pub(crate) fn recheck_in(&self, registered: &VerifiedClaims) -> Duration {
        let ends_at = registered.expires_at + self.shared.claims.leeway;
        let left = ends_at.duration_since((self.shared.clock)()).unwrap_or_default();
        left.min(self.shared.recheck_every)
    }
}
