//! Reserves addresses for programs that tests start: a port stays free while its program is down.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports below the ephemeral range, so that the system does not assign them to another program.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 10_000;

pub(crate) fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Concurrent runs of these tests start at different ports.
    let begin = std::process::id().wrapping_mul(101) % u32::from(PORTS);
    (0..1000)
        .map(|_| {
            let next = u32::from(NEXT.fetch_add(1, Ordering::SeqCst));
            let offset = u16::try_from((begin + next) % u32::from(PORTS)).unwrap_or_default();
            SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST_PORT + offset))
        })
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("a free port")
}
