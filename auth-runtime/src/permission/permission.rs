//! Something that a caller may or may not do: [`Permission`].

use super::claim;
use super::name::{Names, PermissionName};
use super::{Denied, Source};
use crate::base::{visible, words};
use crate::verifier::VerifiedToken;

/// Something that a caller may or may not do, decided from verified claims.
///
/// As the second parameter of [`Authenticated`](crate::Authenticated) it is checked before the handler runs; a denial
/// is 403 and an event with [`NAME`](Self::NAME) and the words of [`Denied`]. A tuple of permissions means all of them.
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
/// The answer is a `Result`: a `bool` could be dropped, or taken the wrong way round.
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
    message = "`{Self}` is no permission for claims of type `{C}`",
    label = "no `Permission<{C}>`",
    note = "make one of a scope with `auth_runtime::scope!`, or implement `auth_runtime::Permission<{C}>`; a tuple of up to 8 permissions means all of them"
)]
pub trait Permission<C> {
    /// The name in the posture and in events, which put the type of the permission beside it. In words: with a letter or a
    /// digit, no invisible character, and at most 200 bytes.
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
    /// [`Denied`], with the reason for the event; [`Denied::undecided`] when it can't be known. Both refuse.
    fn check(claims: &C) -> Result<(), Denied>;

    /// What is looked at: `check` for permissions of your own.
    #[doc(hidden)]
    const SOURCE: Source = Source::Check;

    /// Decides from everything that was verified.
    // P2: the parameter's type has no name outside, so nobody can write another `grant`. What can be written, under a
    // hidden name, is `SOURCE`.
    #[doc(hidden)]
    fn grant(token: &VerifiedToken<C>) -> Result<(), Denied> {
        const { stated(Self::SOURCE, Self::NAME) };
        match Self::SOURCE {
            Source::Check => Self::check(&token.claims),
            Source::Scope(scope) => claim::among(token.verified.scopes(), scope),
            Source::Claim { path, value } => claim::held(token.verified.claims.root(), path, value),
        }
    }

    /// The names of all that is required: more than one for a tuple. As `grant`, it can't be written by others: the
    /// posture shows it.
    // From what is looked at, and not from `NAME`: that is any text.
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
        });
    }

    /// Whether `()` is a part of it, which asks for nothing.
    #[doc(hidden)]
    const HOLDS_UNIT: bool = false;
}

/// P9: refuses, at compile time, a name that the posture and the events could not show.
#[track_caller]
const fn stated(source: Source, name: &'static str) {
    match source {
        Source::Check => words(name),
        // The issuer has chosen it.
        Source::Scope(_) | Source::Claim { .. } => visible(name),
    };
}
