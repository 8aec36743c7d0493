// Fixes the mistake in fail/proof/result_as_bool.rs.
async fn handle(verifier: auth_runtime::Verifier<auth_runtime::Claims>, token: &str) {
    if let Ok(_auth) = verifier.verify(token).await {
        println!("the database is asked now");
    }
}

pub(crate) fn main() {}
