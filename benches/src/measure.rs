//! Side by side in one run: the machine is noisy, and the noise is everybody's.

use crate::contenders::Service;
use axum::body::{Body, Bytes};
use axum::http::Request;
use std::sync::Barrier;
use std::time::Instant;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// What is measured.
pub struct Contender {
    /// For the table.
    pub name: String,
    /// What is done.
    pub work: Work,
}

/// What a contender does again and again.
pub enum Work {
    /// Requests to a service, one after another, in turns, and the expected status.
    ///
    /// A service that answers with another status measures something else.
    Requests(Service, Vec<Request<Bytes>>, u16),
    /// Something without HTTP.
    Alone(Box<dyn Fn()>),
}

/// The time of one request in nanoseconds: the median of many rounds, and the quartiles.
#[derive(Clone, Copy)]
pub struct Taken {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
}

impl Contender {
    /// Requests to a service, each of which is answered with this status.
    pub fn requests(name: &str, service: Service, requests: Vec<Request<Body>>, status: u16) -> Self {
        let requests = requests.into_iter().map(|request| request.map(|_| Bytes::new())).collect();
        Self { name: name.to_owned(), work: Work::Requests(service, requests, status) }
    }

    /// One request with its body, which is not copied.
    pub fn with_body(name: &str, (service, request): (Service, Request<Bytes>)) -> Self {
        Self { name: name.to_owned(), work: Work::Requests(service, vec![request], 200) }
    }

    /// Sends each request so many times, so that its token is cached when the first one is counted.
    ///
    /// # Panics
    ///
    /// When the service answers with a status other than the expected one.
    #[must_use]
    pub fn warmed_up(self, times: usize) -> Self {
        if let Work::Requests(_, requests, _) = &self.work {
            let (runtime, all) = (runtime(), requests.len());
            for _ in 0..times {
                self.round(&runtime, 0, all);
            }
        }
        self
    }

    /// Something without HTTP.
    pub fn alone(name: &str, work: impl Fn() + 'static) -> Self {
        Self { name: name.to_owned(), work: Work::Alone(Box::new(work)) }
    }

    /// One round, in nanoseconds for each.
    fn round(&self, runtime: &Runtime, from: usize, count: usize) -> f64 {
        let elapsed = match &self.work {
            Work::Requests(service, requests, status) => {
                let batch: Vec<_> = (from..from + count).map(|turn| copy(&requests[turn % requests.len()])).collect();
                let began = Instant::now();
                runtime.block_on(async {
                    for request in batch {
                        let Ok(response) = service.clone().oneshot(request).await;
                        assert_eq!(response.status().as_u16(), *status, "{}", self.name);
                    }
                });
                began.elapsed()
            }
            Work::Alone(work) => {
                let began = Instant::now();
                (0..count).for_each(|_| work());
                began.elapsed()
            }
        };
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let each = elapsed.as_nanos() as f64 / count as f64;
        each
    }
}

/// Rounds of all contenders in turn. The first of each warms up, and is not counted.
///
/// # Panics
///
/// When a service answers with a status other than the expected one.
// A function of its own in the program, because `instructions` counts what it calls.
#[inline(never)]
#[must_use]
pub fn measure(contenders: &[Contender], rounds: usize, count: usize) -> Vec<Taken> {
    let runtime = runtime();
    let mut taken: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for (contender, taken) in contenders.iter().zip(&mut taken) {
            let each = contender.round(&runtime, round * count, count);
            if round > 0 {
                taken.push(each);
            }
        }
    }
    taken.iter_mut().map(|taken| Taken::of(taken)).collect()
}

impl Taken {
    fn of(taken: &mut [f64]) -> Self {
        taken.sort_by(f64::total_cmp);
        let at = |quarter: usize| taken[(taken.len() - 1) * quarter / 4];
        Self { lower: at(1), median: at(2), upper: at(3) }
    }
}

/// As [`measure`], with two threads that do the same at once.
///
/// # Panics
///
/// As [`measure`], and for work that is not a service.
#[must_use]
pub fn measure_from_two_threads(contenders: &[Contender], rounds: usize, count: usize) -> Vec<Taken> {
    measure_from_threads(2, contenders, rounds, count)
}

/// As [`measure`], with so many threads that do the same at once.
///
/// # Panics
///
/// As [`measure`], and for work that is not a service.
#[must_use]
pub fn measure_from_threads(threads: usize, contenders: &[Contender], rounds: usize, count: usize) -> Vec<Taken> {
    let thread = |contender: &Contender, round: usize| {
        let Work::Requests(service, requests, status) = &contender.work else { panic!("services only") };
        let (service, status) = (service.clone(), *status);
        let batch: Vec<_> =
            (round * count..(round + 1) * count).map(|turn| copy(&requests[turn % requests.len()])).collect();
        move |start: &Barrier| {
            let runtime = runtime();
            start.wait();
            let began = Instant::now();
            runtime.block_on(async {
                for request in batch {
                    let Ok(response) = service.clone().oneshot(request).await;
                    assert_eq!(response.status().as_u16(), status);
                }
            });
            began.elapsed().as_nanos()
        }
    };
    let mut taken: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for (contender, taken) in contenders.iter().zip(&mut taken) {
            let start = Barrier::new(threads);
            let work: Vec<_> = (0..threads).map(|_| thread(contender, round)).collect();
            let all: u128 = std::thread::scope(|scope| {
                let start = &start;
                let running: Vec<_> = work.into_iter().map(|work| scope.spawn(move || work(start))).collect();
                running.into_iter().map(|thread| thread.join().expect("a thread")).sum()
            });
            if round > 0 {
                #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
                taken.push(all as f64 / threads as f64 / count as f64);
            }
        }
    }
    taken.iter_mut().map(|taken| Taken::of(taken)).collect()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
}

fn copy(request: &Request<Bytes>) -> Request<Body> {
    let body = if request.body().is_empty() { Body::empty() } else { Body::from(request.body().clone()) };
    let mut copy = Request::new(body);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}
