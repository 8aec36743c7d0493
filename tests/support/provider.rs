//! A certified OpenID provider in its own process, which a test can kill and restart with other
//! keys.

use super::program::free_address;
use super::{Connection, Response};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use test_support::{Process, is_installed, require_or_skip};

const SECRET: &str = "secret-of-a-test";

pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    /// The issuer, as its document names it.
    pub(crate) issuer: String,
    keys: PathBuf,
    running: Option<Process>,
}

/// The tokens that a client gets for a code.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) id: String,
}

impl Provider {
    /// Starts a provider with these keys: the first for an algorithm signs, all are published.
    /// `None`, with a message, where it is not installed.
    pub(crate) async fn start(keys: &[Value]) -> Option<Self> {
        let mut provider = Self::down(keys)?;
        provider.restart(keys).await;
        Some(provider)
    }

    /// Creates a provider that does not run yet.
    pub(crate) fn down(keys: &[Value]) -> Option<Self> {
        installed()?;
        let address = free_address();
        let file = format!("provider-{}-{}.json", std::process::id(), address.port());
        let provider = Self {
            address,
            issuer: format!("http://{address}"),
            keys: Path::new(env!("CARGO_TARGET_TMPDIR")).join(file),
            running: None,
        };
        provider.publish(keys);
        Some(provider)
    }

    /// Starts it at an address, under any issuer name.
    pub(crate) async fn claiming(mut self, issuer: &str) -> Self {
        issuer.clone_into(&mut self.issuer);
        self.up().await;
        self
    }

    pub(crate) async fn restart(&mut self, keys: &[Value]) {
        self.kill();
        self.publish(keys);
        self.up().await;
    }

    pub(crate) async fn up(&mut self) {
        let mut command = Command::new("node");
        command
            .arg(folder().join("provider.mjs"))
            .args(["--port", &self.address.port().to_string(), "--issuer", &self.issuer])
            .arg("--keys")
            .arg(&self.keys);
        // The process ends when its stdin is closed, so it ends with the test.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Process::spawned(&mut command).expect("node");
        // A blocking wait in another thread, so that other tasks of the test continue.
        let waiting = tokio::task::spawn_blocking(move || {
            let issuer = process.line_with("listening as ");
            (process, issuer)
        });
        let (process, issuer) = waiting.await.expect("the provider listens");
        assert_eq!(issuer, self.issuer);
        self.running = Some(process);
    }

    /// Sends SIGKILL, so that connections are not closed in order.
    pub(crate) fn kill(&mut self) {
        self.running = None;
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Gets an access token by the client credentials grant.
    pub(crate) async fn token(&self, resource: &str, scope: &str) -> String {
        let form = format!("grant_type=client_credentials&resource={resource}&scope={scope}");
        member(&self.ask_for_token("storefront", &form).await, "access_token")
    }

    /// Gets the tokens of the authorization code grant for the user Alice.
    pub(crate) async fn tokens_of_alice(&self, client: &str, resource: Option<&str>, nonce: Option<&str>) -> Tokens {
        let resource = resource.map(|resource| format!("&resource={resource}")).unwrap_or_default();
        let nonce = nonce.map(|nonce| format!("&nonce={nonce}")).unwrap_or_default();
        let redirect = "redirect_uri=http://127.0.0.1/done";
        let mut location = format!(
            "/auth?response_type=code&client_id={client}&scope=openid%20orders:read&{redirect}{resource}{nonce}"
        );
        let mut cookies = String::new();
        let code = loop {
            if let Some((_, code)) = location.split_once("/done?code=") {
                break code.split('&').next().unwrap_or_default().to_owned();
            }
            let path = location.strip_prefix(&self.issuer).unwrap_or(&location);
            assert!(path.starts_with('/'), "Alice was sent to {location}");
            let response = self.exchange(&format!("GET {path} HTTP/1.1\r\ncookie: {cookies}\r\n"), "").await;
            for (_, cookie) in response.headers.iter().filter(|(name, _)| name == "set-cookie") {
                cookies = format!("{cookies}{}; ", cookie.split(';').next().unwrap_or_default());
            }
            response.header("location").expect("a redirect").clone_into(&mut location);
        };
        let form = format!("grant_type=authorization_code&code={code}&{redirect}{resource}");
        let tokens = self.ask_for_token(client, &form).await;
        Tokens { access: member(&tokens, "access_token"), id: member(&tokens, "id_token") }
    }

    /// Gets the signed user info of Alice, for a token without a resource (OpenID Connect Core
    /// section 5.3.2).
    pub(crate) async fn user_info(&self, token: &str) -> String {
        let response = self.exchange(&format!("GET /me HTTP/1.1\r\nauthorization: Bearer {token}\r\n"), "").await;
        assert_eq!(response.status, 200, "{}", response.text());
        response.text().to_owned()
    }

    /// Revokes a token of a client (RFC 7009).
    pub(crate) async fn revoke(&self, client: &str, token: &str) {
        let response = self.exchange(&as_client("/token/revocation", client), &format!("token={token}")).await;
        assert_eq!(response.status, 200, "{}", response.text());
    }

    async fn ask_for_token(&self, client: &str, form: &str) -> Value {
        let response = self.exchange(&as_client("/token", client), form).await;
        assert_eq!(response.status, 200, "{form}: {}", response.text());
        serde_json::from_slice(&response.body).expect("JSON")
    }

    async fn exchange(&self, head: &str, body: &str) -> Response {
        let rest = format!("host: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", self.address, body.len());
        Connection::open(self.address).await.exchange(format!("{head}{rest}{body}")).await
    }

    fn publish(&self, keys: &[Value]) {
        std::fs::write(&self.keys, Value::from(keys).to_string()).expect("a file");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_file(&self.keys);
    }
}

/// The head of a request with a form, which a client authenticates with its secret.
fn as_client(path: &str, client: &str) -> String {
    let credentials = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{client}:{SECRET}"));
    format!(
        "POST {path} HTTP/1.1\r\nauthorization: Basic {credentials}\r\n\
         content-type: application/x-www-form-urlencoded\r\n"
    )
}

fn member(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("openid-provider")
}

fn installed() -> Option<()> {
    let there = is_installed("node") && folder().join("node_modules/oidc-provider").is_dir();
    require_or_skip(there, "no OpenID provider: run tests/openid-provider/install")
}
