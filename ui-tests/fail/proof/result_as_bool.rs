// A verification does not return a bool that code could negate by mistake. INC-01.
async fn handle(verifier: auth_runtime::Verifier<auth_runtime::Claims>, token: &str) {
    if verifier.verify(token).await {
        println!("the database is asked now");
    }
}

fn main() {}
