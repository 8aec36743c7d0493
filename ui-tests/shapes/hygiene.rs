//! Generated code brings no lint of its own and trips over no name of the service's.
#![deny(warnings, missing_docs, unused_qualifications, unreachable_pub, let_underscore_drop, single_use_lifetimes)]

use ui_tests::App;

/// Types of the service's own, named like ours and like those of the prelude.
pub mod names {
    /// Not the prelude's.
    #[derive(Debug)]
    pub struct Result;
    /// Not the prelude's.
    #[derive(Debug)]
    pub struct Option;
    /// Not ours.
    #[derive(Debug)]
    pub struct Authenticated;
    /// Not ours.
    #[derive(Debug)]
    pub struct Public;
    /// Not ours.
    #[derive(Debug)]
    pub struct Claims;
    /// Not ours.
    #[derive(Debug)]
    pub struct Verifier;
    /// Not ours.
    #[derive(Debug)]
    pub struct Send;
    /// Not a crate.
    pub mod auth_runtime {}

    /// Known callers only.
    #[::auth_runtime::authenticated]
    pub async fn list() -> &'static str {
        let _ = (Result, Option, Authenticated, Public, Claims, Verifier, Send);
        "orders"
    }

    /// On one line, with the proof written out.
    #[::auth_runtime::authenticated]
    pub async fn me(auth: ::auth_runtime::Authenticated<::auth_runtime::Claims>) -> String { auth.sub.clone() }

    /// Known callers, who may write.
    #[::auth_runtime::authenticated(requires = ui_tests::OrdersWrite)]
    pub async fn create() {}

    /// Anybody.
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
