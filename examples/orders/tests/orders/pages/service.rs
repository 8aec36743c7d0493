//! Starts the service with a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};
use test_support::{LIMIT, Process, is_installed, require_or_skip};

pub(crate) struct Service {
    _process: Process,
    pub(crate) address: String,
    /// What it printed before it was ready.
    pub(crate) printed: String,
    pub(crate) folder: PathBuf,
}

impl Service {
    /// Returns `None` without an installed browser.
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Option<Self> {
        require_or_skip(is_installed("chromium"), "no browser: install Debian's package `chromium`")?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
        command.args(["--listen", "127.0.0.1:0", "--events"]).arg(folder.join("events.jsonl")).args(arguments);
        let mut process = Process::start(command);
        let address = process.line_with("listening on http://");
        Some(Self { printed: process.stdout(), _process: process, address, folder })
    }

    /// The printed token below the line with this beginning.
    pub(crate) fn token_below(&self, line: &str) -> String {
        let below = self.printed.lines().skip_while(|printed| !printed.starts_with(line)).nth(2);
        below.unwrap_or_else(|| panic!("no line `{line}..`: {}", self.printed)).to_owned()
    }

    /// Waits until the events have one of this reason, and returns all of them.
    pub(crate) fn events_with(&self, reason: &str) -> String {
        let (began, reason) = (Instant::now(), format!("\"reason\":\"{reason}\""));
        loop {
            let events = std::fs::read_to_string(self.folder.join("events.jsonl")).unwrap();
            if events.contains(&reason) {
                return events;
            }
            assert!(began.elapsed() < LIMIT, "{reason} is not in {events}");
            sleep(Duration::from_millis(50));
        }
    }
}
