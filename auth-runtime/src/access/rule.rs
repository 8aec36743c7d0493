//! Decides what a caller may do with one object: [`Rule`], [`Permitted`].

use crate::base::{Invariant, words};
use crate::permission::{Denied, PermissionName};
use crate::proof::Authenticated;
use crate::rejection::{Refusal, Rejection, isolate, isolate_panic};
use auth_events::Reason;
use serde::{Serialize, Serializer};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

/// Decides whether a caller may do one thing with one object: object-level authorization (OWASP
/// API1).
///
/// ```
/// use auth_runtime::{Authenticated, Claims, Denied, Permitted, Rejection, Rule};
///
/// struct Order {
///     placed_by: String,
/// }
///
/// struct CanRefund;
///
/// impl Rule<Claims, Order> for CanRefund {
///     const NAME: &'static str = "refund an order";
///
///     fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
///         if order.placed_by != claims.sub {
///             return Err(Denied::new("placed by another"));
///         }
///         Ok(())
///     }
/// }
///
/// // The data function takes a permitted order, so every call has passed the rule.
/// fn refund(_: Permitted<Order, CanRefund>) {}
///
/// fn handle(auth: &Authenticated<Claims>, order: Order) -> Result<(), Rejection> {
///     refund(auth.permit::<CanRefund, _>(order)?);
///     Ok(())
/// }
/// ```
///
/// A plain order does not compile:
///
/// ```compile_fail
/// # use auth_runtime::{Claims, Denied, Permitted, Rule};
/// # struct Order;
/// # struct CanRefund;
/// # impl Rule<Claims, Order> for CanRefund {
/// #     const NAME: &'static str = "refund an order";
/// #     fn check(_: &Claims, _: &Order) -> Result<(), Denied> { Ok(()) }
/// # }
/// fn refund(_: Permitted<Order, CanRefund>) {}
///
/// fn handle(order: Order) {
///     refund(order);
/// }
/// ```
///
/// Permit related objects together, as a tuple: `Rule<Claims, (Order, Account)>`. A rule decides
/// only from what its object contains.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a rule for an object of type `{T}` and claims of type `{C}`",
    label = "does not implement `Rule<{C}, {T}>`",
    note = "implement `auth_runtime::Rule<{C}, {T}>` for it; for a rule that reads a database, implement `AsyncRule` and call `permit_with`"
)]
pub trait Rule<C, T> {
    /// The name in events, which add the type of the rule.
    ///
    /// It has a letter or a digit, no invisible character, and at most 200 bytes.
    ///
    /// ```compile_fail
    /// # use auth_runtime::{Authenticated, Claims, Denied, Rule};
    /// # struct CanRefund;
    /// impl Rule<Claims, u64> for CanRefund {
    ///     const NAME: &'static str = "-";
    /// #   fn check(_: &Claims, _: &u64) -> Result<(), Denied> { Ok(()) }
    /// }
    /// # fn ask(auth: &Authenticated<Claims>) { let _ = auth.permit::<CanRefund, _>(7); }
    /// # fn main() { let _: fn(&Authenticated<Claims>) = ask; }
    /// ```
    const NAME: &'static str;

    /// The response to a caller that it denies: 403, or 404 as for a missing object.
    const ON_DENY: OnDeny = OnDeny::Forbidden;

    /// Decides from the verified claims and the object.
    ///
    /// # Errors
    ///
    /// [`Denied`], with the reason for the event; [`Denied::undecided`] if the decision cannot be
    /// made. Both reject the request.
    fn check(claims: &C, object: &T) -> Result<(), Denied>;
}

/// A [`Rule`] that reads a database or another store, which it holds.
///
/// ```
/// use auth_runtime::rules::AsyncRule;
/// use auth_runtime::{Authenticated, Claims, Denied, Permitted, Rejection};
///
/// struct Order(u64);
///
/// /// Asks the database of teams.
/// struct SameTeam;
///
/// impl AsyncRule<Claims, Order> for SameTeam {
///     const NAME: &'static str = "an order of the caller's team";
///
///     async fn check(&self, _claims: &Claims, order: &Order) -> Result<(), Denied> {
///         if order.0 == 0 { Err(Denied::new("of another team")) } else { Ok(()) }
///     }
/// }
///
/// async fn shown(
///     auth: Authenticated<Claims>,
///     order: Order,
/// ) -> Result<Permitted<Order, SameTeam>, Rejection> {
///     auth.permit_with(&SameTeam, order).await
/// }
/// # let _ = shown;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an asynchronous rule for an object of type `{T}` and claims of type `{C}`",
    label = "does not implement `AsyncRule<{C}, {T}>`",
    note = "implement `auth_runtime::rules::AsyncRule<{C}, {T}>` for it; for a rule that decides from the claims and the object alone, implement `Rule` and call `permit`"
)]
pub trait AsyncRule<C, T> {
    /// The name in events, which add the type of the rule.
    const NAME: &'static str;

    /// The response to a caller that it denies: 403, or 404 as for a missing object.
    const ON_DENY: OnDeny = OnDeny::Forbidden;

    /// Decides from the verified claims, the object and the store, within the verifier's time
    /// limit.
    ///
    /// # Errors
    ///
    /// [`Denied`], with the reason for the event; [`Denied::undecided`] if the store fails. Both
    /// reject the request.
    fn check(&self, claims: &C, object: &T) -> impl Future<Output = Result<(), Denied>> + Send;
}

/// Chooses the response to a caller that a rule denies an object.
///
/// ```
/// use auth_runtime::rules::OnDeny;
/// use auth_runtime::{Claims, Denied, Rule};
///
/// struct Draft {
///     author: String,
/// }
///
/// struct OwnDraft;
///
/// impl Rule<Claims, Draft> for OwnDraft {
///     const NAME: &'static str = "own draft";
///     const ON_DENY: OnDeny = OnDeny::NotFound;
///
///     fn check(claims: &Claims, draft: &Draft) -> Result<(), Denied> {
///         if draft.author == claims.sub { Ok(()) } else { Err(Denied::new("of another author")) }
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDeny {
    /// 403: the caller may know that the object exists.
    Forbidden,
    /// 404: the caller must not learn that the object exists.
    ///
    /// The response is the same as for a missing object, if the handler uses
    /// [`permit_found`](Authenticated::permit_found) or [`Rejection::NotFound`] for that. It is
    /// also 404 if the rule cannot decide, panics or takes too long. The event has the real reason,
    /// so an outage still raises its alert. The response time is not hidden.
    NotFound,
}

/// An object that rule `R` has permitted. Data functions take it instead of `T`.
///
/// It derefs to `T`. It cannot be changed, because the rule has not permitted the changed object.
/// Only [`Authenticated::permit`], [`permit_found`](Authenticated::permit_found),
/// [`permit_each`](Authenticated::permit_each) and [`permit_with`](Authenticated::permit_with) make
/// it.
///
/// ```
/// use auth_runtime::{Claims, Denied, Permitted, Rule};
///
/// struct Order {
///     cents: u64,
/// }
///
/// struct CanPay;
///
/// impl Rule<Claims, Order> for CanPay {
///     const NAME: &'static str = "pay an order";
///
///     fn check(_: &Claims, order: &Order) -> Result<(), Denied> {
///         if order.cents > 0 { Ok(()) } else { Err(Denied::new("nothing to pay")) }
///     }
/// }
///
/// fn charge(order: &Permitted<Order, CanPay>) -> u64 {
///     order.cents
/// }
/// # let _ = charge;
/// ```
// P2: private fields; no `DerefMut`, `Clone`, `Default`, `Deserialize`, `From`; made in this file,
// after the rule has permitted the object.
#[must_use = "a permitted object has no effect unless it is used: pass it to a function that requires one"]
pub struct Permitted<T, R> {
    object: T,
    rule: Invariant<R>,
}

impl<T, R> Permitted<T, R> {
    /// Returns the object without the permit.
    pub fn into_inner(self) -> T {
        self.object
    }
}

impl<C, P> Authenticated<C, P> {
    /// Checks a rule, and returns the object only if the rule permits it.
    ///
    /// # Errors
    ///
    /// [`Rejection::NotPermitted`], and [`Rejection::Unavailable`] if the rule cannot decide; with
    /// [`OnDeny::NotFound`], [`Rejection::Hidden`] in both cases. The event with the rule's name
    /// is already emitted; return the rejection.
    pub fn permit<R: Rule<C, T>, T>(&self, object: T) -> Result<Permitted<T, R>, Rejection> {
        // P6: the object is consumed, and dropped unless the rule permits it.
        match self.ask::<R, T>(&object) {
            Ok(()) => Ok(self.permitted(object)),
            Err(refusal) => Err(self.verified().report(refusal)),
        }
    }

    /// As [`permit`](Self::permit), for an object that may be missing.
    ///
    /// The response to a missing object is the same as to a denied one with [`OnDeny::NotFound`].
    ///
    /// # Errors
    ///
    /// [`Rejection::NotFound`] for a missing object, without an event; and as
    /// [`permit`](Self::permit).
    pub fn permit_found<R: Rule<C, T>, T>(&self, object: Option<T>) -> Result<Permitted<T, R>, Rejection> {
        self.permit(object.ok_or(Rejection::NotFound)?)
    }

    /// Returns the objects that a rule permits, and drops the others.
    ///
    /// A dropped object has no event, because the caller did not request that object. With
    /// [`OnDeny::NotFound`], an object is also dropped if the rule cannot decide about it, because
    /// an error would show that it exists. One event for each call then has the reason.
    ///
    /// # Errors
    ///
    /// [`Rejection::Unavailable`], with an event, if the rule cannot decide about an object,
    /// because the list would look complete without it. Not with [`OnDeny::NotFound`].
    pub fn permit_each<R: Rule<C, T>, T>(
        &self,
        objects: impl IntoIterator<Item = T>,
    ) -> Result<Vec<Permitted<T, R>>, Rejection> {
        let mut permitted = Vec::new();
        let mut outage = None;
        for object in objects {
            match self.ask::<R, T>(&object) {
                Ok(()) => permitted.push(Permitted { object, rule: PhantomData }),
                Err(Refusal { rejection, .. }) if rejection.reason() == Reason::Denied => {}
                // P8: an error would show that the object exists. P7: the list has one event, for
                // the first outage.
                Err(refusal @ Refusal { rejection: Rejection::Hidden { .. }, .. }) => {
                    outage = outage.or(Some(refusal));
                }
                Err(refusal) => return Err(self.verified().report(refusal)),
            }
        }
        if let Some(refusal) = outage {
            let detail = refusal.detail.as_deref().unwrap_or("no verdict");
            let detail = Some(format!("{detail}; left out of a list").into());
            self.verified().report(Refusal { detail, ..refusal });
        }
        // Also for an empty list, which shows no object.
        self.verified().note_rule::<R>();
        Ok(permitted)
    }

    /// As [`permit`](Self::permit), with a rule that reads a store.
    ///
    /// # Errors
    ///
    /// As [`permit`](Self::permit), and if the rule panics or exceeds the verifier's time limit.
    pub async fn permit_with<R: AsyncRule<C, T>, T>(&self, rule: &R, object: T) -> Result<Permitted<T, R>, Rejection> {
        const { words(R::NAME) };
        let verified = self.verified();
        let decision = async {
            let decided = rule.check(verified.claims(), &object).await;
            decided.map_err(|denied| self.refusal(&denied, name::<R>(R::NAME)))
        };
        let undecided = verified.verifier().undecided();
        let outcome = isolate(verified.time_limit(), decision).await;
        undecided.has_outcome();
        match outcome {
            Ok(()) => Ok(self.permitted(object)),
            Err(refusal) => Err(verified.report(self.about(refusal, name::<R>(R::NAME), R::ON_DENY))),
        }
    }

    /// P2: its callers have just asked the rule.
    fn permitted<R, T>(&self, object: T) -> Permitted<T, R> {
        self.verified().note_rule::<R>();
        Permitted { object, rule: PhantomData }
    }

    fn ask<R: Rule<C, T>, T>(&self, object: &T) -> Result<(), Refusal> {
        const { words(R::NAME) };
        isolate_panic(|| R::check(self.verified().claims(), object))
            .and_then(|decided| decided.map_err(|denied| self.refusal(&denied, name::<R>(R::NAME))))
            .map_err(|refusal| self.about(refusal, name::<R>(R::NAME), R::ON_DENY))
    }

    fn refusal(&self, denied: &Denied, rule: &'static str) -> Refusal {
        denied.refusal(rule, self.verified().verified_claims(), |rule, _| Rejection::NotPermitted { rule })
    }

    /// Completes the refusal of a rule with the caller, the rule, and the response that `ON_DENY`
    /// allows.
    ///
    /// Every denial, error, panic and time-out of a rule passes here.
    fn about(&self, refusal: Refusal, name: &'static str, existence: OnDeny) -> Refusal {
        let rule = refusal.asked.unwrap_or(name);
        let rejection = match existence {
            OnDeny::Forbidden => refusal.rejection,
            // P8: a 503 would show that the object exists.
            OnDeny::NotFound => Rejection::Hidden { rule, reason: refusal.rejection.reason() },
        };
        self.verified().verified_claims().with_subject(Refusal { rejection, asked: Some(rule), ..refusal })
    }
}

/// Names a rule in its event with its type, because rules and permissions can share a `NAME`.
fn name<R>(name: &'static str) -> &'static str {
    PermissionName::of_check::<R>(name).text()
}

impl<T, R> Deref for Permitted<T, R> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.object
    }
}

/// Serializes as the object.
impl<T: Serialize, R> Serialize for Permitted<T, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object.serialize(serializer)
    }
}

impl<T: fmt::Debug, R> fmt::Debug for Permitted<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Permitted").field(&self.object).finish()
    }
}
