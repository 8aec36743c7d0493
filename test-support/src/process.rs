//! A program that a test started.

use crate::limit::LIMIT;
use crate::output::Output;
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long the pipes of a program that has ended may stay open.
const PIPES: Duration = Duration::from_secs(10);
/// The same, where a program of its own may hold them.
const AFTER_KILL: Duration = Duration::from_secs(1);

/// Runs until it is dropped; then it is killed.
///
/// ```
/// use std::process::Command;
/// use test_support::Process;
///
/// let mut echo = Command::new("sh");
/// echo.args(["-c", "echo listening on 127.0.0.1:1; exit 3"]);
/// let mut process = Process::start(echo);
/// assert_eq!(process.line_with("listening on "), "127.0.0.1:1");
/// assert_eq!(process.wait().code(), Some(3));
/// ```
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
    stdout: Output,
    stderr: Output,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.so_far())
    }
}

/// Runs a program to its end, as [`Command::output`] does.
///
/// # Panics
///
/// When it does not start, or does not end within [`LIMIT`].
#[must_use = "look at the status"]
pub fn run(command: Command) -> std::process::Output {
    let mut process = Process::start(command);
    let status = process.wait();
    std::process::Output { status, stdout: process.stdout.to_the_end(PIPES), stderr: process.stderr.to_the_end(PIPES) }
}

impl Process {
    /// Starts a program without stdin. Its output is collected.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use = "a dropped process is killed"]
    pub fn start(command: Command) -> Self {
        let name = format!("{command:?}");
        Self::try_start(command).unwrap_or_else(|error| panic!("{name} does not start: {error}"))
    }

    /// As [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub fn try_start(mut command: Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::spawned(&mut command)
    }

    /// Starts a program with the standard streams that the command names. Only pipes are collected.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub fn spawned(command: &mut Command) -> io::Result<Self> {
        let name = format!("{command:?}");
        let mut child = command.spawn()?;
        let (stdout, stderr) = (Output::of(child.stdout.take()), Output::of(child.stderr.take()));
        Ok(Self { child, name, stdout, stderr })
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line with this beginning on stdout, and returns the rest of the line.
    ///
    /// # Panics
    ///
    /// When there is none within [`LIMIT`], or when stdout is closed before.
    pub fn line_with(&mut self, beginning: &str) -> String {
        let found = self.stdout.wait_for(LIMIT, |printed| rest_of_line(printed, beginning));
        found.unwrap_or_else(|| self.fail(&format!("no line `{beginning}..` on stdout")))
    }

    /// Waits until stderr contains a text, and returns what follows it in its line.
    ///
    /// # Panics
    ///
    /// When it does not within [`LIMIT`], or when stderr is closed before.
    pub fn wait_for_stderr(&mut self, text: &str) -> String {
        let found = self.stderr.wait_for(LIMIT, |printed| {
            let (rest, _) = printed.split_once(text)?.1.split_once('\n')?;
            Some(rest.to_owned())
        });
        found.unwrap_or_else(|| self.fail(&format!("no line with `{text}` on stderr")))
    }

    /// What it has printed to stdout so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stdout.so_far()
    }

    /// What it has printed to stderr so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    /// Waits until it ends.
    ///
    /// # Panics
    ///
    /// When it does not end within [`LIMIT`]: it is killed, and what it printed is shown.
    pub fn wait(&mut self) -> ExitStatus {
        self.wait_within(LIMIT)
    }

    /// Waits until it ends, with a limit that belongs to the promise under test.
    ///
    /// # Panics
    ///
    /// When it does not end in time: it is killed, and what it printed is shown.
    pub fn wait_within(&mut self, limit: Duration) -> ExitStatus {
        match self.ended_within(limit) {
            Some(status) => {
                // The threads that read the pipes may lag behind on a loaded machine.
                self.stdout.to_the_end(PIPES);
                self.stderr.to_the_end(PIPES);
                status
            }
            None => self.fail(&format!("it did not end within {limit:?}")),
        }
    }

    /// Kills it at once, as a machine that loses its power.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.ended_within(PIPES);
    }

    /// Sends a signal.
    ///
    /// # Panics
    ///
    /// When `kill` does not accept it.
    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        let mut kill = Command::new("kill");
        kill.args([&format!("-{signal}"), &self.id().to_string()]);
        let output = run(kill);
        assert!(output.status.success(), "kill -{signal}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let ends = Instant::now() + limit;
        let mut pause = Duration::from_millis(1);
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < ends => sleep(pause),
                Ok(None) | Err(_) => return None,
            }
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }

    fn fail(&mut self, why: &str) -> ! {
        self.kill();
        self.stdout.to_the_end(AFTER_KILL);
        self.stderr.to_the_end(AFTER_KILL);
        let (stdout, stderr) = (self.stdout(), self.stderr());
        panic!("{}: {why}\n--- stdout\n{stdout}\n--- stderr\n{stderr}", self.name)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn rest_of_line(printed: &str, beginning: &str) -> Option<String> {
    // A line without its end may still grow.
    let lines = printed.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    lines.filter_map(|line| line.strip_prefix(beginning)).map(str::to_owned).next()
}

#[cfg(test)]
mod tests {
    use super::{Process, run};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::process::Command;
    use std::time::{Duration, Instant};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_that_does_not_end_is_killed_and_its_output_is_shown() {
        let mut process = Process::start(shell("echo on stdout; echo on stderr >&2; exec sleep 600"));
        process.wait_for_stderr("on stderr");
        let began = Instant::now();
        let panic = catch_unwind(AssertUnwindSafe(|| process.wait_within(Duration::from_millis(50)))).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(began.elapsed() < Duration::from_secs(60));
        assert!(message.contains("did not end within 50ms"), "{message}");
        assert!(message.contains("on stdout") && message.contains("on stderr"), "{message}");
        assert!(process.child.try_wait().unwrap().is_some(), "it is killed");
    }

    #[test]
    fn a_program_that_ends_without_the_line_fails_at_once() {
        let mut process = Process::start(shell("echo something else"));
        let panic = catch_unwind(AssertUnwindSafe(|| process.line_with("listening"))).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("something else"));
    }

    #[test]
    fn what_a_program_printed_is_complete_once_it_has_ended() {
        for _ in 0..20 {
            let mut process = Process::start(shell("echo first; echo last"));
            assert!(process.wait().success());
            assert_eq!(process.stdout(), "first\nlast\n");
        }
    }

    #[test]
    fn a_program_may_print_more_than_a_pipe_holds() {
        let output = run(shell("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"));
        assert_eq!((output.stdout.len(), output.stderr.len()), (300_000, 300_000));
        assert!(output.status.success());
    }
}
