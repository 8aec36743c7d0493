// The service's own verification says why: `None` could be taken for a guest.
use auth_runtime::credentials::{CredentialRecord, NotVerified, VerifyCredential};

struct Gateway;

impl VerifyCredential for Gateway {
    async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
        let caller = (presented == "sealed").then(|| CredentialRecord::of("acme"));
        caller.ok_or(NotVerified::invalid("a wrong seal"))
    }
}

pub(crate) fn main() {}
