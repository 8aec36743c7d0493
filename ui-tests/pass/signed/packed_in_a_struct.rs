// Fixes the mistake in fail/signed/packed_in_a_struct.rs.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::{Scheme, Signatures};

signature!(GitHub = Scheme::github());

struct Hook {
    event: Signed<GitHub>,
}

pub(crate) fn main() {
    let handler = |event: Signed<GitHub>| async { drop(Hook { event }.event) };
    let _ = AuthRouter::<Signatures<GitHub>>::new().route("/hook", post(handler));
}
