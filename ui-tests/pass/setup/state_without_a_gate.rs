// Fixes the mistake in fail/setup/state_without_a_gate.rs.
use auth_runtime::setup::SetupGate;
use auth_runtime::{AuthRouter, Setup, routing::post};

pub(crate) fn main() {
    let _ = AuthRouter::<SetupGate>::new().route("/setup", post(|_: Setup| async {}));
}
