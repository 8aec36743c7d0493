//! Checks that generated code causes no lint and does not conflict with a service's names.
#![deny(warnings, missing_docs, unused_qualifications, unreachable_pub, let_underscore_drop, single_use_lifetimes)]

use ui_tests::App;

/// Types of the service, named like ours and like those of the prelude.
pub mod names {
    /// A service's own `Result`.
    #[derive(Debug)]
    pub struct Result;
    /// A service's own `Option`.
    #[derive(Debug)]
    pub struct Option;
    /// A service's own `Authenticated`.
    #[derive(Debug)]
    pub struct Authenticated;
    /// A service's own `Public`.
    #[derive(Debug)]
    pub struct Public;
    /// A service's own `Claims`.
    #[derive(Debug)]
    pub struct Claims;
    /// A service's own `Verifier`.
    #[derive(Debug)]
    pub struct Verifier;
    /// A service's own `Send`.
    #[derive(Debug)]
    pub struct Send;
    /// A module with the name of the crate.
    pub mod auth_runtime {}

    /// Lists, for known callers.
    #[::auth_runtime::authenticated]
    pub async fn list() -> &'static str {
        let _ = (Result, Option, Authenticated, Public, Claims, Verifier, Send);
        "orders"
    }

    /// Shows the caller, with the proof in the signature.
    #[::auth_runtime::authenticated]
    pub async fn me(auth: ::auth_runtime::Authenticated<::auth_runtime::Claims>) -> String { auth.sub.clone() }

    /// Creates, for callers with a scope.
    #[::auth_runtime::authenticated(requires = ui_tests::OrdersWrite)]
    pub async fn create() {}

    /// Answers the load balancer.
    #[::auth_runtime::public(reason = "load balancer probe", expires = "2027-01-31")]
    pub async fn health() -> &'static str {
        "ok"
    }
}

pub(crate) fn main() {
    use auth_runtime::routing::get;
    let _app = auth_runtime::AuthRouter::<App>::new()
        .route("/orders", get(names::list).post(names::create).put(names::me))
        .route("/health", get(names::health));
}
