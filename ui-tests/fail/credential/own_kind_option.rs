// The service's own verification says why: `None` could be taken for a guest.
use auth_runtime::credentials::{CredentialRecord, VerifyCredential};

struct Gateway;

impl VerifyCredential for Gateway {
    async fn verify(&self, presented: &str) -> Option<CredentialRecord> {
        (presented == "sealed").then(|| CredentialRecord::of("acme"))
    }
}

fn main() {}
