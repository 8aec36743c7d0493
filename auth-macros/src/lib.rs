//! The attributes of `auth-runtime`: [`macro@authenticated`] and [`macro@public`]. Use them from there.
//!
//! They are sugar over the gate of `auth_runtime::AuthRouter`, and they carry no security of their own: delete both,
//! and a handler without a decision still does not compile where it is mounted. What they do is to write the proof
//! parameter down, and to say what is wrong at the definition, on the very word to change, in every build profile.
//!
//! The way through: `handler` and `args` parse, `validate` refuses, `expand` writes, `stub` stands in for what was
//! refused. The body of a handler is never parsed.

mod args;
mod errors;
mod expand;
mod handler;
mod runtime_path;
mod stub;
mod tokens;
mod types;
mod validate;

use proc_macro::TokenStream;

/// This handler runs for known callers only: it takes the proof `Authenticated<C, P>` as its first parameter.
///
/// The attribute writes that parameter down when the author has not:
///
/// ```ignore
/// use auth_runtime::{authenticated, scope};
///
/// scope!(pub OrdersWrite = "orders:write");
///
/// #[authenticated]                                        // proof of `auth_runtime::Claims`
/// async fn list(State(db): State<Db>) -> Json<Vec<Order>> { .. }
///
/// #[authenticated(Staff)]                                 // proof of your own claims
/// async fn report() -> String { .. }
///
/// #[authenticated(Staff, requires = OrdersWrite)]         // .. and of a permission
/// async fn create(State(db): State<Db>, Json(new): Json<NewOrder>) -> StatusCode { .. }
///
/// #[authenticated(requires = (OrdersWrite, OrdersRefund))] // a tuple means all of them
/// async fn refund(Path(id): Path<u64>) -> StatusCode { .. }
/// ```
///
/// Write the parameter yourself to know who is calling. Then the type as written is the truth, and whatever the
/// attribute says as well has to agree with it:
///
/// ```ignore
/// #[authenticated]
/// async fn me(caller: Authenticated<Claims>) -> String { caller.sub.clone() }
/// ```
///
/// # Refused
///
/// A proof that is optional, not first, borrowed or packed into another type; a function that is not async; a receiver;
/// a parameter that no request can give, such as `&str`; `#[public]` on the same handler.
///
/// `#[axum::debug_handler]` stands *below* this attribute: above it, it would see a handler that lacks its first
/// parameter.
#[proc_macro_attribute]
pub fn authenticated(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(args::Word::Authenticated, args.into(), &item.into()).into()
}

/// This handler runs for anyone. It is an opt-out: it shows in code review, and in the posture of the router.
///
/// ```ignore
/// use auth_runtime::public;
///
/// #[public(reason = "load balancer probe")]
/// async fn health() -> &'static str { "ok" }
///
/// #[public(reason = "price list of the spring fair", expires = "2027-01-31")]
/// async fn prices(State(db): State<Db>) -> Json<Vec<Price>> { .. }
///
/// #[public]                                               // the posture says that nobody said why
/// async fn version() -> &'static str { env!("CARGO_PKG_VERSION") }
/// ```
///
/// The attribute inserts `Public<R>` as the first parameter, where the type `R` spells the reason. An opt-out that has
/// expired still compiles, so that yesterday's build is not broken today; it fails `posture().check()`.
///
/// # Refused
///
/// A handler that takes the proof `Authenticated<C, P>`; a blank reason, or one of more than 200 bytes; a date that is
/// not in the calendar; a date without a reason; and whatever [`macro@authenticated`] refuses of any handler.
#[proc_macro_attribute]
pub fn public(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(args::Word::Public, args.into(), &item.into()).into()
}
