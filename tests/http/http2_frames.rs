//! Tests HTTP/2 frames that no client library would send.

use crate::support::Server;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The outcome of the one request of a connection.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Answered,
    /// The stream or the connection ended with an error.
    Ended,
}

type Headers<'a> = Vec<(&'a [u8], &'a [u8])>;

/// RFC 7541 section 5.1, with a prefix of seven bits, and 5.2 without Huffman's code.
fn text(bytes: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    match bytes.len() {
        length @ ..127 => coded.push(u8::try_from(length).expect("short")),
        length => {
            coded.push(127);
            let mut rest = length - 127;
            while rest >= 128 {
                coded.push(u8::try_from(rest % 128).expect("seven bits") | 128);
                rest /= 128;
            }
            coded.push(u8::try_from(rest).expect("seven bits"));
        }
    }
    coded.extend_from_slice(bytes);
    coded
}

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
}

/// Sends the preface, settings and HEADERS of a request, and returns its outcome.
///
/// RFC 9113 section 3.4; each field is a literal of RFC 7541 section 6.2.2.
async fn outcome_of(server: &Server, headers: &Headers<'_>) -> Outcome {
    let block =
        headers.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect::<Vec<_>>();
    let request = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[]), frame(1, 5, 1, &block)].concat();
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream.write_all(&request).await.expect("sent");
    let fate = async {
        loop {
            let mut head = [0; 9];
            if stream.read_exact(&mut head).await.is_err() {
                return Outcome::Ended;
            }
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; length as usize];
            if stream.read_exact(&mut payload).await.is_err() {
                return Outcome::Ended;
            }
            match head[3] {
                1 => return Outcome::Answered,
                // RST_STREAM, GOAWAY.
                3 | 7 => return Outcome::Ended,
                _ => {}
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), fate).await.expect("an end in time")
}

#[tokio::test]
async fn h26_invalid_http_2_reaches_no_handler_also_with_a_good_token() {
    let server = Server::start().await;
    let authorization = format!("Bearer {}", server.good());
    let good = || -> Headers<'_> {
        vec![
            (b":method", b"GET"),
            (b":scheme", b"http"),
            (b":authority", b"localhost"),
            (b":path", b"/me"),
            (b"authorization", authorization.as_bytes()),
        ]
    };
    // Positive control: the same frames with good headers are accepted.
    assert_eq!(outcome_of(&server, &good()).await, Outcome::Answered);
    assert_eq!(server.runs.so_far(), 1);
    assert!(server.events().is_empty());

    let and = |name: &'static [u8], value: &'static [u8]| [good(), vec![(name, value)]].concat();
    let but = |name: &'static [u8], value: &'static [u8]| -> Headers<'_> {
        good().into_iter().map(|(other, was)| (other, if other == name { value } else { was })).collect()
    };
    let without = |name: &[u8]| -> Headers<'_> { good().into_iter().filter(|(other, _)| *other != name).collect() };
    let capitalized =
        [without(b"authorization"), vec![(b"Authorization".as_slice(), authorization.as_bytes())]].concat();
    let cases = [
        ("a line break in a value", and(b"x", b"y\r\nz: 1")),
        ("a line feed in a value", and(b"x", b"y\nz")),
        ("a NUL in a value", and(b"x", b"y\0")),
        ("a line break in a name", and(b"x\r\ny", b"z")),
        ("a space in a name", and(b"x y", b"z")),
        ("an empty name", and(b"", b"z")),
        ("a capital in a name", capitalized),
        ("connection", and(b"connection", b"close")),
        ("transfer-encoding", and(b"transfer-encoding", b"chunked")),
        ("keep-alive", and(b"keep-alive", b"timeout=5")),
        ("proxy-connection", and(b"proxy-connection", b"close")),
        ("upgrade", and(b"upgrade", b"websocket")),
        ("te that is not trailers", and(b"te", b"gzip")),
        ("two paths", and(b":path", b"/health")),
        ("a pseudo-header behind others", [good()[1..].to_vec(), vec![good()[0]]].concat()),
        ("two methods", [vec![good()[0]], good()].concat()),
        ("an unknown pseudo-header", [vec![(b":user".as_slice(), b"admin".as_slice())], good()].concat()),
        ("a status", [vec![(b":status".as_slice(), b"200".as_slice())], good()].concat()),
        ("no path", without(b":path")),
        ("an empty path", but(b":path", b"")),
        // gRPC-Go, CVE-2026-33186.
        ("a path without its slash", but(b":path", b"me")),
        ("a path with a space", but(b":path", b"/me /health")),
        ("a path with a line break", but(b":path", b"/me\r\nx: y")),
        ("no method", without(b":method")),
        ("a method with a space", but(b":method", b"GET /health")),
    ];
    for (what, headers) in cases {
        let fate = outcome_of(&server, &headers).await;
        assert_eq!(fate, Outcome::Ended, "{what}: {:?}", server.events());
        assert_eq!(server.runs.so_far(), 1, "{what}");
    }
    assert!(server.events().is_empty(), "the request does not reach the gate");
    server.accepts_the_good_token().await;
}
