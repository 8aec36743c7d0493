// Fixes the mistake in fail/proof/public_literal.rs.
fn passed_on<R>(public: auth_runtime::Public<R>) -> auth_runtime::Public<R> {
    public
}

pub(crate) fn main() {}
