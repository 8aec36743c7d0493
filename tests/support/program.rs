//! Programs of others that tests run beside them.

use std::collections::HashSet;
use std::env;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{LazyLock, Mutex};

/// Below the ports that systems hand out by themselves, so that nobody else gets ours while a program is down.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 10_000;

/// Runs until it is dropped.
pub(crate) struct Program(Child);

impl Program {
    pub(crate) fn start(mut command: Command) -> Self {
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(started.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }
}

impl Drop for Program {
    /// At once, as a machine that loses its power.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether there is such a program.
pub(crate) fn runs(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// `None`, said aloud, where a peer of the tests is not there: a test that did nothing looks like one that passed. In CI
/// it has to be there.
pub(crate) fn or_skipped(there: bool, said: &'static str) -> Option<()> {
    static SAID: LazyLock<Mutex<HashSet<&str>>> = LazyLock::new(Mutex::default);
    if there {
        return Some(());
    }
    assert!(env::var_os("CI").is_none(), "{said}");
    if SAID.lock().expect("no panic").insert(said) {
        // Not `eprintln!`, which the test harness keeps to itself.
        let _ = writeln!(io::stderr(), "skipped: {said}");
    }
    None
}

pub(crate) fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Other runs of these tests begin elsewhere.
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
