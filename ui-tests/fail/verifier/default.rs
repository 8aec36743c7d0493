// A verifier has no default. INC-65.
fn verifier() -> auth_runtime::Verifier<auth_runtime::Claims> {
    Default::default()
}

fn main() {}
