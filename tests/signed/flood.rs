//! A flood of unsigned bodies is not read (P4).

use super::hooks::{Hooks, github, request};
use super::http2::Http2;
use auth_runtime::{AuthRouter, Events};
use axum::serve::Listener;
use http::Request;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use test_support::LIMIT;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

const MIB: usize = 1024 * 1024;
const REQUESTS: usize = 64;

/// The bytes that the server has read from its sockets.
#[derive(Clone, Default)]
struct FromSockets(Arc<AtomicUsize>);

impl FromSockets {
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

struct CountedListener(TcpListener, FromSockets);

struct CountedStream(TcpStream, FromSockets);

impl Listener for CountedListener {
    type Io = CountedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CountedStream, SocketAddr) {
        let (stream, peer) = Listener::accept(&mut self.0).await;
        (CountedStream(stream, self.1.clone()), peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl AsyncRead for CountedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = ready!(Pin::new(&mut self.0).poll_read(cx, buffer));
        self.1.0.fetch_add(buffer.filled().len() - before, Ordering::SeqCst);
        Poll::Ready(outcome)
    }
}

impl AsyncWrite for CountedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// A service that accepts bodies of 1 MiB.
async fn service() -> (Hooks, FromSockets) {
    let sockets = FromSockets::default();
    let counted = sockets.clone();
    let serve = async |app: AuthRouter| {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        let listener = CountedListener(listener, counted);
        tokio::spawn(async { axum::serve(listener, app.into_make_service()).await });
        address
    };
    let events = Events::discard("the test reads the counts");
    let hooks = Hooks::served(events, |builder| builder.max_body(MIB), |app| app, serve).await;
    // The counters see a body that is read.
    let body = vec![b'x'; MIB];
    let response = hooks.exchange(request("/github", &github(&body), &body)).await;
    assert_eq!((response.status, response.body.len(), hooks.bytes_read()), (200, MIB, MIB));
    assert!(sockets.take() > MIB);
    (hooks, sockets)
}

/// Sends an unsigned body until the server ends the connection; returns what it has answered.
async fn sent(address: SocketAddr, whole: Arc<Vec<u8>>) -> Vec<u8> {
    let (mut from, mut to) = TcpStream::connect(address).await.expect("a connection").into_split();
    let sending = tokio::spawn(async move {
        // The server ends the connection before it has all.
        let _ = to.write_all(&whole).await;
    });
    let mut answer = Vec::new();
    // A body that is not read may reset the connection, and with it the answer.
    let _ = from.read_to_end(&mut answer).await;
    sending.await.expect("the body is sent or not");
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_unsigned_bodies_of_1_mib_is_not_read() {
    let (hooks, sockets) = service().await;
    let whole = Arc::new(request("/github", "", &vec![b'x'; MIB]));
    let flood = async {
        let mut flood: JoinSet<Vec<u8>> = (0..REQUESTS).map(|_| sent(hooks.address, Arc::clone(&whole))).collect();
        while let Some(answer) = flood.join_next().await {
            let answer = answer.expect("no panic");
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 401 "), "{}", answer.escape_ascii());
        }
    };
    timeout(LIMIT, flood).await.expect("the flood has no end");
    let counts = hooks.events.counts();
    assert_eq!((counts.missing, counts.accepted, hooks.runs.so_far()), (REQUESTS as u64, 1, 1), "{counts:?}");
    assert_eq!(hooks.bytes_read(), 0, "bytes of bodies that were read");
    // hyper reads the head with the start of the body behind it.
    let each = sockets.take() / REQUESTS;
    println!("{REQUESTS} unsigned bodies of 1 MiB: 0 bytes read of them, {each} bytes from each socket");
    assert!(each < MIB / 8, "{each} bytes from each socket");
}

/// HTTP/2 has one connection, whose window limits what the server receives.
#[tokio::test]
async fn a_flood_of_unsigned_bodies_over_http_2_is_not_read() {
    let (hooks, sockets) = service().await;
    let mut connection = Http2::open(hooks.address).await;
    let body = vec![b'x'; MIB];
    for number in 1..=16 {
        let answer = connection.exchange(Request::post("http://localhost/github"), &body).await;
        assert_eq!(answer.status, 401);
        assert_eq!((hooks.events.counts().missing, hooks.runs.so_far()), (number, 1));
    }
    assert_eq!(hooks.bytes_read(), 0, "bytes of bodies that were read");
    println!("16 unsigned bodies of 1 MiB over HTTP/2: {} bytes from the socket", sockets.take());
}
