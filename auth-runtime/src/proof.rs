//! The proofs: [`Authenticated`] and [`Public`], and the one place where the first is made.

use crate::events::{Occasion, Trusted};
use crate::meters::Stopwatch;
use crate::permission::{Includes, Permission, Weaker};
use crate::reason::OpensNothing;
use crate::rejection::{Reason, Refusal, Rejection};
use crate::verifier::{Presented, Recalled, Registered, TokenIdentity, Verifier, contain, contain_panic, presented};
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Proof that the caller is known: its token was verified, and permission `P` was given.
///
/// A handler on an [`AuthRouter`](crate::AuthRouter) takes it as its first parameter. It derefs to the claims `C`. It
/// can't be made except by a [`Verifier`], nor copied, nor changed.
///
/// ```
/// use auth_runtime::{Authenticated, Claims};
///
/// async fn me(auth: Authenticated<Claims>) -> String {
///     auth.sub.clone()
/// }
/// ```
///
/// None of these compiles:
///
/// ```compile_fail
/// # use auth_runtime::{Authenticated, Claims};
/// fn twice(auth: Authenticated<Claims>) -> (Authenticated<Claims>, Authenticated<Claims>) {
///     (auth.clone(), auth)
/// }
/// ```
///
/// ```compile_fail
/// # use auth_runtime::{Authenticated, Claims};
/// fn forged(json: &str) -> Authenticated<Claims> {
///     serde_json::from_str(json).unwrap()
/// }
/// ```
///
/// ```compile_fail
/// # use auth_runtime::{Authenticated, Claims};
/// fn promoted(mut auth: Authenticated<Claims>) {
///     auth.sub = "admin".to_owned();
/// }
/// ```
///
/// A proof says that a caller was known when it was made. It can be kept past its request, and past
/// [`expires_at`](Self::expires_at).
// P2: private fields; no `Clone`, `Copy`, `Default`, `Deserialize`, `From`, `DerefMut`; `mint` is the only expression
// that makes one.
#[must_use = "a proof that is not used proves nothing to anybody"]
pub struct Authenticated<C, P = ()> {
    verified: Arc<Verified<C>>,
    /// P2: with `fn() -> P` a proof of a permission for all lifetimes would be one of its sibling for `'static`.
    of: Invariant<(C, P)>,
}

/// A caller: an issuer's name for somebody (`iss` and `sub`; OpenID Connect Core section 5.7). The same `sub` of two
/// issuers is two callers.
///
/// It is a record, not a proof: anybody can write one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
}

/// A parameter for which nothing else will do, not even a type that differs by a lifetime.
pub(crate) type Invariant<T> = PhantomData<fn(T) -> T>;

/// A token whose signature and claims were found good, before the permission is looked at.
// P2: made by `Verifier` alone, at the end of its pipeline; public because a hidden method of `Permission` takes it,
// and without a name outside.
pub struct Verified<C> {
    known: Arc<Known<C>>,
    occasion: Occasion,
    verifier: Verifier<C>,
}

/// What was found out about a token, for as long as somebody remembers it: the same for each request that brings it.
pub(crate) struct Known<C> {
    pub(crate) claims: C,
    pub(crate) registered: Registered,
}

impl<C> Verified<C> {
    pub(crate) fn claims(&self) -> &C {
        &self.known.claims
    }

    pub(crate) fn registered(&self) -> &Registered {
        &self.known.registered
    }

    /// P6: whether it still holds, contained as at the first time.
    pub(crate) async fn still_holds(&self) -> Result<(), Refusal> {
        let verifier = &self.verifier;
        let held = contain(verifier.time_limit(), verifier.still_holds(self.registered())).await;
        held.map_err(|refusal| self.of_the_caller(refusal))
    }

    /// P6: as [`still_holds`](Self::still_holds), without asking anybody else.
    pub(crate) fn holds_by_time_and_key(&self) -> Result<(), Refusal> {
        let held = contain_panic(|| self.verifier.holds_by_time_and_key(self.registered()));
        held.flatten().map_err(|refusal| self.of_the_caller(refusal))
    }

    /// How long until it has to be looked at again: at once, where the clock doesn't tell.
    pub(crate) fn recheck_in(&self) -> Duration {
        contain_panic(|| self.verifier.recheck_in(self.registered())).unwrap_or_default()
    }

    fn of_the_caller(&self, refusal: Refusal) -> Refusal {
        self.registered().of_the_caller(refusal)
    }

    pub(crate) fn verifier(&self) -> &Verifier<C> {
        &self.verifier
    }

    /// How long a decision may take.
    pub(crate) fn time_limit(&self) -> Duration {
        self.verifier.time_limit()
    }

    /// P7: the way from a refusal to a rejection, after the token was verified; it passes the events.
    pub(crate) fn report(&self, refusal: Refusal) -> Rejection {
        let issuer = Some(Arc::clone(&self.registered().issuer));
        report(Refusal { issuer, ..refusal }, &self.occasion, &self.verifier)
    }
}

impl<C, P: Permission<C>> Authenticated<C, P> {
    /// The one place where a proof is made.
    ///
    /// P2: nobody can name it outside this crate, and what it takes only the verifier makes.
    /// P6: the permission is asked here, so there is no proof of `P` without it; a panic in it is no answer.
    pub(crate) fn mint(verified: Arc<Verified<C>>) -> Result<Self, (Refusal, Arc<Verified<C>>)> {
        match contain_panic(|| P::grant(&verified)) {
            Ok(Ok(())) => Ok(Self { verified, of: PhantomData }),
            Ok(Err(denied)) => {
                let refused = |permission, scope| Rejection::InsufficientScope { permission, scope };
                Err((denied.refusal(P::NAME, verified.registered(), refused), verified))
            }
            Err(panicked) => Err((panicked, verified)),
        }
    }
}

impl<C, P> Authenticated<C, P> {
    /// When the token expires. The proof itself does not end then.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.verified.registered().expires_at
    }

    /// Who the caller is: what to keep records by.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity { issuer: self.issuer().to_owned(), subject: self.subject().to_owned() }
    }

    /// Who the token speaks for (`sub`). Unique only together with [`issuer`](Self::issuer): see
    /// [`identity`](Self::identity).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.verified.registered().subject
    }

    /// What the token can be taken back by: for a logout.
    #[must_use]
    pub fn token_identity(&self) -> TokenIdentity<'_> {
        TokenIdentity::of(self.verified.registered())
    }

    /// Who issued the token (`iss`).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.verified.registered().issuer.name
    }

    /// Asks for another permission, in the middle of a handler: the proof of `Q` instead of this one.
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims, Rejection, scope};
    /// scope!(OrdersRefund = "orders:refund");
    ///
    /// async fn close(auth: Authenticated<Claims>) -> Result<(), Rejection> {
    ///     let auth = auth.require::<OrdersRefund>()?;
    ///     refund(&auth);
    ///     Ok(())
    /// }
    ///
    /// fn refund(_: &Authenticated<Claims, OrdersRefund>) {}
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`Rejection::InsufficientScope`], and an event: return it.
    pub fn require<Q: Permission<C>>(self) -> Result<Authenticated<C, Q>, Rejection> {
        Authenticated::mint(self.verified).map_err(|(refusal, verified)| verified.report(refusal))
    }

    /// Passes this proof where a weaker one is asked: one of the permissions of a tuple.
    ///
    /// It costs nothing at run time, and can't fail: what is contained is decided by the types.
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims, scope};
    /// scope!(OrdersWrite = "orders:write");
    /// scope!(OrdersRefund = "orders:refund");
    ///
    /// fn refund(_: &Authenticated<Claims, OrdersRefund>) {}
    ///
    /// fn close(auth: &Authenticated<Claims, (OrdersWrite, OrdersRefund)>) {
    ///     refund(&auth.weaken());
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// What was not proved is not contained:
    ///
    /// ```compile_fail
    /// # use auth_runtime::{Authenticated, Claims, scope};
    /// # scope!(OrdersWrite = "orders:write");
    /// # scope!(OrdersRefund = "orders:refund");
    /// # fn refund(_: &Authenticated<Claims, OrdersRefund>) {}
    /// fn close(auth: &Authenticated<Claims, OrdersWrite>) {
    ///     refund(&auth.weaken());
    /// }
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn weaken<Q, Where>(&self) -> Weaker<'_, C, Q>
    where
        P: Includes<C, Q, Where>,
    {
        // P2: no new fact is proved: `P` includes `Q`, by the sealed trait.
        Weaker::new(Authenticated { verified: Arc::clone(&self.verified), of: PhantomData })
    }

    /// Passes this proof where no permission is asked: that the caller is known.
    #[must_use]
    pub fn known(&self) -> Weaker<'_, C, ()> {
        Weaker::new(Authenticated { verified: Arc::clone(&self.verified), of: PhantomData })
    }

    /// The same proof, for something that outlives this one.
    // P2: no new fact is proved, and nobody outside this crate can ask for it.
    pub(crate) fn again(&self) -> Self {
        Self { verified: Arc::clone(&self.verified), of: PhantomData }
    }

    pub(crate) fn verified(&self) -> &Arc<Verified<C>> {
        &self.verified
    }
}

/// P7: the one way from a refusal to a rejection, and it passes the events and the metrics.
fn report<C>(refusal: Refusal, occasion: &Occasion, verifier: &Verifier<C>) -> Rejection {
    let rejection = refusal.rejection;
    verifier.meters().refused(rejection.reason(), occasion);
    let issuer = refusal.issuer.clone();
    let trusted = match &issuer {
        Some(issuer) => Trusted { issuer: &issuer.name, audience: &issuer.audience },
        None => verifier.trusted(),
    };
    verifier.events().refused(refusal, occasion, trusted);
    rejection
}

impl<C: Send + Sync + 'static> Verifier<C> {
    /// Verifies the token that a request presents.
    ///
    /// # Errors
    ///
    /// A [`Rejection`], of which the events have been told.
    pub async fn authenticate(&self, parts: &Parts) -> Result<Authenticated<C>, Rejection> {
        self.clone().prove(parts).await
    }

    /// Verifies a token that came some other way than in the header: from a queue, or a WebSocket's first message.
    ///
    /// # Errors
    ///
    /// A [`Rejection`], of which the events have been told.
    pub async fn verify(&self, token: &str) -> Result<Authenticated<C>, Rejection> {
        self.clone().decide(Occasion::of(None), || Ok(Presented::Elsewhere(token))).await
    }

    pub(crate) async fn prove<P: Permission<C>>(self, parts: &Parts) -> Result<Authenticated<C, P>, Rejection> {
        self.decide(Occasion::of(Some(parts)), || presented(parts)).await
    }

    /// A token that goes on where another ends.
    pub(crate) async fn renew<P: Permission<C>>(
        &self,
        before: &Verified<C>,
        token: &str,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let occasion = before.occasion.clone();
        let pipeline = async {
            let known = match self.recalled(Presented::Elsewhere(token))? {
                Recalled::Known(known) => known,
                Recalled::Unsettled(unsettled) => self.settled(unsettled).await?,
            };
            let (was, is) = (before.registered(), &known.registered);
            // P6: what was opened for one caller does not go on for another.
            if (&was.issuer.name, &was.subject) != (&is.issuer.name, &is.subject) {
                let refusal = Refusal::token(Reason::OtherCaller, "it goes on only for the caller it was opened for");
                return Err(is.of_the_caller(refusal));
            }
            Ok(known)
        };
        let started = Stopwatch::start();
        let undecided = self.undecided();
        let known = contain(self.time_limit(), pipeline).await;
        undecided.has_outcome();
        self.clone().decided(known, occasion, started)
    }

    /// P6: everything that decides about a token happens in here, contained: a panic and a time-out refuse it like a
    /// bad token.
    async fn decide<'a, P: Permission<C>>(
        self,
        occasion: Occasion,
        presented: impl FnOnce() -> Result<Presented<'a>, Refusal>,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let started = Stopwatch::start();
        let known = match contain_panic(|| self.recalled(presented()?)).flatten() {
            Ok(Recalled::Known(known)) => Ok(known),
            // Apart, so that a token that is remembered doesn't carry the room for all of this along.
            Ok(Recalled::Unsettled(unsettled)) => {
                let undecided = self.undecided();
                let known = Box::pin(contain(self.time_limit(), self.settled(unsettled))).await;
                undecided.has_outcome();
                known
            }
            Err(refusal) => Err(refusal),
        };
        self.decided(known, occasion, started)
    }

    /// What is known of a token, for this request: a proof, if the permission is given.
    ///
    /// P7: whatever was decided is counted; a refusal is told.
    fn decided<P: Permission<C>>(
        self,
        known: Result<Arc<Known<C>>, Refusal>,
        occasion: Occasion,
        started: Stopwatch,
    ) -> Result<Authenticated<C, P>, Rejection> {
        let known = match known {
            Ok(known) => known,
            Err(refusal) => {
                self.meters().took(started, false);
                return Err(report(refusal, &occasion, &self));
            }
        };
        let verified = Arc::new(Verified { known, occasion, verifier: self });
        match Authenticated::mint(verified) {
            Ok(proof) => {
                let Verified { verifier, occasion, .. } = &*proof.verified;
                verifier.meters().took(started, true);
                verifier.meters().accepted(occasion);
                verifier.events().accepted();
                Ok(proof)
            }
            Err((refusal, verified)) => {
                verified.verifier.meters().took(started, false);
                Err(verified.report(refusal))
            }
        }
    }
}

/// The claims.
impl<C, P> Deref for Authenticated<C, P> {
    type Target = C;

    fn deref(&self) -> &C {
        self.verified.claims()
    }
}

/// Without the claims: a proof is often in a span or a log line, and they are the caller's private data.
impl<C, P> fmt::Debug for Authenticated<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticated").finish_non_exhaustive()
    }
}

/// An ordinary extractor too, for a plain `axum::Router` on its way to an [`AuthRouter`](crate::AuthRouter).
///
/// P3: `OptionalFromRequestParts` is not implemented, so `Option<Authenticated<..>>` is no extractor.
impl<C, P, S> FromRequestParts<S> for Authenticated<C, P>
where
    C: Send + Sync + 'static,
    P: Permission<C>,
    S: Send + Sync,
    Verifier<C>: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Verifier::<C>::from_ref(state).prove(parts).await
    }
}

/// The mark of a handler that anybody may call. `R` names the reason, which the posture shows.
///
/// It is put in by [`#[public]`](crate::public), and opens nothing.
pub struct Public<R> {
    reason: Invariant<R>,
}

impl<R> Public<R> {
    pub(crate) fn opted_out() -> Self {
        Self { reason: PhantomData }
    }
}

/// An ordinary extractor too, so that a `#[public]` handler fits a plain `axum::Router` on its way to an
/// [`AuthRouter`](crate::AuthRouter).
///
/// P2: only where `R` opens nothing. A capability is made by the gate alone, for the first parameter, which the posture lists.
impl<R: OpensNothing, S: Sync> FromRequestParts<S> for Public<R> {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::opted_out())
    }
}

impl<R> fmt::Debug for Public<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Public")
    }
}
