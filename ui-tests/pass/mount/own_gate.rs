// Fixes the mistake in fail/mount/own_gate.rs.
use auth_runtime::{AuthRouter, Public, opt_out::NoReason, routing::get};
use ui_tests::App;

type Open = fn(Public<NoReason>) -> std::future::Ready<&'static str>;

pub(crate) fn main() {
    let open: Open = |_| std::future::ready("ok");
    let _ = AuthRouter::<App>::new().route("/", get(open));
}
