//! Requires all permissions of a tuple.

use super::conditions::Parts;
use super::despite::stands_alone;
use super::name::Names;
use super::with_rule::declares_nothing;
use super::{Denied, Permission};
use crate::verifier::VerifiedToken;

/// Requires no permission: any authenticated caller.
impl<C> Permission<C> for () {
    const NAME: &'static str = "";

    fn check(_: &C) -> Result<(), Denied> {
        Ok(())
    }

    // It has no name to check, because it never denies.
    fn grant(_: &VerifiedToken<C>) -> Result<(), Denied> {
        Ok(())
    }

    fn names(_: &mut Names) {}

    const HOLDS_UNIT: bool = true;
}

macro_rules! all_of {
    ($($P:ident)+) => {
        /// Requires all of them.
        impl<C, $($P: Permission<C>),+> Permission<C> for ($($P,)+) {
            const NAME: &'static str = "all of a tuple";

            fn check(claims: &C) -> Result<(), Denied> {
                $($P::check(claims).map_err(|denied| denied.of::<C, $P>())?;)+
                Ok(())
            }

            fn grant(token: &VerifiedToken<C>) -> Result<(), Denied> {
                $(let () = stands_alone::<C, $P>();)+
                $(let () = declares_nothing::<C, $P>();)+
                $($P::grant(token).map_err(|denied| denied.of::<C, $P>())?;)+
                Ok(())
            }

            fn names(names: &mut Names) {
                $(let () = stands_alone::<C, $P>();)+
                $($P::names(names);)+
            }

            const HOLDS_UNIT: bool = $($P::HOLDS_UNIT)||+;

            fn parts(parts: &mut Parts<'_, C>)
            where
                Self: Sized + 'static,
            {
                $($P::parts(parts);)+
            }
        }
    };
}

all_of!(A);
all_of!(A B);
all_of!(A B D);
all_of!(A B D E);
all_of!(A B D E F);
all_of!(A B D E F G);
all_of!(A B D E F G H);
all_of!(A B D E F G H I);
