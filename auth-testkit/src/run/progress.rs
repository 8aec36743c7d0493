//! The number of requests on a terminal, while an attack runs.

use super::attack_run::AttackRun;
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;

/// How many requests are sent between two lines.
const STEP: usize = 50;

/// Shows the progress of an attack, and clears its line at the end.
pub(super) struct Progress(Option<Mutex<Box<dyn Write + Send>>>);

impl Progress {
    /// Writes to the standard error, if it is a terminal.
    ///
    /// Not with `eprint!`, because a test program captures that.
    pub(super) fn on_stderr() -> Self {
        Self::of(io::stderr().is_terminal().then(|| Box::new(io::stderr()) as Box<dyn Write + Send>))
    }

    fn of(terminal: Option<Box<dyn Write + Send>>) -> Self {
        Self(terminal.map(Mutex::new))
    }

    pub(super) fn none() -> Self {
        Self(None)
    }

    fn show(&self, sent: usize) {
        if sent.is_multiple_of(STEP) {
            self.write(&format!("\r\x1b[K{sent} requests sent"));
        }
    }

    fn write(&self, text: &str) {
        if let Some(mut terminal) = self.0.as_ref().and_then(|terminal| terminal.lock().ok()) {
            let _ = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
        }
    }
}

impl AttackRun {
    pub(super) fn report_progress(&self) {
        match &self.plan.on_progress {
            Some(report) => report(self.sent),
            None => self.progress.show(self.sent),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.write("\r\x1b[K");
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_terminal_shows_some_of_the_counts_and_is_cleared() {
        let screen = Screen::default();
        let progress = Progress::of(Some(Box::new(screen.clone())));
        (1..=101).for_each(|sent| progress.show(sent));
        drop(progress);
        let shown = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = shown.split("\r\x1b[K").collect();
        assert_eq!(lines, ["", "50 requests sent", "100 requests sent", ""]);
    }

    /// The tests of CI have no terminal, and their log stays clean.
    #[test]
    fn a_file_shows_nothing() {
        let progress = Progress::of(None);
        progress.show(50);
        drop(progress);
    }
}
