//! Permissions read from the token: its scopes, and its roles and groups wherever an issuer puts them.

use super::Denied;
use crate::base::visible;
use crate::credential::token::{Claims, Members};
use std::any::Any;

/// What a permission looks at.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// Its own `check`.
    Check,
    /// The scopes of the token.
    Scope(&'static str),
    /// A claim of the token.
    Claim { path: &'static [&'static str], value: &'static str },
}

/// Makes a [`Permission`](crate::Permission) of a scope: `scope!(pub OrdersWrite = "orders:write");`
///
/// It is checked against the token itself, whatever claims type the service uses: `scope` (RFC 8693 section 4.2: words
/// with spaces between them), and `scp`, which some providers have instead, as words or as an array. Only the whole
/// word counts: `readall` is not `read`.
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
///
/// # Panics
///
/// Only its `check`, when a permission of your own calls it with claims of another type than
/// [`Claims`](crate::Claims): they don't hold what it reads, and no answer may be taken for one. Where permissions are
/// asked, that is contained and answered with 503; `requires = ..` and `require` read the token and never panic.
#[macro_export]
macro_rules! scope {
    ($(#[$meta:meta])* $vis:vis $Name:ident = $scope:literal $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("The scope `", $scope, "`.")]
        #[derive(Debug, Clone, Copy)]
        $vis struct $Name;

        impl<__C: 'static> $crate::Permission<__C> for $Name {
            const NAME: &'static ::core::primitive::str = $crate::__macro::scope_token($scope);
            const SOURCE: $crate::__macro::Source = $crate::__macro::Source::Scope($scope);

            fn check(claims: &__C) -> ::core::result::Result<(), $crate::Denied> {
                $crate::__macro::scope_of_claims(claims, <Self as $crate::Permission<__C>>::NAME)
            }

        }

        // Checked where it is written, used or not.
        const _: &::core::primitive::str = $crate::__macro::scope_token($scope);
    };
}

/// Admits what RFC 6749 section 3.3 calls a scope-token, at compile time.
#[doc(hidden)]
#[must_use]
#[track_caller]
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
    visible(scope)
}

/// Makes a [`Permission`](crate::Permission) of a role, a group or the like: a text that a claim of the token has to
/// hold.
///
/// The claim is given by its name, or by the names on the way to it. It may be one text or an array; the whole text
/// counts.
///
/// ```
/// use auth_runtime::claim;
///
/// claim!(pub Admin = "admin" in "roles");                            // Entra ID, app roles
/// claim!(pub Refunder = "refund:orders" in "permissions");           // Auth0, RBAC
/// claim!(pub Clerk = "clerk" in ["realm_access", "roles"]);          // Keycloak, realm roles
/// claim!(pub Seller = "seller" in ["resource_access", "orders", "roles"]); // Keycloak, client roles
/// claim!(pub Staff = "staff" in "cognito:groups");                   // Cognito
/// claim!(pub Everyone = "Everyone" in "groups");                     // Okta
/// claim!(pub Boss = "boss" in "https://example.com/roles");          // Auth0, a claim of your own
/// # fn main() {}
/// ```
///
/// # Panics
///
/// Only its `check`, when a permission of your own calls it with claims of another type than
/// [`Claims`](crate::Claims): they don't hold what it reads, and no answer may be taken for one. Where permissions are
/// asked, that is contained and answered with 503; `requires = ..` and `require` read the token and never panic.
#[macro_export]
macro_rules! claim {
    ($(#[$meta:meta])* $vis:vis $Name:ident = $value:literal in [$first:literal $(, $name:literal)* $(,)?] $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("`", $value, "` in the claim `", $first, $(".", $name,)* "`.")]
        #[derive(Debug, Clone, Copy)]
        $vis struct $Name;

        impl<__C: 'static> $crate::Permission<__C> for $Name {
            const NAME: &'static ::core::primitive::str = ::core::concat!(
                ::core::stringify!($value), " in [", ::core::stringify!($first) $(, ", ", ::core::stringify!($name))*, "]"
            );
            const SOURCE: $crate::__macro::Source =
                $crate::__macro::Source::Claim { path: &[$first $(, $name)*], value: $value };

            fn check(claims: &__C) -> ::core::result::Result<(), $crate::Denied> {
                $crate::__macro::claim_of_claims(claims, &[$first $(, $name)*], $value)
            }

        }

        // Checked where it is written, used or not.
        const _: () = $crate::__macro::claim_path(&[$value, $first $(, $name)*]);
    };
    ($(#[$meta:meta])* $vis:vis $Name:ident = $value:literal in $claim:literal $(;)?) => {
        $crate::claim! { $(#[$meta])* $vis $Name = $value in [$claim] }
    };
}

/// Refuses, at compile time, what no token could hold on purpose.
#[doc(hidden)]
#[track_caller]
pub const fn claim_path(texts: &[&str]) {
    let mut i = 0;
    while i < texts.len() {
        visible(texts[i]);
        i += 1;
    }
}

/// For those who call `check` themselves, from a permission of their own.
#[doc(hidden)]
pub fn scope_of_claims<C: 'static>(claims: &C, scope: &'static str) -> Result<(), Denied> {
    among(whole_token(claims).scopes(), scope)
}

#[doc(hidden)]
pub fn claim_of_claims<C: 'static>(claims: &C, path: &[&str], value: &str) -> Result<(), Denied> {
    let claims = whole_token(claims);
    let text = |text: &Option<String>| text.as_deref() == Some(value);
    // What the token held under these names is in fields of their own.
    let holds = match path {
        ["iss"] => claims.iss == value,
        ["sub"] => claims.sub == value,
        ["aud"] => claims.aud.iter().any(|audience| audience == value),
        ["jti"] => text(&claims.jti),
        ["client_id"] => text(&claims.client_id),
        ["scope"] => text(&claims.scope),
        _ => return held(&claims.other, path, value),
    };
    if holds { Ok(()) } else { Err(not_held()) }
}

/// Only [`Claims`] is known to hold what the token held.
///
/// P6: with any other type there is no answer, and a denial would be one: whoever asks for the opposite would grant it. The panic is contained, and is 503.
fn whole_token<C: 'static>(claims: &C) -> &Claims {
    (claims as &dyn Any).downcast_ref().unwrap_or_else(|| unreadable(std::any::type_name::<C>()))
}

#[cold]
fn unreadable(claims: &str) -> ! {
    panic!(
        "this permission is read from the token, and `check` was called with `{claims}`; require it instead, with `Authenticated<C, P>` or `require`"
    )
}

fn not_held() -> Denied {
    Denied::new("the token's claim does not hold this text")
}

pub(super) fn among<'a>(mut granted: impl Iterator<Item = &'a str>, scope: &'static str) -> Result<(), Denied> {
    match granted.find(|granted| *granted == scope) {
        Some(_) => Ok(()),
        // P6: no scope at all is the same as another scope.
        None => Err(Denied::without_scope(scope)),
    }
}

/// P6: a claim that is missing, of another type, or elsewhere grants nothing.
pub(super) fn held<'a>(claims: impl Members<'a>, path: &[&str], value: &str) -> Result<(), Denied> {
    let (last, way) = path.split_last().ok_or_else(not_held)?;
    let mut object = claims;
    for name in way {
        object = object.object(name).ok_or_else(not_held)?;
    }
    let mut texts = object.text(last).into_iter().chain(object.texts(last));
    if texts.any(|text| text == value) { Ok(()) } else { Err(not_held()) }
}
