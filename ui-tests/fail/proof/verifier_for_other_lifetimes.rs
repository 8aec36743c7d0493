// A verifier does not convert to one for claims that differ by a lifetime.
use auth_runtime::Verifier;

struct Of<T>(std::marker::PhantomData<T>);

fn nodes(verifier: Verifier<Of<for<'a> fn(&'a ())>>) -> Verifier<Of<fn(&'static ())>> {
    verifier
}

fn main() {}
