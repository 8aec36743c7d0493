//! A real Redis server for one test.

use super::Authority;
use super::program::free_address;
use pem::Pem;
use rcgen::CertificateParams;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use test_support::{LIMIT, Process, is_installed, require_or_skip, run};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(crate) struct Redis {
    port: u16,
    /// The TLS port and certificate, if there are any.
    tls: Vec<String>,
    server: Option<Process>,
}

impl Redis {
    /// Starts a server. `None`, with a message, where Redis is not installed; in CI the test fails.
    pub(crate) fn start() -> Option<Self> {
        require_or_skip(is_installed("redis-server"), "no Redis: install Debian's package `redis-server`")?;
        let mut redis = Self { port: free_address().port(), tls: Vec::new(), server: None };
        redis.restart();
        Some(redis)
    }

    /// Starts a server that also speaks TLS with a certificate for 127.0.0.1, and returns the TLS
    /// URL.
    pub(crate) fn with_tls(authority: &Authority) -> Option<(Self, String)> {
        require_or_skip(is_installed("redis-server"), "no Redis: install Debian's package `redis-server`")?;
        let port = free_address().port();
        let (certificate, key) = authority.certify(&CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name"));
        let file = |tag: &str, der: Vec<u8>| {
            let name = format!("redis-{}-{port}-{}.pem", std::process::id(), tag.replace(' ', "-"));
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            std::fs::write(&path, pem::encode(&Pem::new(tag, der))).expect("a file");
            path.into_os_string().into_string().expect("a path")
        };
        let tls = vec![
            "--tls-port".to_owned(),
            port.to_string(),
            "--tls-cert-file".to_owned(),
            file("CERTIFICATE", certificate.der().to_vec()),
            "--tls-key-file".to_owned(),
            file("PRIVATE KEY", key.serialize_der()),
            "--tls-auth-clients".to_owned(),
            "no".to_owned(),
        ];
        let mut redis = Self { port: free_address().port(), tls, server: None };
        redis.restart();
        Some((redis, format!("rediss://127.0.0.1:{port}/")))
    }

    /// Starts it without data.
    pub(crate) fn restart(&mut self) {
        let mut server = Command::new("redis-server");
        server.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        server.args(&self.tls);
        let server = self.server.insert(Process::start(server));
        let (begun, printed) = (Instant::now(), server.stdout());
        while self.cli(&["PING"]).trim() != "PONG" {
            assert!(begun.elapsed() < LIMIT, "no answer of the Redis server within {LIMIT:?}: {printed}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn kill(&mut self) {
        self.server = None;
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Returns the output of `redis-cli`.
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        command.args(["-p", &self.port.to_string()]).args(arguments);
        String::from_utf8(run(command).stdout).expect("text").trim().to_owned()
    }
}

/// Proxies a server. A test can silence the open connections; later ones work.
pub(crate) struct Proxy {
    port: u16,
    silenced: watch::Sender<()>,
}

impl Proxy {
    pub(crate) async fn before(redis: &Redis) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let (silenced, _) = watch::channel(());
        let (server, silenced_here) = (redis.port, silenced.clone());
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut silence = silenced_here.subscribe();
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(("127.0.0.1", server)).await.expect("a server");
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        // The connection stays open without data.
                        _ = silence.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { port, silenced }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub(crate) fn silence(&self) {
        self.silenced.send_replace(());
    }
}
