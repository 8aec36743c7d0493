//! One HTTP/1.1 request over a socket, with a time limit.

use crate::limit::LIMIT;
use std::io::{self, Read, Write};
use std::net::TcpStream;

/// Sends a request as it is written, and reads the answer until the server closes the connection:
/// send `Connection: close`.
///
/// # Errors
///
/// When there is no connection, or no complete answer within [`LIMIT`] of silence.
pub fn exchange(address: &str, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
