// Nor is a verifier of one claims type one of another.
use auth_runtime::Verifier;

struct Of<T>(std::marker::PhantomData<T>);

fn nodes(verifier: Verifier<Of<for<'a> fn(&'a ())>>) -> Verifier<Of<fn(&'static ())>> {
    verifier
}

fn main() {}
