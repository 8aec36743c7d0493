// There is no verifier that just is there. INC-65.
fn verifier() -> auth_runtime::Verifier<auth_runtime::Claims> {
    Default::default()
}

fn main() {}
