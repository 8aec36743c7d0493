//! Reads permissions from the token: its scopes, and roles and groups in any claim.

use super::Denied;
use crate::base::visible;
use crate::credential::token::{Claims, Members};
use std::any::Any;

/// What a permission decides from.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// Its own `check`.
    Check,
    /// The scopes of the token.
    Scope(&'static str),
    /// A claim of the token.
    Claim { path: &'static [&'static str], value: &'static str },
    /// The name of a member of a claim of the token.
    KeyOfClaim { path: &'static [&'static str], value: &'static str },
}

/// Makes a [`Permission`](crate::Permission) of a scope.
///
/// It reads the token itself, so it works with any claims type: `scope` (RFC 8693 section 4.2:
/// words separated by spaces), and `scp`, which some providers use instead. Each is a text of words
/// or an array of texts. Only whole words match: `readall` is not `read`.
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
/// An invalid scope (RFC 6749 section 3.3) does not compile:
///
/// ```compile_fail
/// auth_runtime::scope!(OrdersWrite = "orders write");
/// # fn main() {}
/// ```
///
/// # Panics
///
/// Only its `check` panics, if your own permission calls it with claims of another type than
/// [`Claims`](crate::Claims), because they do not contain what it reads. The pipeline isolates the
/// panic and answers 503. `requires = ..` and `require` read the token and never panic.
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

        // Checked at the declaration, even if it is not used.
        const _: &::core::primitive::str = $crate::__macro::scope_token($scope);
    };
}

/// Accepts a scope-token (RFC 6749 section 3.3), at compile time.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn scope_token(scope: &'static str) -> &'static str {
    let bytes = scope.as_bytes();
    assert!(!bytes.is_empty(), "the scope is empty: write the word that the issuer puts into the token");
    let mut i = 0;
    while i < bytes.len() {
        assert!(
            matches!(bytes[i], 0x21 | 0x23..=0x5b | 0x5d..=0x7e),
            "the scope has a character that no scope can have: write one word of printable ASCII, without quotes and backslashes (RFC 6749 section 3.3)"
        );
        i += 1;
    }
    visible(scope)
}

/// Makes a [`Permission`](crate::Permission) of a role or a group: a text in a claim of the token.
///
/// Name the claim, or the names that lead to it. The claim is one text or an array of texts, and
/// only whole texts match.
///
/// ```
/// use auth_runtime::claim;
///
/// claim!(pub Admin = "admin" in "roles");                            // Entra ID, app roles
/// claim!(pub Refunder = "refund:orders" in "permissions");           // Auth0, RBAC
/// claim!(pub Clerk = "clerk" in ["realm_access", "roles"]);          // Keycloak, realm roles
/// // Keycloak, client roles
/// claim!(pub Seller = "seller" in ["resource_access", "orders", "roles"]);
/// claim!(pub Staff = "staff" in "cognito:groups");                   // Cognito
/// claim!(pub Everyone = "Everyone" in "groups");                     // Okta
/// claim!(pub Boss = "boss" in "https://example.com/roles");          // Auth0, a custom claim
/// # fn main() {}
/// ```
///
/// Zitadel writes roles as the names of an object's members. With `keys of`, such a name counts if
/// its value is an object that is not empty:
///
/// ```
/// use auth_runtime::claim;
///
/// // {"urn:zitadel:iam:org:project:roles": {"admin": {"2891": "shop.example.com"}}}
/// claim!(pub Admin = "admin" in keys of "urn:zitadel:iam:org:project:roles");
/// # fn main() {}
/// ```
///
/// # Panics
///
/// Only its `check` panics, if your own permission calls it with claims of another type than
/// [`Claims`](crate::Claims), because they do not contain what it reads. The pipeline isolates the
/// panic and answers 503. `requires = ..` and `require` read the token and never panic.
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

        // Checked at the declaration, even if it is not used.
        const _: () = $crate::__macro::claim_path(&[$value, $first $(, $name)*]);
    };
    ($(#[$meta:meta])* $vis:vis $Name:ident = $value:literal in keys of [$first:literal $(, $name:literal)* $(,)?] $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("A member `", $value, "` in the claim `", $first, $(".", $name,)* "`.")]
        #[derive(Debug, Clone, Copy)]
        $vis struct $Name;

        impl<__C: 'static> $crate::Permission<__C> for $Name {
            const NAME: &'static ::core::primitive::str = ::core::concat!(
                ::core::stringify!($value), " in keys of [", ::core::stringify!($first) $(, ", ", ::core::stringify!($name))*, "]"
            );
            const SOURCE: $crate::__macro::Source =
                $crate::__macro::Source::KeyOfClaim { path: &[$first $(, $name)*], value: $value };

            fn check(claims: &__C) -> ::core::result::Result<(), $crate::Denied> {
                $crate::__macro::key_of_claims(claims, &[$first $(, $name)*], $value)
            }

        }

        // Checked at the declaration, even if it is not used.
        const _: () = $crate::__macro::claim_path(&[$value, $first $(, $name)*]);
    };
    ($(#[$meta:meta])* $vis:vis $Name:ident = $value:literal in keys of $claim:literal $(;)?) => {
        $crate::claim! { $(#[$meta])* $vis $Name = $value in keys of [$claim] }
    };
    ($(#[$meta:meta])* $vis:vis $Name:ident = $value:literal in $claim:literal $(;)?) => {
        $crate::claim! { $(#[$meta])* $vis $Name = $value in [$claim] }
    };
}

/// Rejects, at compile time, texts with invisible characters.
#[doc(hidden)]
#[track_caller]
pub const fn claim_path(texts: &[&str]) {
    let mut i = 0;
    while i < texts.len() {
        visible(texts[i]);
        i += 1;
    }
}

/// Decides for a permission that calls `check` itself.
#[doc(hidden)]
pub fn scope_of_claims<C: 'static>(claims: &C, scope: &'static str) -> Result<(), Denied> {
    among(whole_token(claims).scopes(), scope)
}

#[doc(hidden)]
pub fn claim_of_claims<C: 'static>(claims: &C, path: &[&str], value: &str) -> Result<(), Denied> {
    let claims = whole_token(claims);
    let text = |text: &Option<String>| text.as_deref() == Some(value);
    // `Claims` has a field for each of these names.
    let holds = match path {
        ["iss"] => claims.iss == value,
        ["sub"] => claims.sub == value,
        ["aud"] => claims.aud.iter().any(|audience| audience == value),
        ["jti"] => text(&claims.jti),
        ["client_id"] => text(&claims.client_id),
        ["scope"] if claims.scope.is_some() => text(&claims.scope),
        _ => return held(&claims.other, path, value),
    };
    if holds { Ok(()) } else { Err(not_held()) }
}

#[doc(hidden)]
pub fn key_of_claims<C: 'static>(claims: &C, path: &[&str], value: &str) -> Result<(), Denied> {
    // The fields of `Claims` are not objects.
    key_held(&whole_token(claims).other, path, value)
}

/// Returns the claims if they are [`Claims`], the only type that contains the whole token.
///
/// P6: panics with any other type. A denial would be wrong, because a permission that negates it
/// would grant. The panic is isolated, and answered with 503.
fn whole_token<C: 'static>(claims: &C) -> &Claims {
    (claims as &dyn Any).downcast_ref().unwrap_or_else(|| unreadable(std::any::type_name::<C>()))
}

#[cold]
fn unreadable(claims: &str) -> ! {
    panic!(
        "`check` of a permission that reads the token was called with `{claims}`: require the permission with `Authenticated<C, P>` or `require`"
    )
}

fn not_held() -> Denied {
    Denied::new("the token's claim does not hold this text")
}

pub(super) fn among<'a>(mut granted: impl Iterator<Item = &'a str>, scope: &'static str) -> Result<(), Denied> {
    match granted.find(|granted| *granted == scope) {
        Some(_) => Ok(()),
        // P6: a token without scopes is denied too.
        None => Err(Denied::without_scope(scope)),
    }
}

/// P6: a claim that is missing, has another type, or is elsewhere grants nothing.
pub(super) fn held<'a>(claims: impl Members<'a>, path: &[&str], value: &str) -> Result<(), Denied> {
    let (last, way) = path.split_last().ok_or_else(not_held)?;
    let object = inside(claims, way)?;
    let mut texts = object.text(last).into_iter().chain(object.texts(last));
    if texts.any(|text| text == value) { Ok(()) } else { Err(not_held()) }
}

/// P6: a role is a name with an object that is not empty. `false`, `null` and `{}` are not a role,
/// and neither is a text or an array.
pub(super) fn key_held<'a>(claims: impl Members<'a>, path: &[&str], value: &str) -> Result<(), Denied> {
    match inside(claims, path)?.object(value) {
        Some(role) if !role.is_empty_object() => Ok(()),
        _ => Err(Denied::new("the token's claim does not have this member")),
    }
}

/// The object that these names lead to.
fn inside<'a, M: Members<'a>>(claims: M, way: &[&str]) -> Result<M, Denied> {
    way.iter().try_fold(claims, |object, name| object.object(name)).ok_or_else(not_held)
}
