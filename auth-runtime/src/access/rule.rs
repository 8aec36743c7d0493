//! What a known caller may do with one object: [`Rule`], [`Permitted`].

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

/// Decides whether a caller may do one thing with one object: object-level authorization (OWASP API1).
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
///         if order.placed_by == claims.sub { Ok(()) } else { Err(Denied::new("placed by another")) }
///     }
/// }
///
/// // The data function asks for the permitted order, so there is no way to it past the rule.
/// fn refund(_: Permitted<Order, CanRefund>) {}
///
/// fn handle(auth: &Authenticated<Claims>, order: Order) -> Result<(), Rejection> {
///     refund(auth.permit::<CanRefund, _>(order)?);
///     Ok(())
/// }
/// ```
///
/// The order itself will not do:
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
/// Objects that belong together are permitted together, as a tuple: `Rule<Claims, (Order, Account)>`. What a rule can't
/// see of its object it can't decide; invariants of the business beyond that are yours.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no rule for an object of type `{T}` and claims of type `{C}`",
    label = "no `Rule<{C}, {T}>`",
    note = "implement `auth_runtime::Rule<{C}, {T}>` for it; a rule that has to look something up is an `AsyncRule`, for `permit_with`"
)]
pub trait Rule<C, T> {
    /// The name in events, which put the type of the rule beside it. In words: with a letter or a digit, no invisible
    /// character, and at most 200 bytes.
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

    /// What a caller whom it denies learns: 403, or that there is no such object.
    const ON_DENY: OnDeny = OnDeny::Forbidden;

    /// Decides from the verified claims and the object.
    ///
    /// # Errors
    ///
    /// [`Denied`], with the reason for the event; [`Denied::undecided`] when it can't be known. Both refuse.
    fn check(claims: &C, object: &T) -> Result<(), Denied>;
}

/// A [`Rule`] that has to look something up: it holds what it looks it up with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no asynchronous rule for an object of type `{T}` and claims of type `{C}`",
    label = "no `AsyncRule<{C}, {T}>`",
    note = "implement `auth_runtime::AsyncRule<{C}, {T}>` for it; a rule that decides from the claims and the object alone is a `Rule`, for `permit`"
)]
pub trait AsyncRule<C, T> {
    /// The name in events, which put the type of the rule beside it.
    const NAME: &'static str;

    /// What a caller whom it denies learns: 403, or that there is no such object.
    const ON_DENY: OnDeny = OnDeny::Forbidden;

    /// Decides from the verified claims, the object, and what it looks up. It has the verifier's time limit.
    ///
    /// # Errors
    ///
    /// [`Denied`], with the reason for the event; [`Denied::undecided`] when the look-up fails. Both refuse.
    fn check(&self, claims: &C, object: &T) -> impl Future<Output = Result<(), Denied>> + Send;
}

/// The answer to a caller whom a rule denies an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDeny {
    /// 403: the caller may know that the object exists.
    Forbidden,
    /// 404: the caller must not learn that the object exists. The answer is the same as for an object that is not there, if the handler
    /// uses [`permit_found`](Authenticated::permit_found) or [`Rejection::NotFound`] for that.
    ///
    /// This also holds when the rule cannot decide, panics or takes too long. The event has the real reason, so an outage
    /// still raises the alert for outages. The time that the answer takes is not hidden.
    NotFound,
}

/// An object that a rule `R` has permitted. Data functions ask for it instead of `T`.
///
/// It derefs to `T`, and can't be changed: it would not be the object that was permitted. Only
/// [`Authenticated::permit`] and its like make one.
// P2: private fields; no `DerefMut`, `Clone`, `Default`, `Deserialize`, `From`; made in this file, after the rule said
// yes.
#[must_use = "an object that was permitted is there to be used"]
pub struct Permitted<T, R> {
    object: T,
    rule: Invariant<R>,
}

impl<T, R> Permitted<T, R> {
    /// The object, which is nothing special any more.
    pub fn into_inner(self) -> T {
        self.object
    }
}

impl<C, P> Authenticated<C, P> {
    /// Asks a rule about an object, which comes back permitted or not at all.
    ///
    /// # Errors
    ///
    /// [`Rejection::NotPermitted`], and [`Rejection::Unavailable`] when the rule cannot decide; for an
    /// [`OnDeny::NotFound`], [`Rejection::Concealed`] in both cases. There is an event with the rule's name: return the
    /// rejection.
    pub fn permit<R: Rule<C, T>, T>(&self, object: T) -> Result<Permitted<T, R>, Rejection> {
        // P6: the object is consumed; unless the rule says yes it is gone.
        match self.ask::<R, T>(&object) {
            Ok(()) => Ok(Permitted { object, rule: PhantomData }),
            Err(refusal) => Err(self.verified().report(refusal)),
        }
    }

    /// As [`permit`](Self::permit), for an object that may not be there: its absence has the same answer as an
    /// [`OnDeny::NotFound`].
    ///
    /// # Errors
    ///
    /// [`Rejection::NotFound`] when there is none, without an event, and as [`permit`](Self::permit).
    pub fn permit_found<R: Rule<C, T>, T>(&self, object: Option<T>) -> Result<Permitted<T, R>, Rejection> {
        self.permit(object.ok_or(Rejection::NotFound)?)
    }

    /// The objects that a rule permits; the others are dropped, without an event, since nobody asked for one in
    /// particular.
    ///
    /// An object that is an [`OnDeny::NotFound`] is also dropped when the rule cannot decide about it, because an error
    /// would show that it exists. One event a call then has the reason, as for an outage.
    ///
    /// # Errors
    ///
    /// [`Rejection::Unavailable`] when the rule can't decide about one of them, and an event, unless its existence is
    /// secret: a list that is short for this reason would look complete.
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
                // P8: an error would show that there is such an object. P7: the first outage is the event of the list.
                Err(refusal @ Refusal { rejection: Rejection::Concealed { .. }, .. }) => {
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
        Ok(permitted)
    }

    /// Asks a rule that has to look something up.
    ///
    /// # Errors
    ///
    /// As [`permit`](Self::permit), also when it takes longer than the verifier's time limit, or panics.
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
            Ok(()) => Ok(Permitted { object, rule: PhantomData }),
            Err(refusal) => Err(verified.report(self.about(refusal, name::<R>(R::NAME), R::ON_DENY))),
        }
    }

    fn ask<R: Rule<C, T>, T>(&self, object: &T) -> Result<(), Refusal> {
        const { words(R::NAME) };
        isolate_panic(|| R::check(self.verified().claims(), object))
            .and_then(|decided| decided.map_err(|denied| self.refusal(&denied, name::<R>(R::NAME))))
            .map_err(|refusal| self.about(refusal, name::<R>(R::NAME), R::ON_DENY))
    }

    fn refusal(&self, denied: &Denied, rule: &'static str) -> Refusal {
        denied.refusal(rule, self.verified().registered(), |rule, _| Rejection::NotPermitted { rule })
    }

    /// The one way out of a rule, for a denial and for every way of not deciding (an error, a panic, a time-out): who
    /// asked for what, and what the client may learn of it.
    fn about(&self, refusal: Refusal, name: &'static str, existence: OnDeny) -> Refusal {
        let rule = refusal.asked.unwrap_or(name);
        let rejection = match existence {
            OnDeny::Forbidden => refusal.rejection,
            // P8: a 503 would show that there is an object to decide about.
            OnDeny::NotFound => Rejection::Concealed { rule, reason: refusal.rejection.reason() },
        };
        self.verified().registered().with_subject(Refusal { rejection, asked: Some(rule), ..refusal })
    }
}

/// What the event says of a rule: two rules may have one `NAME`, and one of them that of a permission.
fn name<R>(name: &'static str) -> &'static str {
    PermissionName::of_check::<R>(name).text()
}

impl<T, R> Deref for Permitted<T, R> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.object
    }
}

/// As the object: what is permitted can be answered with.
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
