//! Which permission contains which, decided by the types alone.

use super::Permission;

/// A permission that contains another one: the same, or a tuple with it inside. `Where` is found by the compiler.
///
/// P2: public in a private module: whoever could implement it could make a proof of anything.
#[diagnostic::on_unimplemented(
    message = "a proof of `{Self}` is no proof of `{P}`",
    label = "`{P}` was not proved",
    note = "require it in the handler's attribute, `#[authenticated(requires = ..)]`, or ask for it with `auth.require::<..>()?`"
)]
pub trait Includes<C, P, Where> {}

impl<C, P> Includes<C, P, place::Same> for P {}
impl<C, P> Includes<C, AnyCaller, place::Known> for P {}

/// Where a permission was found in another.
mod place {
    pub struct Same;
    pub struct Known;
    pub struct Nth<const N: usize>;
}

macro_rules! includes {
    ($all:tt $($P:ident $n:literal)+) => { $( includes!(@one $all $P $n); )+ };
    (@one [$($all:ident)+] $P:ident $n:literal) => {
        // Each of them is a permission: then the tuple is ours, and means all of them. Of a tuple that somebody else has made a permission nothing follows.
        impl<C, $($all: Permission<C>),+> Includes<C, $P, place::Nth<$n>> for ($($all,)+) {}
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

/// The least that a [`Vault`](crate::Vault) may ask for: any caller that is known, whatever else was proved of it.
#[derive(Debug)]
pub struct AnyCaller(());
