//! What a known caller may do: [`Permission`] and its combinations, [`Denied`], [`scope!`](crate::scope) and
//! [`claim!`](crate::claim).

mod all_of;
mod any_of;
pub(crate) mod claim;
mod includes;

pub use any_of::AnyOf;
pub use claim::{Source, claim_of_claims, claim_path, scope_of_claims, scope_token};
pub(crate) use includes::Includes;
pub use includes::{AnyCaller, Weaker};

use crate::proof::Verified;
use crate::rejection::{Reason, Refusal, Rejection};
use crate::verifier::Registered;
use crate::words::{visible, words};
use std::borrow::Cow;
use std::sync::Arc;

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
    /// The name in the posture and in events, in words: with a letter or a digit, no invisible character, and at most 200
    /// bytes.
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
    fn grant(verified: &Verified<C>) -> Result<(), Denied> {
        const { stated(Self::SOURCE, Self::NAME) };
        match Self::SOURCE {
            Source::Check => Self::check(verified.claims()),
            Source::Scope(scope) => claim::among(verified.registered().scopes(), scope),
            Source::Claim { path, value } => claim::held(verified.registered().claims.root(), path, value),
        }
    }

    /// The names of all that is required: more than one for a tuple. As `grant`, it can't be written by others: the
    /// posture shows it.
    #[doc(hidden)]
    fn names(names: &mut Names) {
        names.0.push(Self::NAME.to_owned());
    }
}

/// A permission was not given. The reason goes into the event, never to the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
#[must_use = "a denial that is dropped is no denial; return it"]
pub struct Denied {
    why: Cow<'static, str>,
    undecided: bool,
    permission: Option<&'static str>,
    scope: Option<&'static str>,
}

impl Denied {
    /// A denial, with the reason for whoever reads the event.
    pub fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self { why: why.into(), undecided: false, permission: None, scope: None }
    }

    /// It can't be known: what the decision depends on did not answer. Denied all the same, but with 503 instead of
    /// 403, and a reason of its own in the event: an outage is not to be taken for an attack, nor the other way
    /// round.
    pub fn undecided(why: impl Into<Cow<'static, str>>) -> Self {
        Self { undecided: true, ..Self::new(why) }
    }

    fn without_scope(scope: &'static str) -> Self {
        Self { scope: Some(scope), ..Self::new("the token does not carry this scope") }
    }

    /// The permission that was missing is the innermost one: of a tuple, the part that denied.
    fn of(mut self, permission: &'static str) -> Self {
        self.permission.get_or_insert(permission);
        self
    }

    /// What becomes of the request, and what the event says. `name` is that of the permission or rule that was asked,
    /// `refused` what a plain denial is.
    pub(crate) fn refusal(
        &self,
        name: &'static str,
        registered: &Registered,
        refused: impl FnOnce(&'static str, Option<&'static str>) -> Rejection,
    ) -> Refusal {
        let asked = self.permission.unwrap_or(name);
        // P6: what can't be known is no.
        let rejection = if self.undecided {
            Rejection::Unavailable(Reason::PermissionUndecided)
        } else {
            refused(asked, self.scope)
        };
        Refusal {
            rejection,
            key_id_hash: registered.key_id_hash(),
            asked: Some(asked),
            subject: Some(registered.subject.as_str().into()),
            detail: Some(self.why.clone()),
            issuer: Some(Arc::clone(&registered.issuer)),
        }
    }
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

/// What a posture says of a permission.
#[derive(Debug, Default)]
pub struct Names(pub(crate) Vec<String>);
