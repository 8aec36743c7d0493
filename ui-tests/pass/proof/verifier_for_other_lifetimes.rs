// Fixes the mistake in fail/proof/verifier_for_other_lifetimes.rs.
use auth_runtime::Verifier;

struct Of<T>(std::marker::PhantomData<T>);

fn nodes(verifier: Verifier<Of<fn(&'static ())>>) -> Verifier<Of<fn(&'static ())>> {
    verifier
}

pub(crate) fn main() {}
