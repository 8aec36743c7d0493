//! Requires one of several permissions: [`AnyOf`].

use super::name::{Names, PermissionName};
use super::{Denied, Permission};
use crate::verifier::VerifiedToken;
use std::marker::PhantomData;

/// Requires at least one [`Permission`] of a tuple of 2 to 8.
///
/// ```
/// use auth_runtime::{AnyOf, Authenticated, Claims, authenticated, scope};
///
/// scope!(OrdersRead = "orders:read");
/// scope!(OrdersWrite = "orders:write");
///
/// #[authenticated(Claims, requires = AnyOf<(OrdersRead, OrdersWrite)>)]
/// async fn list(_auth: Authenticated<Claims, AnyOf<(OrdersRead, OrdersWrite)>>) {}
/// # fn main() {}
/// ```
///
/// `()` does not compile here, because every authenticated caller has it.
///
/// ```compile_fail
/// # use auth_runtime::{AnyOf, AuthRouter, Authenticated, Claims, Verifier, routing::get, scope};
/// # scope!(OrdersRead = "orders:read");
/// async fn list(_: Authenticated<Claims, AnyOf<(OrdersRead, ())>>) {}
///
/// # fn main() {
/// let app = AuthRouter::<Verifier<Claims>>::new().route("/orders", get(list));
/// # }
/// ```
///
/// The proof does not state which of them the caller has, so it is not a proof of `OrdersWrite`.
/// Use [`granted`](crate::Authenticated::granted) where that matters.
#[derive(Debug)]
pub struct AnyOf<P>(PhantomData<fn() -> P>);

macro_rules! any_of {
    ($First:ident $($P:ident)+) => {
        impl<C, $First: Permission<C>, $($P: Permission<C>),+> Permission<C> for AnyOf<($First, $($P,)+)> {
            const NAME: &'static str = "any of several";

            /// P9: every authenticated caller has `()`, and would have this permission too.
            const HOLDS_UNIT: bool = {
                assert!(
                    !($First::HOLDS_UNIT $(|| $P::HOLDS_UNIT)+),
                    "`()` in `AnyOf` admits every authenticated caller: remove `()`, or require no permission with `Authenticated<C>`"
                );
                assert!(
                    !($First::WAIVES $(|| $P::WAIVES)+),
                    "`Despite` in `AnyOf`: write it around the alternatives, as in `Despite<Condition, AnyOf<(A, B)>>`"
                );
                assert!(
                    !($First::DECLARES $(|| $P::DECLARES)+),
                    "`WithRule` in `AnyOf`: write it around the alternatives, as in `WithRule<Rule, AnyOf<(A, B)>>`"
                );
                false
            };

            fn check(claims: &C) -> Result<(), Denied> {
                let () = asks_for_something::<C, Self>();
                first_of(&[$First::check, $($P::check),+], claims)
            }

            fn grant(token: &VerifiedToken<C>) -> Result<(), Denied> {
                let () = asks_for_something::<C, Self>();
                first_of(&[$First::grant, $($P::grant),+], token)
            }

            fn names(names: &mut Names) {
                let () = asks_for_something::<C, Self>();
                names.push(PermissionName::Any(vec![PermissionName::of::<C, $First>(), $(PermissionName::of::<C, $P>()),+]));
            }
        }
    };
}

any_of!(A B);
any_of!(A B D);
any_of!(A B D E);
any_of!(A B D E F);
any_of!(A B D E F G);
any_of!(A B D E F G H);
any_of!(A B D E F G H I);

/// Evaluates the assertion in `HOLDS_UNIT`, for each permission that is used.
const fn asks_for_something<C, P: Permission<C>>() {
    const { assert!(!P::HOLDS_UNIT) }
}

type Check<T> = fn(&T) -> Result<(), Denied>;

/// P6: only an `Ok` of one of them grants. An undecided check outweighs a denial, because it might
/// have granted.
fn first_of<T>(checks: &[Check<T>], of: &T) -> Result<(), Denied> {
    let mut denied = Denied::new("none of several permissions was granted");
    for check in checks {
        match check(of) {
            Ok(()) => return Ok(()),
            Err(undecided) if undecided.undecided => denied = undecided,
            Err(_) => {}
        }
    }
    Err(denied)
}
