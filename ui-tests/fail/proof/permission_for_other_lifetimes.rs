// Permissions that differ only by a lifetime are different permissions.
use auth_runtime::{Authenticated, Claims};

struct Level<T>(std::marker::PhantomData<T>);

type Weak = Level<for<'a> fn(&'a ())>;
type Strong = Level<fn(&'static ())>;

fn launch(_: Authenticated<Claims, Strong>) {}

fn handle(auth: Authenticated<Claims, Weak>) {
    launch(auth);
}

fn main() {}
