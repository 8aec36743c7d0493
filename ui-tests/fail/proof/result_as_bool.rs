// There is no bool to take the wrong way round. INC-01.
async fn handle(verifier: auth_runtime::Verifier<auth_runtime::Claims>, token: &str) {
    if verifier.verify(token).await {
        println!("the database is asked now");
    }
}

fn main() {}
