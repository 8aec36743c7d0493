// The compiler names the value that is held across an await.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use std::rc::Rc;
use ui_tests::App;

#[authenticated]
async fn orders() -> String {
    let name = Rc::new("orders");
    std::future::ready(()).await;
    name.to_string()
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
