// The service's own verification names the caller: a `bool` could be ignored, and names none.
use auth_runtime::credentials::{CredentialRecord, NotVerified, VerifyCredential};

struct Gateway;

impl VerifyCredential for Gateway {
    async fn verify(&self, presented: &str) -> Result<CredentialRecord, NotVerified> {
        if presented == "sealed" { Ok(CredentialRecord::of("acme")) } else { Err(NotVerified::invalid("a wrong seal")) }
    }
}

pub(crate) fn main() {}
