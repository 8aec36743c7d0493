//! Conditions: permissions that a verifier requires on every route.

use super::despite::is_a_condition;
use super::with_rule::declares_nothing;
use super::{Permission, PermissionName};
use crate::rejection::{Refusal, Rejection, isolate_panic};
use crate::verifier::{Condition, VerifiedToken, VerifierBuilder};
use std::any::TypeId;

/// Receives the conditions of a permission, each by itself.
// P2: its type has no name outside this crate, so no other permission can waive a condition.
pub struct Parts<'a, C>(&'a mut dyn FnMut(Condition<C>, fn() -> PermissionName));

impl<C> Parts<'_, C> {
    pub(super) fn add<X: Permission<C> + 'static>(&mut self) {
        let name = || PermissionName::of::<C, X>().text();
        (self.0)(Condition { id: TypeId::of::<X>(), name, check: granted_alone::<C, X> }, PermissionName::of::<C, X>);
    }
}

/// Returns the types and the names of the conditions that `P` waives.
pub(crate) fn waived<C, P: Permission<C>>() -> Vec<(TypeId, PermissionName)> {
    let mut waived = Vec::new();
    P::waived(&mut Parts(&mut |condition, name| waived.push((condition.id, name()))));
    waived
}

/// P9: refuses a permission in the body of a handler that waives more than the handler's proof.
///
/// Reviewers see the waivers of the handler: in the posture, in the lock, and in its attribute.
///
/// # Panics
///
/// When `P` waives a condition, and `Q` waives another one.
#[track_caller]
pub(crate) fn assert_waives_no_more<C, P: Permission<C>, Q: Permission<C>>() {
    const {
        assert!(
            !Q::WAIVES || P::WAIVES,
            "this permission waives a condition that the proof does not waive: write `despite = ..` in the attribute of the handler"
        );
    }
    declares_nothing::<C, Q>();
    if Q::WAIVES {
        let by_the_proof = waived::<C, P>();
        for (id, name) in waived::<C, Q>() {
            assert!(
                by_the_proof.iter().any(|(waived, _)| *waived == id),
                "`{name}` is waived, and the proof does not waive it: write `despite = ..` in the attribute of the handler"
            );
        }
    }
}

impl<C, I, A, K, E> VerifierBuilder<C, I, A, K, E> {
    /// Requires a permission on every route of this verifier. Call it once for each condition.
    ///
    /// For conditions of the account, such as "the tenant is not suspended" or "the terms are
    /// accepted". A caller that does not meet one gets 403, and the event names it. A handler
    /// waives it with `#[authenticated(C, despite = X)]`: see [`Despite`](crate::Despite).
    ///
    /// Every proof of this verifier states that its conditions hold: on routes, mounted services
    /// and gRPC methods, of the known caller of a [`Visitor`](crate::Visitor), of
    /// [`Verifier::verify`](crate::Verifier::verify), and of a renewed stream. A stream ends when a
    /// loaded principal no longer meets one.
    ///
    /// ```
    /// use auth_runtime::{ConfigError, Denied, Events, Permission, Verifier, VerifyingKey};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Staff {
    ///     suspended: bool,
    /// }
    ///
    /// struct NotSuspended;
    ///
    /// impl Permission<Staff> for NotSuspended {
    ///     const NAME: &'static str = "not suspended";
    ///
    ///     fn check(staff: &Staff) -> Result<(), Denied> {
    ///         if staff.suspended { Err(Denied::new("the tenant is suspended")) } else { Ok(()) }
    ///     }
    /// }
    ///
    /// fn verifier(key: VerifyingKey) -> Result<Verifier<Staff>, ConfigError> {
    ///     Verifier::builder()
    ///         .issuer("https://id.example.com/")
    ///         .audience("orders")
    ///         .keys(key)
    ///         .events(Events::stderr())
    ///         .always_requires::<NotSuspended>()
    ///         .build()
    /// }
    /// ```
    ///
    /// With [`load`](Self::load), call it afterwards: a condition decides from the principal.
    pub fn always_requires<X: Permission<C> + 'static>(self) -> Self {
        let () = is_a_condition::<C, X>();
        let mut conditions = Vec::new();
        X::parts(&mut Parts(&mut |condition, _| conditions.push(condition)));
        self.with_conditions(conditions)
    }
}

/// P6: checks each condition that `P` does not waive, then grants `P`.
pub(crate) fn granted<C, P: Permission<C>>(
    conditions: &[Condition<C>],
    token: &VerifiedToken<C>,
) -> Result<(), Refusal> {
    for condition in conditions {
        let mut is_waived = false;
        P::waived(&mut Parts(&mut |waived, _| is_waived |= waived.id == condition.id));
        if !is_waived {
            (condition.check)(token)?;
        }
    }
    granted_alone::<C, P>(token)
}

/// P6: grants `P`, or makes the refusal. A panic in the check rejects the request.
fn granted_alone<C, P: Permission<C>>(token: &VerifiedToken<C>) -> Result<(), Refusal> {
    isolate_panic(|| P::grant(token))?.map_err(|denied| {
        let refused = |permission, scope| Rejection::InsufficientScope { permission, scope };
        denied.refusal(PermissionName::of::<C, P>().text(), &token.verified, refused)
    })
}
