//! A service whose permission panics. `tests/ui/panics.rs` builds it twice, and runs it.

use auth_runtime::api_keys::{ApiKey, ApiKeys, MemoryApiKeys};
use auth_runtime::{AuthRouter, Authenticated, Claims, Denied, Events, Permission, Verifier};
use auth_runtime::{authenticated, public, routing::get};
use axum::body::Body;
use http::Request;
use tower::ServiceExt;

struct Broken;

impl Permission<Claims> for Broken {
    const NAME: &'static str = "broken";

    fn check(_: &Claims) -> Result<(), Denied> {
        panic!("a mistake in a permission")
    }
}

#[authenticated(requires = Broken)]
async fn orders(_auth: Authenticated<Claims, Broken>) {
    println!("the handler runs");
}

#[public(reason = "load balancer probe")]
async fn health() {}

fn main() {
    let store = MemoryApiKeys::default();
    let (key, record) = ApiKey::mint("acme_live", "customer-7").expect("a key");
    store.insert(record);
    let verifier: Verifier<Claims> =
        Verifier::accepting(ApiKeys::of("https://orders.example.com/keys", "acme_live", store))
            .events(Events::discard("the test reads the answers"))
            .build()
            .expect("a verifier");
    let app = AuthRouter::new().route("/orders", get(orders)).route("/health", get(health)).with_state(verifier);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for (path, key) in [("/health", String::new()), ("/orders", key.show_once()), ("/health", String::new())] {
        let request = Request::get(path).header("authorization", format!("Bearer {key}"));
        let request = if key.is_empty() { Request::get(path) } else { request };
        let response = runtime.block_on(app.clone().oneshot(request.body(Body::empty()).expect("a request")));
        println!("{path} {}", response.expect("an answer").status().as_u16());
    }
}
