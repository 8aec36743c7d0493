//! What must be heard although the stream itself is what fails.

use std::io::Write;

/// To stderr, and where the service's other diagnostics go: nobody knows which of the two is looked at.
pub(super) fn aloud(what: &str) {
    // Not `eprintln!`: it panics when stderr is gone.
    let _ = writeln!(std::io::stderr(), "auth-runtime: {what}");
    tracing::error!(target: "auth_events", "{what}");
}
