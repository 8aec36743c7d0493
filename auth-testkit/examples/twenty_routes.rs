//! Measures the attack of twenty routes of a service that takes 5 ms a request.
//!
//! The manual's chapter on attacks has the figure. A test would assert a time, which a busy machine
//! exceeds.

use auth_runtime::{AuthRouter, Authenticated, Claims, Events, routing::get};
use auth_testkit::{TestIssuer, attack};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::time::{Duration, Instant};

async fn list(caller: Authenticated<Claims>) -> String {
    caller.sub.clone()
}

async fn slow(request: Request, next: Next) -> Response {
    tokio::time::sleep(Duration::from_millis(5)).await;
    next.run(request).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let issuer = TestIssuer::new();
    let verifier = issuer.verifier(Events::discard("the kit reads them"))?;
    let app = (0..20).fold(AuthRouter::new(), |app, number| app.route(&format!("/orders-{number}"), get(list)));
    let start = Instant::now();
    let report = attack(app.layer(from_fn(slow)).with_state(verifier)).with(&issuer).await;
    println!("{} requests in {:.1} s", report.requests, start.elapsed().as_secs_f64());
    report.assert_nothing_got_through();
    Ok(())
}
