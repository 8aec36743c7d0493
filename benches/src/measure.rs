//! Side by side in one run: the machine is noisy, and the noise is everybody's.

use crate::services::Service;
use axum::body::Body;
use axum::http::Request;
use std::time::Instant;
use tower::ServiceExt;

/// What is measured: a service, and the requests that it gets in turn.
pub struct Contender {
    /// For the table.
    pub name: String,
    /// What answers.
    pub service: Service,
    /// What is sent: one after another, and from the beginning again.
    pub requests: Vec<Request<Body>>,
    /// What has to come back: whoever answers something else measures something else.
    pub status: u16,
}

/// The median of many rounds, in nanoseconds a request, in the order of the contenders.
///
/// # Panics
///
/// When somebody answers with another status than it said.
#[must_use]
pub fn medians(contenders: &[Contender], rounds: usize, requests: usize) -> Vec<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let mut taken: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for (contender, taken) in contenders.iter().zip(&mut taken) {
            let batch: Vec<Request<Body>> = (0..requests)
                .map(|turn| copy(&contender.requests[(round * requests + turn) % contender.requests.len()]))
                .collect();
            let began = Instant::now();
            runtime.block_on(async {
                for request in batch {
                    let Ok(response) = contender.service.clone().oneshot(request).await;
                    assert_eq!(response.status().as_u16(), contender.status, "{}", contender.name);
                }
            });
            // The first round warms up.
            if round > 0 {
                #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
                taken.push(began.elapsed().as_nanos() as f64 / requests as f64);
            }
        }
    }
    taken.iter_mut().map(|taken| median(taken)).collect()
}

fn median(taken: &mut [f64]) -> f64 {
    taken.sort_by(f64::total_cmp);
    taken[taken.len() / 2]
}

fn copy(request: &Request<Body>) -> Request<Body> {
    let mut copy = Request::new(Body::empty());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}
