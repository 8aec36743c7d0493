//! Tests that keys come over https only from the server that the certificate names.

use super::{mint, server};
use crate::support::{Authority, KID, Mint, Publisher};
use auth_runtime::keys::Algorithm;
use auth_runtime::{ConfigError, KeySet};
use rcgen::{CertificateParams, date_time_ymd};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

impl Authority {
    /// A key server with a certificate for a name.
    async fn server_named(&self, name: &str) -> KeyServer {
        self.server(CertificateParams::new([name.to_owned()]).expect("a name")).await
    }

    async fn server(&self, params: CertificateParams) -> KeyServer {
        KeyServer::start(self.acceptor(&params)).await
    }
}

/// A server that sends the mint's key at `/jwks`, or a redirect.
struct KeyServer {
    address: SocketAddr,
    elsewhere: Arc<Mutex<Option<String>>>,
    /// The request lines that arrived after the handshake.
    requests: Arc<Mutex<Vec<String>>>,
}

impl KeyServer {
    async fn start(acceptor: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        let elsewhere = Arc::<Mutex<Option<String>>>::default();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let server = Self { address, elsewhere: Arc::clone(&elsewhere), requests: Arc::clone(&requests) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Clients that do not trust the certificate end the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0)
                {
                }
                let request = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
                let elsewhere = elsewhere.lock().unwrap().clone().filter(|_| request.starts_with("GET /jwks "));
                requests.lock().unwrap().push(request);
                let (head, body) = match elsewhere {
                    Some(url) => (format!("302 Found\r\nlocation: {url}"), String::new()),
                    None => ("200 OK".to_owned(), json!({"keys": [mint().published(KID)]}).to_string()),
                };
                let length = body.len();
                let answer = format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        server
    }

    fn url(&self) -> String {
        format!("https://{}/jwks", self.address)
    }

    fn redirects_to(&self, url: &str) {
        *self.elsewhere.lock().unwrap() = Some(url.to_owned());
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Returns the error of a service that trusts this authority.
async fn refused(server: &KeyServer, authority: &Authority) -> String {
    let keys = KeySet::remote(server.url()).root_certificate(authority.pem().as_bytes()).await;
    let error = keys.expect_err("a certificate that is not trusted");
    assert!(matches!(error, ConfigError::KeySetUnreachable { .. }), "{error:?}");
    assert!(server.requests().is_empty(), "a request was sent to an untrusted server: {:?}", server.requests());
    let error = error.to_string();
    assert!(error.contains(&server.url()), "{error}");
    error.to_lowercase()
}

#[tokio::test]
async fn keys_come_over_https_from_a_private_authority() {
    let authority = Authority::new();
    for name in ["127.0.0.1", "localhost"] {
        let keys = authority.server_named(name).await;
        let url = keys.url().replace("127.0.0.1", name);
        let set = KeySet::remote(url).root_certificate(authority.pem().as_bytes()).await.unwrap();
        let server = server(set).await;
        server.accepts_the_good_token().await;
        let untrusted = Mint::untrusted(Algorithm::Ed25519).token(&crate::support::claims());
        server.refuses(&untrusted, auth_runtime::events::Reason::BadSignature).await;
        assert_eq!(keys.requests(), ["GET /jwks HTTP/1.1"]);
    }
    // One of several authorities.
    let keys = authority.server_named("127.0.0.1").await;
    let bundle = Authority::new().pem() + &authority.pem();
    KeySet::remote(keys.url()).root_certificate(bundle.as_bytes()).await.unwrap();
}

/// Kubernetes mounts its authority as a file, and may replace it.
#[tokio::test]
async fn the_file_of_an_authority_is_read_again_after_a_failure() {
    let (authority, next) = (Authority::new(), Authority::called("Next"));
    let keys = authority.server_named("127.0.0.1").await;
    let file = std::env::temp_dir().join(format!("auth-keys-{}-ca.crt", std::process::id()));
    std::fs::write(&file, next.pem()).unwrap();
    let set = || KeySet::remote(keys.url()).root_certificate_file(&file).cooldown(super::SHORT);
    set().await.expect_err("another authority");
    let server = server(set().start_degraded().unwrap()).await;
    server.notice(auth_runtime::events::NoticeKind::KeySetMissing).await;
    std::fs::write(&file, authority.pem()).unwrap();
    server.notice(auth_runtime::events::NoticeKind::KeySetRestored).await;
    server.accepts_the_good_token().await;
    std::fs::remove_file(&file).unwrap();
    let error = set().start_degraded().expect_err("no file").to_string();
    assert!(error.contains(&*file.to_string_lossy()), "{error}");
}

#[tokio::test]
async fn an_unknown_authority_is_rejected_with_the_reason() {
    let keys = Authority::new().server_named("127.0.0.1").await;
    let error = refused(&keys, &Authority::called("Another")).await;
    assert!(error.contains("certificate") && error.contains("unknown"), "{error}");
    // The name of the authority alone is not sufficient.
    let error = refused(&keys, &Authority::new()).await;
    assert!(error.contains("certificate") && error.contains("signature"), "{error}");
    let error =
        KeySet::remote(keys.url()).await.expect_err("the authorities of the system only").to_string().to_lowercase();
    assert!(error.contains("certificate") && error.contains("unknown"), "{error}");
    assert!(keys.requests().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    for name in ["id.example.com", "127.0.0.2", "localhost", "*.0.0.1"] {
        let error = refused(&authority.server_named(name).await, &authority).await;
        assert!(error.contains("not valid for"), "{name}: {error}");
    }
}

#[tokio::test]
async fn an_expired_or_not_yet_valid_certificate_is_rejected() {
    let authority = Authority::new();
    for (from, to, why) in [(2001, 2002, "expired"), (2901, 2902, "not valid yet")] {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let error = refused(&authority.server(params).await, &authority).await;
        assert!(error.contains(why), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_from_https_to_another_server_is_not_followed() {
    let authority = Authority::new();
    let attacker = Publisher::of(&[Mint::untrusted(Algorithm::Ed25519).published(KID)]);
    let other = authority.server_named("127.0.0.1").await;
    let keys = authority.server_named("127.0.0.1").await;
    let get = || KeySet::remote(keys.url()).root_certificate(authority.pem().as_bytes()).into_future();
    for elsewhere in [
        attacker.url("/jwks"),
        // The same address without TLS.
        keys.url().replace("https://", "http://"),
        other.url(),
        keys.url().replace("127.0.0.1", "localhost"),
        format!("//{}/jwks", other.address),
    ] {
        keys.redirects_to(&elsewhere);
        let error = get().await.expect_err(&elsewhere).to_string();
        assert!(error.contains("redirect to another host"), "{elsewhere}: {error}");
    }
    assert!(attacker.all_requests().is_empty() && other.requests().is_empty());
    keys.redirects_to("/keys");
    server(get().await.unwrap()).await.accepts_the_good_token().await;
}
