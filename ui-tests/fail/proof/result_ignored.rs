// The result of a verification must not be ignored. INC-01, INC-07.
#![deny(unused_must_use)]

async fn handle(verifier: auth_runtime::Verifier<auth_runtime::Claims>, token: &str) {
    verifier.verify(token).await;
    println!("the database is asked now");
}

fn main() {}
