// The mark of a public handler can't be made by hand either.
fn forged<R>() -> auth_runtime::Public<R> {
    auth_runtime::Public { reason: std::marker::PhantomData }
}

fn main() {}
