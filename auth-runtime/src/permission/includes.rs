//! Decides, by the types alone, which permission includes which.

use super::{Permission, WithRule};

/// A permission that includes another one: the same, or a tuple with it. The compiler finds
/// `Where`.
///
/// P2: public in a private module, because a crate that implements it could make a proof of
/// anything.
#[diagnostic::on_unimplemented(
    message = "a proof of `{Self}` is not a proof of `{P}`",
    label = "`{P}` was not proved",
    note = "require it in the handler's attribute with `#[authenticated(requires = {P})]`, or in its body with `auth.require::<{P}>()?`"
)]
pub trait Includes<C, P, Where> {
    /// Whether the proof of `P` follows. A vault for any caller opens with each proof, also with
    /// one that waives a condition, and gives out no proof.
    #[doc(hidden)]
    const IS_PROVED: bool = true;
}

impl<C, P> Includes<C, P, place::Same> for P {}
// A rule adds to what is proved.
#[diagnostic::do_not_recommend]
impl<C, R, P: Permission<C>> Includes<C, P, place::Inner> for WithRule<R, P> {}
impl<C, P> Includes<C, AnyCaller, place::Known> for P {
    const IS_PROVED: bool = false;
}

/// Tells the compiler where in a permission another one is.
mod place {
    pub struct Same;
    pub struct Known;
    pub struct Nth<const N: usize>;
    pub struct Inner;
    pub struct NthOfInner<const N: usize>;
}

macro_rules! includes {
    ($all:tt $($P:ident $n:literal)+) => { $( includes!(@one $all $P $n); )+ };
    (@one [$($all:ident)+] $P:ident $n:literal) => {
        // The bounds select the tuples that require all of their parts. Another crate can implement
        // `Permission` for a tuple with its own types, and then the tuple includes nothing.
        // rustc must not list these impls, because none of them helps with a missing permission.
        #[diagnostic::do_not_recommend]
        impl<C, $($all: Permission<C>),+> Includes<C, $P, place::Nth<$n>> for ($($all,)+) {}
        #[diagnostic::do_not_recommend]
        impl<C, R, $($all: Permission<C>),+> Includes<C, $P, place::NthOfInner<$n>> for WithRule<R, ($($all,)+)> {}
    };
}

includes!([A] A 0);
includes!([A B] A 0 B 1);
includes!([A B D] A 0 B 1 D 2);
includes!([A B D E] A 0 B 1 D 2 E 3);
includes!([A B D E F] A 0 B 1 D 2 E 3 F 4);
includes!([A B D E F G] A 0 B 1 D 2 E 3 F 4 G 5);
includes!([A B D E F G H] A 0 B 1 D 2 E 3 F 4 G 5 H 6);
includes!([A B D E F G H I] A 0 B 1 D 2 E 3 F 4 G 5 H 6 I 7);

/// Requires any authenticated caller, for a [`Vault`](crate::Vault).
///
/// ```
/// use auth_runtime::permissions::AnyCaller;
/// use auth_runtime::{Authenticated, Claims, Vault};
///
/// pub struct Prices;
///
/// // `Vault<Prices, Claims>` is the same type.
/// fn open<'a>(
///     prices: &'a Vault<Prices, Claims, AnyCaller>,
///     auth: &'a Authenticated<Claims>,
/// ) -> &'a Prices {
///     prices.open(auth)
/// }
/// # let _ = open;
/// ```
#[derive(Debug)]
pub struct AnyCaller(());
