//! How `serve` ends. A signal is for a whole process, so each scenario runs in one of its own: this
//! test program, started once more.

#![cfg(unix)]

use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{AuthRouter, public, routing::get, serve, shutdown_signal};
use axum::body::Body;
use futures_util::{StreamExt, stream};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::raise;
use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::time::Duration;
use test_support::Process;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const SCENARIO: &str = "AUTH_RUNTIME_SHUTDOWN_SCENARIO";

/// Long enough for a loaded machine, and shorter than the grace for open requests.
const SOON: Duration = Duration::from_secs(15);

/// Runs a scenario to its end. What it leaves waiting is killed.
#[track_caller]
fn ended(scenario: &str) -> (ExitStatus, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "scenario", "--nocapture", "--include-ignored"]).env(SCENARIO, scenario);
    let mut process = Process::start(command);
    let status = process.wait_within(SOON);
    (status, process.stdout())
}

#[track_caller]
fn assert_ends_cleanly(scenario: &str) {
    let (status, printed) = ended(scenario);
    assert!(status.success() && printed.contains("ended cleanly"), "{status}\n{printed}");
}

#[public(reason = "a test")]
async fn hello() -> &'static str {
    "hello"
}

#[public(reason = "a test")]
async fn never() -> &'static str {
    pending().await
}

#[public(reason = "a test")]
async fn feed() -> Body {
    // One item, and no end.
    Body::from_stream(stream::iter([Ok::<_, Infallible>("an event")]).chain(stream::pending()))
}

fn app() -> AuthRouter {
    AuthRouter::new().route("/", get(hello)).route("/never", get(never)).route("/feed", get(feed)).with_state(())
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn sent(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

/// A server with a client on this path, of which the server knows.
async fn serving(path: &str, grace: Option<Duration>) -> (JoinHandle<std::io::Result<()>>, TcpStream) {
    let (listener, address) = listener().await;
    let server = serve(listener, app());
    let server = tokio::spawn(match grace {
        Some(grace) => server.grace(grace),
        None => server,
    });
    let mut client = sent(address, path).await;
    if path == "/never" {
        // Its handler has begun once another request after it was answered.
        sent(address, "/").await.read_exact(&mut [0; 8]).await.unwrap();
    } else {
        client.read_exact(&mut [0; 8]).await.unwrap();
    }
    (server, client)
}

#[tokio::test]
#[ignore = "a part of the other tests, in a process of its own"]
async fn scenario() {
    let short = Duration::from_millis(100);
    match std::env::var(SCENARIO).as_deref() {
        Ok("between") => {
            let first = serve(listener().await.0, app());
            raise(SIGTERM).unwrap();
            // The runtime hands signals on.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let second = serve(listener().await.0, app());
            tokio::try_join!(first, second).unwrap();
        }
        Ok("before") => {
            let shutdown = shutdown_signal().unwrap();
            raise(SIGINT).unwrap();
            shutdown.requested().await;
            let first = serve(listener().await.0, app()).with_graceful_shutdown(shutdown.clone());
            let second = serve(listener().await.0, app()).with_graceful_shutdown(shutdown);
            tokio::try_join!(first, second).unwrap();
        }
        Ok("another runtime") => {
            let shutdown = shutdown_signal().unwrap();
            let elsewhere = tokio::task::spawn_blocking(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async { serve(listener().await.0, app()).await })
            });
            raise(SIGTERM).unwrap();
            shutdown.await;
            elsewhere.await.unwrap().unwrap();
        }
        Ok("idle") => {
            let (server, _client) = serving("/", None).await;
            raise(SIGTERM).unwrap();
            server.await.unwrap().unwrap();
        }
        Ok("long request") => {
            let (server, _client) = serving("/never", Some(short)).await;
            raise(SIGTERM).unwrap();
            server.await.unwrap().unwrap();
        }
        Ok("event stream") => {
            let (server, _client) = serving("/feed", Some(short)).await;
            raise(SIGTERM).unwrap();
            server.await.unwrap().unwrap();
        }
        Ok("flood") => {
            let (listener, address) = listener().await;
            let server = tokio::spawn(serve(listener, app()));
            for _ in 0..20 {
                tokio::spawn(async move {
                    while let Ok(mut stream) = TcpStream::connect(address).await {
                        let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
                        let _ = stream.read(&mut [0; 8]).await;
                    }
                });
            }
            sent(address, "/").await.read_exact(&mut [0; 8]).await.unwrap();
            raise(SIGTERM).unwrap();
            server.await.unwrap().unwrap();
        }
        Ok("twice") => {
            // With the default grace, which is longer than this test waits.
            let (server, _client) = serving("/never", None).await;
            raise(SIGTERM).unwrap();
            raise(SIGTERM).unwrap();
            server.await.unwrap().unwrap();
        }
        Ok("a signal of its own") => {
            let (told, waits) = tokio::sync::oneshot::channel::<()>();
            let server = serve(listener().await.0, app()).with_graceful_shutdown(async move { drop(waits.await) });
            let server = tokio::spawn(server);
            told.send(()).unwrap();
            server.await.unwrap().unwrap();
        }
        Ok("a signal that never comes") => {
            let server = serve(listener().await.0, app()).with_graceful_shutdown(pending()).grace(short);
            raise(SIGTERM).unwrap();
            server.await.unwrap();
        }
        Ok("no server is left") => {
            drop(serve(listener().await.0, app()));
            raise(SIGTERM).unwrap();
            pending::<()>().await;
        }
        Ok("never") => {
            let server = serve(listener().await.0, app()).with_graceful_shutdown(ShutdownSignal::never());
            assert!(tokio::time::timeout(Duration::from_millis(50), server).await.is_err());
        }
        // `cargo test -- --include-ignored`: there is nothing to play.
        Err(_) => {}
        Ok(other) => panic!("no scenario {other:?}"),
    }
    println!("ended cleanly");
}

#[test]
fn a_signal_between_two_servers_ends_both() {
    assert_ends_cleanly("between");
}

#[test]
fn a_signal_before_the_first_server_ends_each_of_them() {
    assert_ends_cleanly("before");
}

#[test]
fn servers_in_several_runtimes_share_the_signal() {
    // Several times, because the first listener is gone as soon as it has seen the signal.
    (0..20).for_each(|_| assert_ends_cleanly("another runtime"));
}

#[test]
fn an_idle_connection_does_not_keep_the_server() {
    assert_ends_cleanly("idle");
}

#[test]
fn a_request_that_never_ends_keeps_the_server_for_its_grace_only() {
    assert_ends_cleanly("long request");
}

#[test]
fn an_event_stream_that_never_ends_keeps_the_server_for_its_grace_only() {
    assert_ends_cleanly("event stream");
}

#[test]
fn a_flood_of_requests_does_not_keep_the_server() {
    assert_ends_cleanly("flood");
}

#[test]
fn a_second_signal_ends_open_requests_at_once() {
    assert_ends_cleanly("twice");
}

#[test]
fn a_future_of_the_services_own_ends_the_server() {
    assert_ends_cleanly("a signal of its own");
}

#[test]
fn sigterm_ends_a_server_whose_own_signal_never_comes() {
    assert_ends_cleanly("a signal that never comes");
    assert_ends_cleanly("never");
}

#[test]
fn sigterm_ends_the_process_when_no_server_is_left() {
    let (status, printed) = ended("no server is left");
    assert_eq!(status.signal(), Some(SIGTERM), "{printed}");
}
