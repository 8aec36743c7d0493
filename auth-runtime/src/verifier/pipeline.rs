//! The pipeline from a credential to a verified token, in order.
//!
//! Cache, form, header, signature, claims, revocation, decoding. At the end: the checks that are
//! repeated while a proof is in use.

use super::Verifier;
use super::accepted::{Kind, LookUp};
use super::cached::{Cached, Loadable};
use super::source::Source;
use super::token::VerifiedToken;
use crate::credential::carrier::{Found, Presented};
use crate::credential::lookup::LookedUpBy;
use crate::credential::token::{LegacyTokens, TokenType, jws, short_hash};
use crate::credential::{Origin, Signed, VerifiedClaims};
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use http::request::Parts;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The result of a look-up in the cache.
pub(crate) enum CacheLookup<'a, C> {
    /// The token is valid, and neither a revocation store nor a loader is configured.
    Hit(Arc<VerifiedToken<C>>),
    NeedsCheck(Unchecked<'a, C>),
}

/// A credential that still needs checks that may wait.
pub(crate) enum Unchecked<'a, C> {
    /// The credential is not cached.
    New(Found<'a>),
    /// The credential is cached. It may have been revoked since, or its principal is loaded.
    Cached(Presented<'a>, Cached<C>),
}

impl<C> Verifier<C> {
    /// Finds the credential of a request.
    pub(crate) fn find<'a>(&self, parts: &'a Parts) -> Result<Found<'a>, Refusal> {
        self.shared.accepted.find(parts)
    }

    /// Looks a credential up in the cache, and repeats the checks of key and time.
    ///
    /// The revocation check, which may wait for a store, is left to
    /// [`verify_unchecked`](Self::verify_unchecked).
    ///
    /// P6: the key is found again by the same `kid` and `alg`. If another key is found, or none,
    /// the token is verified as a new one.
    pub(crate) fn lookup<'a>(&self, found: Found<'a>) -> Result<CacheLookup<'a, C>, Refusal> {
        let shared = &*self.shared;
        let presented = found.credential;
        let kind = shared.accepted.kind(found)?;
        let is_new = Ok(CacheLookup::NeedsCheck(Unchecked::New(found)));
        let Some(cache) = &shared.cache else { return is_new };
        let Some(cached) = cache.get(presented.bytes()).filter(|cached| kind.verified(cached.verified())) else {
            return is_new;
        };
        let now = (shared.clock)();
        let verified = cached.verified();
        if !is_current(&verified.origin, now) {
            cache.remove(presented.bytes());
            return is_new;
        }
        if let Err(refusal) = shared.policy.check_times_again(verified, now) {
            cache.remove(presented.bytes());
            return Err(verified.with_key(refusal));
        }
        Ok(match (&shared.revocations, cached) {
            (None, Cached::Decoded(token)) => CacheLookup::Hit(token),
            (_, cached) => CacheLookup::NeedsCheck(Unchecked::Cached(presented, cached)),
        })
    }

    /// Verifies a credential that the cache lookup did not settle.
    pub(crate) async fn verify_unchecked(&self, unchecked: Unchecked<'_, C>) -> Result<Arc<VerifiedToken<C>>, Refusal> {
        let shared = &*self.shared;
        match unchecked {
            Unchecked::New(found) => {
                let presented = found.credential;
                if presented.bytes().len() > shared.max_token_bytes {
                    return Err(Refusal::token(Reason::TokenTooLong, "longer than max_token_bytes"));
                }
                let kind = shared.accepted.kind(found)?;
                let (token, cached) = self.verify_new(kind, presented.token()?).await?;
                // P6: only a verified token is cached, and only when all checks have passed.
                if cached.verified().origin.may_be_cached()
                    && let Some(cache) = &shared.cache
                {
                    cache.insert(presented.bytes(), cached);
                }
                Ok(token)
            }
            Unchecked::Cached(presented, cached) => {
                let checked = self.check_revocation(cached.verified()).await;
                if checked.is_err()
                    && let Some(cache) = &shared.cache
                {
                    cache.remove(presented.bytes());
                }
                checked.map_err(|refusal| cached.verified().with_subject(refusal))?;
                match (cached, &shared.source) {
                    (Cached::Loaded(token), Source::Load(loader)) => Box::pin(self.principal(&**loader, &token)).await,
                    (Cached::Decoded(token), _) => Ok(token),
                    // P6: a token without a loader is never cached without its claims.
                    (Cached::Loaded(_), Source::Decode(_)) => {
                        Err(Rejection::Unavailable(Reason::PrincipalUndecided).into())
                    }
                }
            }
        }
    }

    /// P6: verifies a credential that is not cached, in the only order there is. Each step rejects
    /// the credential or goes on.
    async fn verify_new(&self, kind: &Kind, text: &str) -> Result<(Arc<VerifiedToken<C>>, Cached<C>), Refusal> {
        let verified = Arc::new(match kind {
            Kind::Token => self.verify_signed_claims(text).await?,
            // Boxed, as whatever is rarer than a JWT: the memory for all of this is allocated for
            // each new token, and an allocation of more than a kilobyte takes much longer.
            Kind::LookedUp(look_up) => Box::pin(self.look_up(look_up, text)).await?,
        });
        // From here on the subject is verified, so a refusal may name it.
        let with_subject = |refusal| verified.with_subject(refusal);
        self.check_revocation(&verified).await.map_err(with_subject)?;
        match &self.shared.source {
            Source::Decode(decode) => {
                let claims = Source::decoded(*decode, &verified).map_err(with_subject)?;
                let token = Arc::new(VerifiedToken { verified, claims });
                Ok((Arc::clone(&token), Cached::Decoded(token)))
            }
            Source::Load(loader) => {
                let loadable = Arc::new(Loadable::new(verified));
                let token = Box::pin(self.principal(&**loader, &loadable)).await?;
                Ok((token, Cached::Loaded(loadable)))
            }
        }
    }

    /// Verifies form, header, signature and claims.
    async fn verify_signed_claims(&self, token: &str) -> Result<VerifiedClaims, Refusal> {
        let shared = &*self.shared;
        let unverified = jws::Unverified::parse(token, &shared.known_headers)?;
        let kid = unverified.key_id()?;
        let with_kid = |refusal| Refusal { key_id_hash: kid.map(short_hash), ..refusal };
        let now = (shared.clock)();
        // With one issuer, the claims are not read before the signature is verified.
        // P6: without an issuer, no token is accepted.
        let Some(issuers) = &shared.accepted.issuers else {
            return Err(Refusal::token(Reason::MalformedCredentials, "no JWT is accepted"));
        };
        let (issuer, claims) = if let Ok(only) = issuers.only() {
            (only, None)
        } else {
            let claims = unverified.claims().map_err(with_kid)?;
            // Boxed, as what is rarer: see `verify_new`.
            (issuers.claimed(claims.root(), now).map_err(with_kid)?, Some(Box::new(claims)))
        };
        let with_issuer = |refusal| Refusal { issuer: Some(issuer.names()), ..with_kid(refusal) };
        let is_typed = unverified.is_typed();
        let legacy = issuer.legacy_at(now).filter(|_| !is_typed);
        let token_type = if legacy.is_some() { TokenType::AnyJwt } else { issuer.token_type };
        unverified.check_header(token_type, issuer.rules.ignored_header_members()).map_err(with_issuer)?;
        // A legacy token without a `kid` was signed with the oldest key.
        let kid = kid.or(legacy.and_then(|legacy| legacy.kid.as_deref()));
        let presented = unverified.algorithm().map_err(with_issuer)?;
        let checked = issuer.keys.check(kid, presented, now, |key| unverified.check_signature(key)).await;
        let (key, algorithm) = checked.map_err(with_issuer)?;
        let legacy_ends = legacy.map(|legacy| legacy.until.end());
        let claims = claims.map_or_else(|| unverified.claims(), |claims| Ok(*claims)).map_err(with_issuer)?;
        issuer.check_key(&key, claims.root()).map_err(with_issuer)?;
        let is_settled = legacy.map_or(Ok(false), |legacy| legacy.check_kind(claims.root())).map_err(with_issuer)?;
        let is_typed = is_typed || is_settled;
        let signed = Signed { kid: kid.map(Box::from), algorithm, key: key.fingerprint(), is_typed, legacy_ends };
        let claims = match legacy {
            Some(_) => LegacyTokens::completed(claims, issuer).map_err(with_issuer)?,
            None => claims,
        };
        let verified = shared.policy.check(claims, issuer, signed, now).map_err(with_issuer)?;
        shared.known_headers.keep(unverified);
        Ok(verified)
    }

    /// Finds the record of a credential that is not a JWT.
    async fn look_up(&self, look_up: &LookUp, text: &str) -> Result<VerifiedClaims, Refusal> {
        let LookUp { source, names } = look_up;
        let began = (self.shared.clock)();
        let with_issuer = |refusal| Refusal { issuer: Some(Arc::clone(names)), ..refusal };
        let record = source.look_up(text, began).await.map_err(with_issuer)?;
        let keep = if record.is_cacheable { source.cached_for() } else { Duration::ZERO };
        let by = LookedUpBy::new(Arc::clone(source), text, began, keep);
        let is_stated_by_issuer = record.is_stated_by_issuer;
        // Again, because the store may have taken its time.
        let now = (self.shared.clock)();
        let verified = VerifiedClaims::of_record(record, Arc::clone(names), by, now).map_err(with_issuer)?;
        if is_stated_by_issuer {
            self.shared.policy.check_stated_times(&verified, now).map_err(with_issuer)?;
        }
        Ok(verified)
    }

    async fn check_revocation(&self, claims: &VerifiedClaims) -> Result<(), Refusal> {
        match &self.shared.revocations {
            Some(revocations) => revocations.check(claims, (self.shared.clock)(), &self.shared.events).await,
            None => Ok(()),
        }
    }
}

/// P6: whether what verified a cached credential is unchanged: the key of a token, the age of a
/// record.
fn is_current(origin: &Origin, now: SystemTime) -> bool {
    match origin {
        Origin::Token(issuer, signed) => {
            issuer.keys.still_has(signed.key, signed.kid.as_deref(), signed.algorithm, now)
        }
        Origin::LookedUp(by) => by.is_fresh(now),
    }
}

/// Checks that are repeated while a proof is in use.
impl<C> Verifier<C> {
    /// Checks again that a credential is valid, and returns the token where it may have changed.
    ///
    /// P6: while its proof is in use, a token may expire, its key may be removed, it may be
    /// revoked, a record may change, and a principal may lose a role.
    pub(crate) async fn recheck(&self, claims: &Arc<VerifiedClaims>) -> Result<Option<Arc<VerifiedToken<C>>>, Refusal> {
        self.recheck_time_and_key(claims)?;
        let verified = match &claims.origin {
            Origin::Token(..) => Arc::clone(claims),
            Origin::LookedUp(by) => {
                let look_up = LookUp { source: Arc::clone(by.source()), names: claims.names() };
                let again = self.look_up(&look_up, by.presented()).await?;
                check_same_caller(claims, &again)?;
                Arc::new(again)
            }
        };
        self.check_revocation(&verified).await?;
        match (&self.shared.source, &verified.origin) {
            (Source::Decode(_), Origin::Token(..)) => Ok(None),
            (Source::Decode(decode), Origin::LookedUp(_)) => {
                let claims = Source::decoded(*decode, &verified)?;
                Ok(Some(Arc::new(VerifiedToken { verified, claims })))
            }
            (Source::Load(loader), _) => self.load(&**loader, &verified).await.map(Some),
        }
    }

    /// The part of [`recheck`](Self::recheck) that never waits.
    pub(crate) fn recheck_time_and_key(&self, claims: &VerifiedClaims) -> Result<(), Refusal> {
        let now = (self.shared.clock)();
        self.shared.policy.check_expiry_again(claims, now)?;
        match &claims.origin {
            Origin::Token(issuer, signed) => issuer.keys.current(now, |keys| keys.check_contains(signed.key))?,
            Origin::LookedUp(_) => Ok(()),
        }
    }

    /// Returns the time until the next recheck: the configured interval, or earlier if the token
    /// expires.
    pub(crate) fn recheck_in(&self, claims: &VerifiedClaims) -> Duration {
        let ends_at = self.shared.policy.ends_at(claims);
        let left = ends_at.duration_since((self.shared.clock)()).unwrap_or_default();
        left.min(self.shared.recheck_every)
    }
}

/// P6: a stream that was opened for one caller must not continue for another.
pub(crate) fn check_same_caller(old: &VerifiedClaims, new: &VerifiedClaims) -> Result<(), Refusal> {
    if (&old.names.issuer, &old.subject) == (&new.names.issuer, &new.subject) {
        return Ok(());
    }
    let refusal = Refusal::token(Reason::OtherCaller, "it goes on only for the caller it was opened for");
    Err(new.with_subject(refusal))
}

#[cfg(test)]
mod tests {
    use crate::{Claims, Events, TokenType, Verifier, VerifyingKey};
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
    use serde_json::json;

    const SECRET: &[u8] = b"one of the many secrets that no one shall know";

    fn token(kid: &str, secret: &[u8]) -> String {
        let claims = json!({
            "iss": "https://id.example/", "aud": "orders", "sub": "alice", "exp": get_current_timestamp() + 60,
        });
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    #[tokio::test]
    async fn only_an_accepted_token_has_its_header_kept() {
        let verifier = Verifier::<Claims>::builder()
            .issuer("https://id.example/")
            .audience("orders")
            .keys(VerifyingKey::hs256(SECRET).unwrap())
            .token_type(TokenType::AnyJwt)
            .events(Events::collect().0)
            .build()
            .unwrap();
        let is_kept = |token: &str| verifier.shared.known_headers.get(token.split('.').next().unwrap()).is_some();
        let good = token("of-the-good", SECRET);
        assert!(verifier.verify(&good).await.is_ok());
        assert!(is_kept(&good));
        let bad = token("of-the-bad", b"another secret, which is long enough too");
        assert!(verifier.verify(&bad).await.is_err());
        assert!(!is_kept(&bad));
        // The header of an accepted token admits nothing.
        assert!(verifier.verify(&token("of-the-good", b"another secret, which is long enough too")).await.is_err());
    }
}
