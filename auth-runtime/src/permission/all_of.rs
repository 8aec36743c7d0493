//! A tuple of permissions means all of them.

use super::{Denied, Names, Permission};
use crate::proof::Verified;

/// Nothing beyond being known.
impl<C> Permission<C> for () {
    const NAME: &'static str = "";

    fn check(_: &C) -> Result<(), Denied> {
        Ok(())
    }

    // It has no name to check: nothing is required, so nothing can be denied.
    fn grant(_: &Verified<C>) -> Result<(), Denied> {
        Ok(())
    }

    fn names(_: &mut Names) {}
}

macro_rules! all_of {
    ($($P:ident)+) => {
        /// All of them.
        impl<C, $($P: Permission<C>),+> Permission<C> for ($($P,)+) {
            const NAME: &'static str = "all of a tuple";

            fn check(claims: &C) -> Result<(), Denied> {
                $($P::check(claims).map_err(|denied| denied.of($P::NAME))?;)+
                Ok(())
            }

            fn grant(verified: &Verified<C>) -> Result<(), Denied> {
                $($P::grant(verified).map_err(|denied| denied.of($P::NAME))?;)+
                Ok(())
            }

            fn names(names: &mut Names) {
                $($P::names(names);)+
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
