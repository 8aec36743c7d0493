//! A raw HTTP/1.1 connection, because a client library would normalize what an attacker sends.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Long enough for a busy machine, short enough to end a test that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = timeout(PATIENCE, TcpStream::connect(address)).await.expect("a connection in time");
        Self { stream: BufReader::new(stream.expect("a connection")) }
    }

    /// The address of this client, as the server sees it.
    pub(crate) fn local_address(&self) -> SocketAddr {
        self.stream.get_ref().local_addr().expect("an address")
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // A server that has responded may close before it has read the whole request.
        let _ = timeout(PATIENCE, self.stream.write_all(bytes.as_ref())).await.expect("the request sent in time");
        let _ = self.stream.flush().await;
    }

    pub(crate) async fn exchange(&mut self, request: impl AsRef<[u8]>) -> Response {
        self.send(&request).await;
        if request.as_ref().starts_with(b"HEAD ") { self.receive_head().await } else { self.receive().await }
    }

    pub(crate) async fn receive(&mut self) -> Response {
        let head = self.receive_head().await;
        let length = head.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        // A chunked body may have no end, so the test reads it.
        if head.header("transfer-encoding").is_some() {
            return head;
        }
        let mut body = vec![0; length];
        timeout(PATIENCE, self.stream.read_exact(&mut body)).await.expect("a body in time").expect("a body");
        Response { body, ..head }
    }

    /// Reads the head only: of a response to HEAD, or of an upgrade.
    pub(crate) async fn receive_head(&mut self) -> Response {
        let status = self.line().await;
        let status = status.split(' ').nth(1).unwrap_or_else(|| panic!("no status line: {status:?}"));
        let mut headers = Vec::new();
        loop {
            let line = self.line().await;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("no header: {line:?}"));
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Response { status: status.parse().expect("a status"), headers, body: Vec::new() }
    }

    /// Reads the next bytes.
    pub(crate) async fn some(&mut self) -> Vec<u8> {
        let some = timeout(PATIENCE, self.stream.fill_buf()).await.expect("bytes in time").expect("bytes");
        let some = some.to_vec();
        self.stream.consume(some.len());
        some
    }

    /// Reads until the server closes the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset also ends the connection.
        let _ = timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await.expect("an end in time");
        rest
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        timeout(PATIENCE, self.stream.read_line(&mut line)).await.expect("an answer in time").expect("a line");
        assert!(line.ends_with("\r\n"), "the server closed the connection: {line:?}");
        line.truncate(line.len() - 2);
        line
    }
}

impl Response {
    /// A header that occurs at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} occurs twice in {self:?}");
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// All that a client can see, except for `date`.
    pub(crate) fn visible(&self) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let headers = self.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
        (self.status, headers, self.body.clone())
    }
}
