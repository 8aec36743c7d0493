//! Declares a right to a resource without a caller, for a public handler.

/// Declares a right to one to four resources without a caller, with a name and a reason.
///
/// Login and sign-up need it, because they read data before there is a token. A webhook does not:
/// see [`signed`](macro@crate::signed). A public handler takes it as its first parameter,
/// `Public<Login>`, and nowhere else. The posture shows it with the resources that it opens.
///
/// ```
/// use auth_runtime::{AuthRouter, Claims, Public, Vault, capability, public, routing::post};
/// use axum::extract::State;
///
/// pub struct Accounts;
///
/// capability!(pub Login for Accounts = "checks a password before there is a token");
///
/// #[public]
/// async fn login(caller: Public<Login>, State(accounts): State<Vault<Accounts, Claims>>) {
///     let _accounts: &Accounts = accounts.open(&caller);
/// }
///
/// # fn main() {
/// let app: AuthRouter<Vault<Accounts, Claims>> = AuthRouter::new().route("/login", post(login));
/// let row = "PUBLIC: checks a password before there is a token, opens Accounts";
/// assert!(app.posture().to_string().contains(row));
/// # }
/// ```
#[macro_export]
macro_rules! capability {
    ($(#[$meta:meta])* $vis:vis $Name:ident for $($Resource:ty),+ = $reason:literal $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("Opens without a caller: ", $reason, ".")]
        #[derive(Debug)]
        $vis struct $Name(());

        impl $crate::opt_out::OptOut for $Name {
            type Opens = ($($Resource,)+);

            fn reason() -> ::core::option::Option<::std::borrow::Cow<'static, ::core::primitive::str>> {
                ::core::option::Option::Some(::std::borrow::Cow::Borrowed($reason))
            }
        }

        const _: &::core::primitive::str = $crate::__macro::words($reason);
    };
}
