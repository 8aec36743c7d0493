//! Good requests beside a flood of failures.

use auth_runtime::{Claims, Verifier};
use http::request::Parts;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What came of it.
pub struct Flooded {
    /// Failures a second.
    pub a_second: f64,
    /// How many in all.
    pub failures: u64,
    /// A good request beside other work, in nanoseconds.
    pub beside: f64,
    /// A good request beside the flood, in nanoseconds.
    pub during: f64,
    /// By how many KiB the process has grown.
    pub grown: u64,
    /// Events that were dropped.
    pub lost: u64,
}

/// Measures good requests during a flood of rejections.
///
/// Another thread is rejected a hundred thousand times a second. The same requests are measured
/// beside a thread that works as hard without events. The difference is the cost of the event
/// stream.
///
/// # Panics
///
/// When a good token is refused.
#[must_use]
pub fn flood(verifier: &Verifier<Claims>, token: &str) -> Flooded {
    let parts = |token: Option<&str>| -> Parts { crate::contenders::request(token).into_parts().0 };
    let (good, nobody) = (parts(Some(token)), parts(None));
    let beside = timed(verifier, &good, Duration::from_secs(3), || {
        std::hint::black_box((0..200_u64).fold(0, |sum, turn| sum ^ turn.rotate_left(7)));
        wait_until_the_next();
    });
    let failures = Arc::new(AtomicU64::new(0));
    let before = resident();
    let began = Instant::now();
    let during = {
        let (verifier, failures) = (verifier.clone(), Arc::clone(&failures));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        timed(&verifier.clone(), &good, Duration::from_secs(6), move || {
            let refused = runtime.block_on(verifier.authenticate(&nobody));
            assert!(refused.is_err());
            failures.fetch_add(1, Ordering::Relaxed);
            wait_until_the_next();
        })
    };
    let failures = failures.load(Ordering::Relaxed);
    Flooded {
        #[expect(clippy::cast_precision_loss, reason = "a few million")]
        a_second: failures as f64 / began.elapsed().as_secs_f64(),
        failures,
        beside,
        during,
        grown: resident().saturating_sub(before),
        lost: 0,
    }
}

/// A hundred thousand a second.
const EVERY: Duration = Duration::from_micros(10);

/// Busy, so that both threads work as hard.
fn wait_until_the_next() {
    thread_local! {
        static NEXT: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    let next = NEXT.get().unwrap_or_else(Instant::now) + EVERY;
    NEXT.set(Some(next));
    while Instant::now() < next {
        std::hint::spin_loop();
    }
}

/// The median of good requests, while another thread does something again and again.
fn timed(verifier: &Verifier<Claims>, good: &Parts, time: Duration, other: impl Fn() + Send + 'static) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let over = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&over);
    let thread = std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            other();
        }
    });
    let (end, mut taken) = (Instant::now() + time, Vec::new());
    while Instant::now() < end {
        let began = Instant::now();
        for _ in 0..100 {
            assert!(runtime.block_on(verifier.authenticate(good)).is_ok());
        }
        #[expect(clippy::cast_precision_loss, reason = "a few microseconds")]
        taken.push(began.elapsed().as_nanos() as f64 / 100.0);
    }
    over.store(true, Ordering::Relaxed);
    thread.join().expect("the other thread");
    taken.sort_by(f64::total_cmp);
    taken[taken.len() / 2]
}

/// `VmRSS`, in KiB; nothing where there is no such file.
#[must_use]
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or_default()
}
