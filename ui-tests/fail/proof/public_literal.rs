// `Public` cannot be written as a literal either.
fn forged<R>() -> auth_runtime::Public<R> {
    auth_runtime::Public { reason: std::marker::PhantomData }
}

fn main() {}
