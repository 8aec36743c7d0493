//! Waives a condition of the verifier on single routes: [`Despite`].

use super::conditions::Parts;
use super::name::Names;
use super::with_rule::{Rules, declares_nothing};
use super::{Denied, Permission};
use crate::verifier::VerifiedToken;
use std::marker::PhantomData;

/// Waives a condition that the verifier requires on every route, and requires `P`.
///
/// A verifier sets a condition with [`always_requires`], such as "the tenant is not suspended".
/// `#[authenticated(C, requires = P, despite = X)]` waives it for one handler, whose proof is
/// `Authenticated<C, Despite<X, P>>`. A tuple waives several. The posture shows `despite`.
///
/// ```
/// use auth_runtime::{Authenticated, Claims, Denied, Despite, Permission, authenticated};
///
/// /// A caller with a password of the administrator must set one of their own first.
/// struct OwnPassword;
///
/// impl Permission<Claims> for OwnPassword {
///     const NAME: &'static str = "own password";
///
///     fn check(claims: &Claims) -> Result<(), Denied> {
///         match claims.other.get("own_password") {
///             Some(own) if *own == true => Ok(()),
///             _ => Err(Denied::new("the password was set by the administrator")),
///         }
///     }
/// }
///
/// #[authenticated(Claims, despite = OwnPassword)]
/// async fn set_password(auth: Authenticated<Claims, Despite<OwnPassword>>) -> String {
///     format!("the new password of {}", auth.sub)
/// }
/// # fn main() {}
/// ```
///
/// The proof does not state that the condition holds, so a function that requires
/// `&Authenticated<Claims>` does not take it. [`Authenticated::check`](crate::Authenticated::check)
/// and `require` check all conditions. A [`Vault`](crate::Vault) for any caller opens.
///
/// A tuple or an [`AnyOf`](crate::AnyOf) cannot contain it: it stands around them.
///
/// [`always_requires`]: crate::credentials::VerifierBuilder::always_requires
#[derive(Debug)]
pub struct Despite<X, P = ()>(PhantomData<fn() -> (X, P)>);

impl<C, X: Permission<C> + 'static, P: Permission<C>> Permission<C> for Despite<X, P> {
    const NAME: &'static str = "despite a condition";

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

    const WAIVES: bool = true;

    const DECLARES: bool = P::DECLARES;

    fn rules(rules: &mut Rules) {
        P::rules(rules);
    }

    fn waived(parts: &mut Parts<'_, C>) {
        let () = is_a_condition::<C, X>();
        X::parts(parts);
    }
}

/// P9: refuses a waiver inside of another permission, at compile time.
pub(super) const fn stands_alone<C, P: Permission<C>>() {
    const {
        assert!(
            !P::WAIVES,
            "`Despite` inside of another permission: write it around all of them, as in `Despite<Condition, (A, B)>`, and several conditions as a tuple, `Despite<(X, Y), P>`"
        );
    }
}

/// P9: refuses a condition that each caller meets, at compile time.
pub(super) const fn is_a_condition<C, X: Permission<C>>() {
    const {
        assert!(!X::HOLDS_UNIT, "`()` is not a condition, because each caller meets it: remove it");
    }
    declares_nothing::<C, X>();
    stands_alone::<C, X>();
}
