//! A listener on this machine that serves an attacker's keys, and notices who fetches them.

use crate::issuer::SigningKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pem::Pem;
use serde_json::json;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The longest head of a request that is read.
const HEAD: usize = 8 * 1024;

/// How long a connection may send nothing.
const IDLE: Duration = Duration::from_secs(5);

/// The largest number of fetches that are kept.
const KEPT: usize = 1000;

/// Serves the keys until it is dropped.
///
/// It has threads of its own, because a service may block the runtime while it fetches.
pub(super) struct KeyListener {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    stopped: AtomicBool,
    address: SocketAddr,
    documents: Documents,
    /// The first line of each request; empty for a connection that is not HTTP, such as TLS.
    fetches: Mutex<Vec<String>>,
}

struct Documents {
    keys: String,
    certificate: String,
}

impl KeyListener {
    /// Serves the public key and its certificate under these key ids.
    pub(super) fn start(key: &SigningKey, kids: &[&str]) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            stopped: AtomicBool::new(false),
            address,
            documents: Documents::of(key, kids),
            fetches: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        thread::Builder::new().name("auth-testkit-keys".to_owned()).spawn(move || serve(&listener, &serving))?;
        Ok(Self { address, shared })
    }

    /// `127.0.0.1:` and the port.
    pub(super) fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Takes the fetches that were noticed since the last call.
    pub(super) fn take_fetches(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.fetches.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for KeyListener {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Ends the wait for a connection.
        drop(TcpStream::connect_timeout(&self.address, IDLE));
    }
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming() {
        if shared.stopped.load(Ordering::Relaxed) {
            return;
        }
        let Ok(connection) = connection else { continue };
        let shared = Arc::clone(shared);
        // A connection that sends nothing must not hide the fetch after it.
        drop(thread::Builder::new().spawn(move || answer(connection, &shared)));
    }
}

fn answer(mut connection: TcpStream, shared: &Shared) {
    let line = first_line(&mut connection).unwrap_or_default();
    {
        let mut fetches = shared.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        if fetches.len() < KEPT {
            fetches.push(line.clone());
        }
    }
    let (content_type, body) = shared.documents.at(shared.address, &line);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    drop(connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(body.as_bytes())));
}

/// Reads the head of a request, and returns its first line.
fn first_line(connection: &mut TcpStream) -> Option<String> {
    connection.set_read_timeout(Some(IDLE)).ok()?;
    connection.set_write_timeout(Some(IDLE)).ok()?;
    let (mut head, mut part) = (Vec::new(), [0; 1024]);
    while head.len() < HEAD && !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        // The first byte of TLS is not a letter.
        if head.first().is_some_and(|first: &u8| !first.is_ascii_uppercase()) {
            return None;
        }
        match connection.read(&mut part).ok()? {
            0 => break,
            length => head.extend(&part[..length]),
        }
    }
    let text = String::from_utf8_lossy(&head);
    text.lines().next().map(|line| line.chars().take(200).collect())
}

impl Documents {
    fn of(key: &SigningKey, kids: &[&str]) -> Self {
        let keys: Vec<_> = kids
            .iter()
            .map(|kid| {
                let mut jwk = key.jwk.clone();
                jwk["kid"] = (*kid).into();
                jwk["alg"] = key.algorithm.to_string().into();
                jwk["use"] = "sig".into();
                if let Some(certificate) = key.certificate() {
                    jwk["x5c"] = json!([STANDARD.encode(certificate)]);
                }
                jwk
            })
            .collect();
        let certificate = key.certificate().unwrap_or_default();
        Self {
            keys: json!({ "keys": keys }).to_string(),
            certificate: pem::encode(&Pem::new("CERTIFICATE", certificate)),
        }
    }

    /// The document for a request: a certificate, the metadata of an issuer, or the keys.
    fn at(&self, address: SocketAddr, line: &str) -> (&'static str, String) {
        let path = line.split(' ').nth(1).unwrap_or_default();
        if path.ends_with("/certificate.pem") {
            return ("application/x-pem-file", self.certificate.clone());
        }
        if let Some((before, after)) = path.split_once("/.well-known/") {
            // RFC 8414 section 3.1 puts the path of the issuer behind, OpenID Connect before.
            let own = after.split_once('/').map_or_else(|| before.to_owned(), |(_, own)| format!("/{own}"));
            let issuer = format!("http://{address}{own}");
            let metadata = json!({
                "issuer": issuer,
                "jwks_uri": format!("{issuer}/jwks.json"),
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [self.algorithm()],
            });
            return ("application/json", metadata.to_string());
        }
        ("application/json", self.keys.clone())
    }

    fn algorithm(&self) -> String {
        let set: serde_json::Value = serde_json::from_str(&self.keys).unwrap_or_default();
        set["keys"][0]["alg"].as_str().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyListener, SigningKey};
    use auth_runtime::keys::Algorithm;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    fn fetched(listener: &KeyListener, request: &[u8]) -> String {
        let mut connection = TcpStream::connect(listener.authority()).expect("a connection");
        connection.write_all(request).expect("a request");
        let mut answer = Vec::new();
        // A connection that is not HTTP may be reset.
        drop(connection.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn each_document_is_served_and_each_fetch_is_noticed() {
        let key = SigningKey::untrusted(Algorithm::Ed25519);
        let listener = KeyListener::start(&key, &["a", "b"]).expect("a listener");
        let keys = fetched(&listener, b"GET /fetch-1/jwks.json HTTP/1.1\r\nhost: x\r\n\r\n");
        assert!(keys.contains("\"kid\":\"b\"") && keys.contains(key.jwk["x"].as_str().unwrap()), "{keys}");
        let metadata = fetched(&listener, b"GET /fetch-2/.well-known/openid-configuration HTTP/1.1\r\n\r\n");
        assert!(metadata.contains(&format!("http://{}/fetch-2/jwks.json", listener.authority())), "{metadata}");
        let certificate = fetched(&listener, b"GET /fetch-3/certificate.pem HTTP/1.1\r\n\r\n");
        assert!(certificate.contains("BEGIN CERTIFICATE"), "{certificate}");
        fetched(&listener, &[0x16, 0x03, 0x01, 0x00, 0x05]);
        let fetches = listener.take_fetches();
        assert_eq!(fetches.len(), 4, "{fetches:?}");
        assert_eq!(fetches[3], "", "TLS is noticed without a path");
        assert!(listener.take_fetches().is_empty());
    }
}
