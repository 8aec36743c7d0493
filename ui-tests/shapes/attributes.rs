//! Mounts handlers with other attributes, documentation, `cfg` and macros around them.
#![deny(warnings)]

use auth_runtime::{AuthRouter, Authenticated, Claims, authenticated, public, routing::get};
use axum::extract::Path;
use ui_tests::App;

/// Documented.
#[tracing::instrument]
#[authenticated]
async fn instrumented_above(auth: Authenticated<Claims>, Path(id): Path<u64>) -> String {
    format!("{} {id}", auth.sub)
}

#[authenticated]
#[tracing::instrument(skip_all, fields(id))]
async fn instrumented_below(Path(id): Path<u64>) -> String {
    id.to_string()
}

#[public(reason = "load balancer probe")]
#[axum::debug_handler]
async fn debugged() -> &'static str {
    "ok"
}

#[authenticated]
#[axum::debug_handler(state = App)]
async fn debugged_too(_id: Path<u64>) {}

#[cfg(unix)]
#[authenticated]
async fn here() -> &'static str {
    "unix"
}

#[cfg(not(unix))]
#[authenticated]
async fn here() -> &'static str {
    "elsewhere"
}

macro_rules! handlers {
    ($($name:ident: $Id:ty => $body:block)*) => { $(
        #[authenticated]
        async fn $name(Path(id): Path<$Id>) -> String {
            let _ = id;
            $body
        }
    )* };
}

handlers! {
    numbered: u64 => { String::from("a number") }
    named: String => { String::from("a name") }
}

struct Orders;

impl Orders {
    #[authenticated]
    async fn list() -> &'static str {
        "orders"
    }

    #[authenticated(Claims, requires = (ui_tests::OrdersWrite, ui_tests::OrdersRefund))]
    async fn close(auth: Authenticated<Claims, (ui_tests::OrdersWrite, ui_tests::OrdersRefund)>) -> String {
        auth.subject().to_owned()
    }

    #[public(reason = "the schema is public")]
    async fn schema() -> &'static str {
        "{}"
    }
}

pub(crate) fn main() {
    #[authenticated]
    async fn inner() {}

    let _app = AuthRouter::<App>::new()
        .route("/a/{id}", get(instrumented_above))
        .route("/b/{id}", get(instrumented_below))
        .route("/c", get(debugged))
        .route("/d/{id}", get(debugged_too))
        .route("/e", get(here))
        .route("/f/{id}", get(numbered))
        .route("/g/{id}", get(named))
        .route("/h", get(Orders::list).post(Orders::close).options(Orders::schema))
        .route("/i", get(inner));
}
