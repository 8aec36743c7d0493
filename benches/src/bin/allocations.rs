//! How often a request asks for memory, and for how much: `allocations [contender..]`.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

// SAFETY: it counts, and leaves the rest to the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size() as u64, Ordering::Relaxed);
        if TRACING.load(Ordering::Relaxed) {
            TRACING.store(false, Ordering::Relaxed);
            eprintln!("@{} ", layout.size());
            TRACING.store(true, Ordering::Relaxed);
        }
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }
}
static TRACING: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

use auth_runtime::{Algorithm, Events};
use benches::contenders::*;
use tower::ServiceExt;

fn main() {
    let issuer = issuer(Algorithm::HS256);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    for (name, service) in [
        ("plain", plain()),
        ("hand", by_hand(&issuer)),
        ("anew", unremembered(&issuer)),
        ("hot", ours(&issuer, Events::collect().0)),
    ] {
        let token = issuer.token().signed();
        for round in 0..3 {
            let request = request(Some(&token));
            let (count, bytes) = (COUNT.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
            if round == 2 && name == std::env::var("TRACE").unwrap_or_default() {
                TRACING.store(true, Ordering::Relaxed);
            }
            let service = service.clone();
            let Ok(response) = runtime.block_on(async { service.oneshot(request).await });
            drop(response);
            TRACING.store(false, Ordering::Relaxed);
            println!("{name} {} {}", COUNT.load(Ordering::Relaxed) - count, BYTES.load(Ordering::Relaxed) - bytes);
        }
    }
}
