//! Tests that the process ends at a signal, in each of its states.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use test_support::{LIMIT, Process, exchange, within};

/// The grace for open requests and the time for the last events, with room for a loaded machine.
pub(super) const BOUND: Duration = Duration::from_secs(60);
/// Less than the grace for open requests.
const SOON: Duration = Duration::from_secs(15);

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    command.args(arguments);
    command
}

pub(super) fn listening(arguments: &[&str]) -> (Process, String) {
    let mut process = Process::start(command(&[&["--listen", "127.0.0.1:0"], arguments].concat()));
    let address = process.line_with("listening on http://");
    (process, address)
}

#[track_caller]
pub(super) fn assert_ends(process: &mut Process, limit: Duration, case: &str) {
    let status = process.wait_within(limit);
    assert_eq!(status.code(), Some(0), "{case}: {status}\n{}\n{}", process.stdout(), process.stderr());
}

/// Makes a file that blocks its reader until another process writes to it.
fn fifo(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut mkfifo = Command::new("mkfifo");
    mkfifo.arg(&path);
    assert!(test_support::run(mkfifo).status.success());
    path
}

/// Reads the operator's token, which the service prints last.
fn operator_token(process: &Process) -> String {
    let printed = process.stdout();
    printed.lines().skip_while(|line| !line.starts_with("Enter this one:")).nth(2).unwrap().to_owned()
}

fn open(address: &str, path: &str, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n").unwrap();
    // The head of the response shows that the server has read the request.
    stream.read_exact(&mut [0; 64]).unwrap();
    stream
}

#[test]
fn each_signal_ends_both_listeners() {
    for signal in ["TERM", "INT"] {
        for _ in 0..5 {
            let (mut process, _) = listening(&["--metrics", "127.0.0.1:0"]);
            process.signal(signal);
            assert_ends(&mut process, SOON, signal);
        }
    }
}

#[test]
fn a_signal_while_keys_are_fetched_ends_the_start() {
    // Accepts connections, and never responds.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let jwks = format!("http://{}/jwks", silent.local_addr().unwrap());
    let issuer = ["--issuer", "https://id.example.com/", "--audience", "orders", "--jwks", &jwks];
    let mut process = Process::start(command(&issuer));
    let (_fetching, silent) = within(LIMIT, "the keys are fetched", move || (silent.accept().unwrap(), silent));
    process.signal("TERM");
    assert_ends(&mut process, SOON, "keys");
    drop(silent);
}

#[test]
fn a_signal_while_a_file_blocks_ends_the_start() {
    let keys = fifo("keys");
    let keys = keys.to_str().unwrap();
    let mut process = Process::start(command(&["--issuer", "https://id/", "--audience", "orders", "--jwks", keys]));
    // The open of the writer returns once the service has opened the file.
    let path = keys.to_owned();
    let _writer = within(LIMIT, "the file is opened", move || std::fs::File::options().write(true).open(path).unwrap());
    process.signal("TERM");
    assert_ends(&mut process, SOON, "a file");
}

#[test]
fn a_signal_while_stdout_is_not_read_ends_the_start() {
    // Full before the service starts, so that its first line blocks.
    let (reader, mut writer) = std::io::pipe().unwrap();
    let filling = writer.try_clone().unwrap();
    let filler = std::thread::spawn(move || writer.write_all(&vec![b'x'; 1 << 20]));
    let mut command = command(&["--listen", "127.0.0.1:0"]);
    command.stdout(filling).stderr(Stdio::piped()).stdin(Stdio::null());
    let mut process = Process::spawned(&mut command).unwrap();
    drop(command);
    // The signal handler is installed first, so the test waits for no line. Before that the
    // signal has its default effect, which also ends the process.
    std::thread::sleep(Duration::from_millis(300));
    process.signal("TERM");
    let status = process.wait_within(SOON);
    assert!(status.code() == Some(0) || status.code().is_none(), "{status}");
    drop(reader);
    let _ = test_support::join_within("the pipe is closed", filler);
}

#[test]
fn a_closed_stdout_is_an_error_at_start_and_not_later() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut closed = command(&["--listen", "127.0.0.1:0"]);
    closed.stdout(writer).stderr(Stdio::piped());
    let mut process = Process::spawned(&mut closed).unwrap();
    assert_eq!(process.wait_within(SOON).code(), Some(1));
    process.wait_for_stderr("can't write to stdout");

    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut later = command(&["--listen", "127.0.0.1:0"]);
    later.stdout(writer).stderr(Stdio::null());
    let mut process = Process::spawned(&mut later).unwrap();
    drop(later);
    within(LIMIT, "the service listens", move || {
        let mut printed = Vec::new();
        while !String::from_utf8_lossy(&printed).contains("listening on http://") {
            let mut buffer = [0; 4096];
            let read = reader.read(&mut buffer).unwrap();
            assert!(read > 0, "the service ended before it listened");
            printed.extend_from_slice(&buffer[..read]);
        }
    });
    process.signal("TERM");
    assert_ends(&mut process, SOON, "stdout was closed");
}

#[test]
fn idle_connections_do_not_delay_the_end() {
    let (mut process, address) = listening(&["--metrics", "127.0.0.1:0"]);
    let _idle = open(&address, "/health", "none");
    let _silent = TcpStream::connect(&address).unwrap();
    process.signal("TERM");
    assert_ends(&mut process, BOUND, "idle connections");
}

#[test]
fn feeds_end_with_the_service() {
    let (mut process, address) = listening(&[]);
    let token = operator_token(&process);
    let _orders = open(&address, "/orders/feed", &token);
    let _watch = open(&address, "/watch/feed", &token);
    process.signal("TERM");
    assert_ends(&mut process, SOON, "open feeds");
}

/// Starts a request whose body never comes.
pub(super) fn half_sent(address: &str, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{{"
    )
    .unwrap();
    // Once a later connection gets a response, the server has read this one.
    exchange(address, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

/// Makes a pipe that a thread keeps full, so that a write blocks until the reader is dropped.
fn full_pipe() -> (std::io::PipeReader, std::io::PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let full = writer.try_clone().unwrap();
    std::thread::spawn(move || writer.write_all(&vec![b'x'; 1 << 20]));
    (reader, full)
}

#[test]
fn an_unread_stderr_delays_neither_requests_nor_the_end() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("stderr-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let (reader, stderr) = full_pipe();
    let mut orders = command(&["--listen", "127.0.0.1:0", "--events", "/dev/null", "--db", path.to_str().unwrap()]);
    orders.stdout(Stdio::piped()).stderr(stderr);
    let mut process = Process::spawned(&mut orders).unwrap();
    drop(orders);
    let address = process.line_with("listening on http://");
    // Each request is a database error, which the service reports on stderr.
    rusqlite::Connection::open(&path).unwrap().execute_batch("DROP TABLE orders").unwrap();
    let token = good_token(&process);
    for _ in 0..32 {
        let request =
            format!("GET /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
        let answer = exchange(&address, &request).unwrap();
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    }
    process.signal("TERM");
    assert_ends(&mut process, SOON, "stderr is not read");
    drop(reader);
}

#[test]
fn a_start_that_fails_ends_although_stderr_is_not_read() {
    let (reader, stderr) = full_pipe();
    let mut orders = command(&["--db", "/no/such/folder/orders.db"]);
    orders.stdout(Stdio::null()).stderr(stderr);
    let mut process = Process::spawned(&mut orders).unwrap();
    drop(orders);
    assert_eq!(process.wait_within(SOON).code(), Some(1));
    drop(reader);
}

/// Reads the token from the line that places an order.
pub(super) fn good_token(process: &Process) -> String {
    let printed = process.stdout();
    let line = printed.lines().find(|line| line.contains("-d '{")).unwrap();
    line.split("Bearer ").nth(1).unwrap().split('\'').next().unwrap().to_owned()
}

#[test]
fn a_second_signal_does_not_wait_for_open_requests() {
    for second in ["TERM", "INT"] {
        let (mut process, address) = listening(&[]);
        let _open = half_sent(&address, &good_token(&process));
        let began = Instant::now();
        process.signal("TERM");
        // The kernel merges two pending signals of one kind. A closed listener shows that the first
        // was delivered.
        within(LIMIT, "the first signal closes the listener", move || while TcpStream::connect(&address).is_ok() {});
        process.signal(second);
        assert_ends(&mut process, SOON, second);
        assert!(began.elapsed() < SOON);
    }
}

#[test]
fn a_flood_does_not_delay_the_end() {
    let (mut process, address) = listening(&["--events", "/dev/null"]);
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let address = address.clone();
            std::thread::spawn(move || {
                let request = "GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x.y.z\r\n\r\n";
                while exchange(&address, request).is_ok() {}
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    process.signal("TERM");
    assert_ends(&mut process, SOON, "a flood");
    for client in clients {
        test_support::join_within("a client ends with the service", client);
    }
}
