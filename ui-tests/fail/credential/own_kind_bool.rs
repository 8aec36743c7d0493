// The service's own verification names the caller: a `bool` could be ignored, and names none.
use auth_runtime::credentials::VerifyCredential;

struct Gateway;

impl VerifyCredential for Gateway {
    async fn verify(&self, presented: &str) -> bool {
        presented == "sealed"
    }
}

fn main() {}
