// A data function that takes a proof cannot be called after a failed check. INC-01, INC-04.
use auth_runtime::{Authenticated, Claims};

use auth_runtime::{Rejection, Verifier};

fn query(_: &Authenticated<Claims>) {}

async fn handle(verifier: Verifier<Claims>, token: &str) {
    let auth: Result<Authenticated<Claims>, Rejection> = verifier.verify(token).await;
    if auth.is_err() {
        println!("refused");
    }
    query(&auth);
}

fn main() {}
