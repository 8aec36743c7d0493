//! Measures a cheap public route while attackers flood a guarded one.
//!
//! They send forged ES256 tokens, which are the costliest to verify.

use auth_runtime::keys::Algorithm;
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Events, public};
use axum::body::Body;
use axum::http::Request;
use benches::contenders::{issuer, request, verifier};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt;

#[auth_runtime::authenticated]
async fn orders() -> &'static str {
    "[]"
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

fn main() {
    let issuer = issuer(Algorithm::ES256);
    let file = std::env::temp_dir().join(format!("benches-attackers-{}.jsonl", std::process::id()));
    let events = Events::builder().file(&file).expect("a file").build().expect("a stream");
    let app = AuthRouter::new().route("/orders", get(orders)).route("/health", get(health));
    let app: AuthRouter = app.with_state(verifier(&issuer, events));
    let forged: Vec<String> = (0..64).map(|_| issuer.token().signed_with_untrusted_key()).collect();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().expect("a runtime");
    println!("| attackers at once | forged tokens a second | /health, median | 99 of 100 |\n|---:|---:|---:|---:|");
    for attackers in [0, 1, 8, 64] {
        let (refused, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        for attacker in 0..attackers {
            let (app, refused, over) = (app.clone(), Arc::clone(&refused), Arc::clone(&over));
            let token = forged[attacker % forged.len()].clone();
            runtime.spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let Ok(response) = app.clone().oneshot(request(Some(&token))).await;
                    assert_eq!(response.status(), 401);
                    refused.fetch_add(1, Ordering::Relaxed);
                    // As a connection does that waits for its next request.
                    tokio::task::yield_now().await;
                }
            });
        }
        let app = app.clone();
        let taken = runtime.block_on(runtime.spawn(async move {
            let (end, mut taken) = (Instant::now() + Duration::from_secs(4), Vec::new());
            while Instant::now() < end {
                let began = Instant::now();
                // Through the queue, as a request that has just arrived.
                tokio::task::yield_now().await;
                let Ok(response) =
                    app.clone().oneshot(Request::get("/health").body(Body::empty()).expect("a request")).await;
                assert_eq!(response.status(), 200);
                taken.push(began.elapsed());
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            taken
        }));
        over.store(true, Ordering::Relaxed);
        let mut taken = taken.expect("no panic");
        taken.sort();
        let at = |part: usize| taken[(taken.len() * part / 100).min(taken.len() - 1)];
        println!("| {attackers} | {} | {:?} | {:?} |", refused.load(Ordering::Relaxed) / 4, at(50), at(99));
    }
    let _ = std::fs::remove_file(&file);
}
