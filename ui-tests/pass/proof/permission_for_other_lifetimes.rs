// Fixes the mistake in fail/proof/permission_for_other_lifetimes.rs.
use auth_runtime::{Authenticated, Claims};

struct Level<T>(std::marker::PhantomData<T>);

type Strong = Level<fn(&'static ())>;

fn launch(_: Authenticated<Claims, Strong>) {}

fn handle(auth: Authenticated<Claims, Strong>) {
    launch(auth);
}

pub(crate) fn main() {}
