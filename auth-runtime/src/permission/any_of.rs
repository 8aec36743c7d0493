//! One of several permissions.

use super::{Denied, Names, Permission};
use crate::verifier::Known;
use std::marker::PhantomData;

/// A [`Permission`]: at least one of a tuple of 2 to 8.
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
/// Which of them it was is not a part of the proof: it is none of `OrdersWrite`. Ask with
/// [`require`](crate::Authenticated::require) where that matters.
#[derive(Debug)]
pub struct AnyOf<P>(PhantomData<fn() -> P>);

macro_rules! any_of {
    ($First:ident $($P:ident)+) => {
        impl<C, $First: Permission<C>, $($P: Permission<C>),+> Permission<C> for AnyOf<($First, $($P,)+)> {
            const NAME: &'static str = "any of several";

            fn check(claims: &C) -> Result<(), Denied> {
                first_of(&[$First::check, $($P::check),+], claims)
            }

            fn grant(token: &Known<C>) -> Result<(), Denied> {
                first_of(&[$First::grant, $($P::grant),+], token)
            }

            fn names(names: &mut Names) {
                let mut each = Names::default();
                $First::names(&mut each);
                $($P::names(&mut each);)+
                names.0.push(format!("any of ({})", each.0.join(", ")));
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

type Check<T> = fn(&T) -> Result<(), Denied>;

/// P6: nothing but an `Ok` of one of them is an `Ok`. An answer that could not be had weighs more than a denial, since
/// it might have been yes.
fn first_of<T>(checks: &[Check<T>], of: &T) -> Result<(), Denied> {
    let mut denied = Denied::new("none of several permissions was given");
    for check in checks {
        match check(of) {
            Ok(()) => return Ok(()),
            Err(undecided) if undecided.undecided => denied = undecided,
            Err(_) => {}
        }
    }
    Err(denied)
}
