//! Programs of others that tests run beside them.

use std::env;
use std::io::{self, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

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

/// `None`, said aloud, when a program is not there; in CI it has to be.
pub(crate) fn installed(program: &str, remedy: &str) -> Option<()> {
    let there = env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(program).is_file());
    if there {
        return Some(());
    }
    assert!(env::var_os("CI").is_none(), "no `{program}`: {remedy}");
    // Not `eprintln!`, which tests that pass don't show.
    let _ = writeln!(io::stderr(), "\nskipped: no `{program}`; {remedy}");
    None
}

/// One that nobody listens at.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    listener.local_addr().expect("an address").port()
}
