//! Decides what a caller may do: [`Permission`].

use super::claim;
use super::conditions::Parts;
use super::name::{Names, PermissionName};
use super::with_rule::Rules;
use super::{Denied, Source};
use crate::base::{visible, words};
use crate::verifier::VerifiedToken;

/// Decides from verified claims whether a caller may do something.
///
/// As the second parameter of [`Authenticated`](crate::Authenticated) it is checked before the
/// handler runs. A denial is 403, and its event has [`NAME`](Self::NAME) and the reason in
/// [`Denied`]. A tuple of permissions requires all of them.
///
/// ```
/// use auth_runtime::{Claims, Denied, Permission};
///
/// struct Staff;
///
/// impl Permission<Claims> for Staff {
///     const NAME: &'static str = "staff";
///
///     fn check(claims: &Claims) -> Result<(), Denied> {
///         match claims.other.get("department") {
///             Some(department) if department == "staff" => Ok(()),
///             _ => Err(Denied::new("the department is not staff")),
///         }
///     }
/// }
/// ```
///
/// `check` returns a `Result`, because a `bool` can be dropped or inverted by mistake.
///
/// ```compile_fail
/// # use auth_runtime::{Claims, Permission};
/// struct Staff;
///
/// impl Permission<Claims> for Staff {
///     const NAME: &'static str = "staff";
///
///     fn check(claims: &Claims) -> bool {
///         true
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission for claims of type `{C}`",
    label = "does not implement `Permission<{C}>`",
    note = "declare a scope with `auth_runtime::scope!`, or implement `auth_runtime::Permission<{C}>`; a tuple of up to 8 permissions requires all of them"
)]
pub trait Permission<C> {
    /// The name in the posture and in events, which add the type of the permission.
    ///
    /// It has a letter or a digit, no invisible character, and at most 200 bytes.
    ///
    /// ```compile_fail
    /// # use auth_runtime::{Authenticated, Claims, Denied, Permission, Rejection};
    /// # struct Staff;
    /// impl Permission<Claims> for Staff {
    ///     const NAME: &'static str = "\u{200b}";
    /// #   fn check(_: &Claims) -> Result<(), Denied> { Ok(()) }
    /// }
    /// # fn ask(auth: Authenticated<Claims>) { let _ = auth.require::<Staff>().map(drop); }
    /// # fn main() { let _: fn(Authenticated<Claims>) = ask; }
    /// ```
    const NAME: &'static str;

    /// Decides from the verified claims.
    ///
    /// # Errors
    ///
    /// [`Denied`], with the reason for the event; [`Denied::undecided`] if the decision cannot be
    /// made. Both reject the request.
    fn check(claims: &C) -> Result<(), Denied>;

    /// What decides: `check` for permissions that a service implements.
    #[doc(hidden)]
    const SOURCE: Source = Source::Check;

    /// Decides from the whole verified token.
    // P2: the parameter's type has no name outside this crate, so no other crate can write another
    // `grant`. It can write `SOURCE`, which is hidden.
    #[doc(hidden)]
    fn grant(token: &VerifiedToken<C>) -> Result<(), Denied> {
        const { stated(Self::SOURCE, Self::NAME) };
        match Self::SOURCE {
            Source::Check => Self::check(&token.claims),
            Source::Scope(scope) => claim::among(token.verified.scopes(), scope),
            Source::Claim { path, value } => claim::held(token.verified.claims.root(), path, value),
            Source::KeyOfClaim { path, value } => claim::key_held(token.verified.claims.root(), path, value),
        }
    }

    /// Adds the names of all that is required: more than one for a tuple.
    // The posture shows them, so no other crate can write another `names`, as with `grant`. They
    // come from `SOURCE` and not from `NAME`, because `NAME` can be any text.
    #[doc(hidden)]
    fn names(names: &mut Names) {
        names.push(match Self::SOURCE {
            Source::Check => {
                PermissionName::Check { name: Self::NAME.into(), by: std::any::type_name::<Self>().into() }
            }
            Source::Scope(scope) => PermissionName::Scope(scope.into()),
            Source::Claim { path, value } => {
                PermissionName::Claim { value: value.into(), path: path.iter().map(|name| (*name).into()).collect() }
            }
            Source::KeyOfClaim { path, value } => {
                let path = path.iter().map(|name| (*name).into()).collect();
                PermissionName::KeyOfClaim { value: value.into(), path }
            }
        });
    }

    /// Whether a part of it is `()`, which requires nothing.
    #[doc(hidden)]
    const HOLDS_UNIT: bool = false;

    /// Whether it waives a condition of the verifier.
    #[doc(hidden)]
    const WAIVES: bool = false;

    /// Whether it declares a rule.
    #[doc(hidden)]
    const DECLARES: bool = false;

    /// Adds the type of each rule that it declares. Only
    /// [`WithRule`](crate::permissions::WithRule) declares one.
    // P2: no other crate can write another `rules`, as with `grant`.
    #[doc(hidden)]
    fn rules(_: &mut Rules) {}

    /// Adds each condition that it waives. Only [`Despite`](crate::Despite) waives one.
    // P2: no other crate can write another `waived` or `parts`, as with `grant`.
    #[doc(hidden)]
    fn waived(_: &mut Parts<'_, C>) {}

    /// Adds each condition that it is: itself, or the parts of a tuple.
    #[doc(hidden)]
    fn parts(parts: &mut Parts<'_, C>)
    where
        Self: Sized + 'static,
    {
        parts.add::<Self>();
    }
}

/// P9: rejects, at compile time, a name that the posture and the events could not show.
#[track_caller]
const fn stated(source: Source, name: &'static str) {
    match source {
        Source::Check => words(name),
        // The issuer has chosen the text, so it need not be readable.
        Source::Scope(_) | Source::Claim { .. } | Source::KeyOfClaim { .. } => visible(name),
    };
}
