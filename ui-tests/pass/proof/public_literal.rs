// The twin of fail/proof/public_literal.rs, with the one thing mended.
fn passed_on<R>(public: auth_runtime::Public<R>) -> auth_runtime::Public<R> {
    public
}

pub(crate) fn main() {}
