//! What a known caller may do: [`Permission`], [`Denied`], and [`scope!`](crate::scope).

use crate::proof::Verified;
use crate::verifier::Registered;
use std::any::Any;
use std::borrow::Cow;

/// Something that a caller may or may not do, decided from verified claims.
///
/// As the second parameter of [`Authenticated`](crate::Authenticated) it is checked before the handler runs; a denial is 403
/// and an event with [`NAME`](Self::NAME) and the words of [`Denied`]. A tuple of permissions means all of them.
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
    /// The name in the posture and in events.
    const NAME: &'static str;

    /// Decides from the verified claims.
    ///
    /// # Errors
    ///
    /// [`Denied`], with the reason for the event. Whatever can't be decided is denied.
    fn check(claims: &C) -> Result<(), Denied>;

    /// Decides from everything that was verified. Scopes need more than `C`, which the service chose; others need not look here.
    #[doc(hidden)]
    fn grant(verified: &Verified<C>) -> Result<(), Denied> {
        Self::check(verified.claims())
    }

    /// The names of all that is required: more than one for a tuple.
    #[doc(hidden)]
    fn names(names: &mut Vec<&'static str>) {
        names.push(Self::NAME);
    }
}

/// A permission was not given. The reason goes into the event, never to the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
#[must_use = "a denial that is dropped is no denial; return it"]
pub struct Denied {
    why: Cow<'static, str>,
    permission: Option<&'static str>,
    scope: Option<&'static str>,
}

impl Denied {
    /// A denial, with the reason for whoever reads the event.
    pub fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self { why: why.into(), permission: None, scope: None }
    }

    /// The permission that was missing is the innermost one: of a tuple, the part that denied.
    fn of(mut self, permission: &'static str) -> Self {
        self.permission.get_or_insert(permission);
        self
    }

    pub(crate) fn permission(&self) -> Option<&'static str> {
        self.permission
    }

    pub(crate) fn scope(&self) -> Option<&'static str> {
        self.scope
    }
}

/// Nothing beyond being known.
impl<C> Permission<C> for () {
    const NAME: &'static str = "";

    fn check(_: &C) -> Result<(), Denied> {
        Ok(())
    }

    fn names(_: &mut Vec<&'static str>) {}
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

            fn names(names: &mut Vec<&'static str>) {
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

/// Makes a [`Permission`] of a scope: `scope!(pub OrdersWrite = "orders:write");`
///
/// It is checked against the `scope` claim of the token itself (RFC 8693 section 4.2: words with spaces between them), whatever claims type
/// the service uses. Only the whole word counts: `readall` is not `read`.
///
/// ```
/// auth_runtime::scope! {
///     /// May place orders.
///     pub OrdersWrite = "orders:write"
/// }
/// auth_runtime::scope!(OrdersRead = "orders:read");
/// # fn main() {}
/// ```
///
/// What can't be a scope (RFC 6749 section 3.3) does not compile:
///
/// ```compile_fail
/// auth_runtime::scope!(OrdersWrite = "orders write");
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! scope {
    ($(#[$meta:meta])* $vis:vis $Name:ident = $scope:literal $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("The scope `", $scope, "`.")]
        #[derive(Debug, Clone, Copy)]
        $vis struct $Name;

        impl<C: 'static> $crate::Permission<C> for $Name {
            const NAME: &'static str = $crate::__macro::scope_token($scope);

            fn check(claims: &C) -> ::core::result::Result<(), $crate::Denied> {
                $crate::__macro::scope_of_claims(claims, <Self as $crate::Permission<C>>::NAME)
            }

            fn grant(verified: &$crate::__macro::Verified<C>) -> ::core::result::Result<(), $crate::Denied> {
                $crate::__macro::scope_of_token(verified, <Self as $crate::Permission<C>>::NAME)
            }
        }

        // Checked where it is written, used or not.
        const _: &str = $crate::__macro::scope_token($scope);
    };
}

/// Admits what RFC 6749 section 3.3 calls a scope-token, at compile time.
#[doc(hidden)]
#[must_use]
pub const fn scope_token(scope: &'static str) -> &'static str {
    let bytes = scope.as_bytes();
    assert!(!bytes.is_empty(), "a scope can't be empty");
    let mut i = 0;
    while i < bytes.len() {
        assert!(
            matches!(bytes[i], 0x21 | 0x23..=0x5b | 0x5d..=0x7e),
            "a scope is one word of printable ASCII, without quotes and backslashes (RFC 6749, section 3.3)"
        );
        i += 1;
    }
    scope
}

#[doc(hidden)]
pub fn scope_of_token<C>(verified: &Verified<C>, scope: &'static str) -> Result<(), Denied> {
    among(verified.registered().scopes(), scope)
}

/// For those who call `check` themselves, from a permission of their own. Only [`Claims`](crate::Claims) is known to hold the scopes; other
/// types are denied, since what is not known is not granted.
#[doc(hidden)]
pub fn scope_of_claims<C: 'static>(claims: &C, scope: &'static str) -> Result<(), Denied> {
    match (claims as &dyn Any).downcast_ref::<crate::Claims>() {
        Some(claims) => among(claims.scopes(), scope),
        None => Err(Denied::new(
            "a scope is read from the token: require it with `Authenticated<C, P>` or `require`, `check` has only the claims",
        )),
    }
}

fn among<'a>(mut granted: impl Iterator<Item = &'a str>, scope: &'static str) -> Result<(), Denied> {
    match granted.find(|granted| *granted == scope) {
        Some(_) => Ok(()),
        // P3: no scope at all is the same as another scope.
        None => Err(Denied { scope: Some(scope), ..Denied::new("the token does not carry this scope") }),
    }
}

impl Registered {
    /// RFC 8693 section 4.2: words with spaces between them.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.split(' ').filter(|word| !word.is_empty())
    }
}
