// Fixes the mistake in fail/proof/result_ignored.rs.
#![deny(unused_must_use)]

async fn handle(verifier: auth_runtime::Verifier<auth_runtime::Claims>, token: &str) -> Result<(), auth_runtime::Rejection> {
    let _auth = verifier.verify(token).await?;
    println!("the database is asked now");
    Ok(())
}

pub(crate) fn main() {}
