// A generic handler needs a proof for every type parameter.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

async fn list<T: Default + ToString>() -> String {
    T::default().to_string()
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(list::<u32>));
}
