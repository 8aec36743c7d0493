//! Counts the allocations of a request, by the crate that checks its token.
//!
//! The table is written to `allocations.md`.

use auth_runtime::Events;
use auth_runtime::keys::Algorithm;
use benches::contenders::{
    PEERS, Service, by_hand, by_hand_with_a_cache, issuer, ours, plain, request, token, unremembered,
    unremembered_with_few_claims,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt;

struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

// SAFETY: it counts, and leaves the rest to the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size() as u64, Ordering::Relaxed);
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller's.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> std::io::Result<()> {
    let issuer = issuer(Algorithm::RS256);
    let token = token(&issuer);
    let mut services: Vec<(&str, Service)> =
        vec![("axum without authentication", plain()), ("by hand, `jsonwebtoken` 11", by_hand(&issuer))];
    services.extend(PEERS.iter().filter_map(|(name, make)| Some((*name, make(&issuer)?))));
    services.extend([
        ("ours, each token verified, few claims", unremembered_with_few_claims(&issuer)),
        ("ours, each token verified", unremembered(&issuer)),
        ("by hand with a cache, one token", by_hand_with_a_cache(&issuer)),
        ("ours, one token", ours(&issuer, Events::collect().0)),
    ]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut report = "| one request (RS256) | allocations | bytes |\n|---|---:|---:|\n".to_owned();
    for (name, service) in services {
        let mut seen = (0, 0);
        // The last counts: at first there are things that are made once.
        for _ in 0..3 {
            let request = request(Some(&token));
            let before = (COUNT.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
            let service = service.clone();
            let Ok(response) = runtime.block_on(async { service.oneshot(request).await });
            assert_eq!(response.status(), 200, "{name}");
            drop(response);
            seen = (COUNT.load(Ordering::Relaxed) - before.0, BYTES.load(Ordering::Relaxed) - before.1);
        }
        let _ = writeln!(report, "| {name} | {} | {} |", seen.0, seen.1);
    }
    print!("{report}");
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("allocations.md"), report)
}
