//! Names a sender of signed requests: [`Sender`].

use super::Scheme;

/// Declares a sender of signed requests, with its scheme.
///
/// ```
/// use auth_runtime::signature;
/// use auth_runtime::signatures::Scheme;
///
/// pub struct Accounts;
///
/// signature!(pub GitHub = Scheme::github());
/// signature! {
///     /// May mark orders as paid.
///     pub Stripe for Accounts = Scheme::stripe()
/// }
/// # fn main() {}
/// ```
///
/// The resources behind `for` are those whose vaults a signed request of this sender opens. A
/// scheme with a hole does not compile: see [`Scheme`].
#[macro_export]
macro_rules! signature {
    ($(#[$meta:meta])* $vis:vis $Name:ident $(for $($Resource:ty),+)? = $scheme:expr $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("Requests that `", ::core::stringify!($Name), "` has signed.")]
        #[derive(Debug)]
        $vis struct $Name(());

        impl $crate::signatures::Sender for $Name {
            const NAME: &'static ::core::primitive::str = ::core::stringify!($Name);
            const SCHEME: $crate::signatures::Scheme = $scheme;
            type Opens = ($($($Resource,)+)?);
        }

        // Checked at the declaration, even if it is not used.
        const _: () = $crate::__macro::assert_scheme(&<$Name as $crate::signatures::Sender>::SCHEME);
    };
}

/// Names a sender of signed requests. [`signature!`](crate::signature) implements it.
///
/// ```
/// use auth_runtime::signature;
/// use auth_runtime::signatures::{Scheme, Sender};
///
/// signature!(pub GitHub = Scheme::github());
///
/// fn name<S: Sender>() -> &'static str {
///     S::NAME
/// }
///
/// # fn main() {
/// assert_eq!(name::<GitHub>(), "GitHub");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sender of signed requests",
    label = "not declared with `signature!`",
    note = "declare it with its scheme: `auth_runtime::signature!(pub GitHub = Scheme::github())`"
)]
pub trait Sender: Send + Sync + 'static {
    /// The name of the sender in the posture and in events.
    const NAME: &'static str;
    /// How the sender signs.
    const SCHEME: Scheme;
    /// The resources whose vaults a signed request opens, as a tuple; `()` for none.
    type Opens: 'static;
}
