//! Declares the rule that a handler asks about its objects: [`WithRule`].

use super::conditions::Parts;
use super::despite::stands_alone;
use super::name::Names;
use super::{Denied, Permission};
use crate::verifier::VerifiedToken;
use std::any::type_name;
use std::marker::PhantomData;

/// Declares that the handler asks rule `R` about its objects, and requires `P`.
///
/// `#[authenticated(C, requires = P, rule = R)]` declares it for one handler, whose proof is
/// `Authenticated<C, WithRule<R, P>>`. A tuple declares several. The posture and its lock show the
/// rule, so a rule that is dropped is part of the review.
///
/// ```
/// use auth_runtime::permissions::WithRule;
/// use auth_runtime::{Authenticated, Claims, Denied, Permitted, Rejection, Rule, authenticated};
/// use axum::{Json, extract::Path};
///
/// #[derive(serde::Serialize)]
/// struct Order {
///     placed_by: String,
/// }
///
/// struct OwnsOrder;
///
/// impl Rule<Claims, Order> for OwnsOrder {
///     const NAME: &'static str = "own order";
///
///     fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
///         if order.placed_by == claims.sub { Ok(()) } else { Err(Denied::new("of another")) }
///     }
/// }
///
/// #[authenticated(Claims, rule = OwnsOrder)]
/// async fn order(
///     auth: Authenticated<Claims, WithRule<OwnsOrder>>,
///     Path(id): Path<u64>,
/// ) -> Result<Json<Permitted<Order, OwnsOrder>>, Rejection> {
///     let order = find(id);
///     Ok(Json(auth.permit(order)?))
/// }
/// # fn find(_: u64) -> Order { Order { placed_by: String::new() } }
/// # fn main() {}
/// ```
///
/// If the handler answers below 400 and the rule has permitted nothing, the gate answers 500
/// instead, with an event `rule_not_checked`. [`permit`](crate::Authenticated::permit) and its
/// siblings count, with any proof of the request, in any function that the handler calls. A list
/// counts also if it is empty or the rule permitted none of it. A rule that a stream asks later
/// does not count.
///
/// The gate cannot undo what the handler has done by then. A data function that takes
/// [`Permitted<T, R>`](crate::Permitted) does not compile without the rule.
///
/// Only handlers declare rules: a mounted service or a gRPC method does not compile with one. A
/// tuple or an [`AnyOf`](crate::AnyOf) cannot contain it. It stands around them, and inside of
/// [`Despite`](crate::Despite).
#[derive(Debug)]
pub struct WithRule<R, P = ()>(PhantomData<fn() -> (R, P)>);

impl<C, R, P: Permission<C>> Permission<C> for WithRule<R, P> {
    const NAME: &'static str = "with a rule";

    fn check(claims: &C) -> Result<(), Denied> {
        let () = stands_alone::<C, P>();
        P::check(claims)
    }

    fn grant(token: &VerifiedToken<C>) -> Result<(), Denied> {
        let () = stands_alone::<C, P>();
        P::grant(token)
    }

    fn names(names: &mut Names) {
        let () = stands_alone::<C, P>();
        P::names(names);
    }

    const HOLDS_UNIT: bool = P::HOLDS_UNIT;

    const DECLARES: bool = true;

    fn rules(rules: &mut Rules) {
        rules.0.push(type_name::<R>());
        P::rules(rules);
    }

    // P9: a rule is not a condition of all routes, because it needs an object.
    fn parts(parts: &mut Parts<'_, C>)
    where
        Self: Sized + 'static,
    {
        let () = declares_nothing::<C, Self>();
        parts.add::<Self>();
    }
}

/// Receives the types of the rules that a permission declares.
// P2: its type has no name outside this crate, so no other permission declares a rule.
#[derive(Debug, Default)]
pub struct Rules(Vec<&'static str>);

/// Adds the rules of a permission.
pub(crate) type AddRules = fn(&mut Rules);

/// Returns the types of the declared rules.
pub(crate) fn declared(add: AddRules) -> Vec<&'static str> {
    let mut rules = Rules::default();
    add(&mut rules);
    rules.0
}

/// P9: refuses a declared rule that no gate would enforce, at compile time.
pub(crate) const fn declares_nothing<C, P: Permission<C>>() {
    const {
        assert!(
            !P::DECLARES,
            "`WithRule` declares the rule of one handler, whose proof has it outside of tuples: write `rule = ..` in the attribute of the handler"
        );
    }
}
