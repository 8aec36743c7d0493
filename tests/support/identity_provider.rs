//! Canaille and django-oauth-toolkit, each in its own process, with a sign-in through its pages.

use super::browser::{Browser, REDIRECT, encoded};
use super::program::free_address;
use super::{Connection, Response, base64url};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use test_support::{Process, require_or_skip};

const SECRET: &str = "secret-of-a-test-with-32-letters";
/// For PKCE (RFC 7636 section 4.1).
const VERIFIER: &str = "a-code-verifier-of-a-test-with-at-least-43-letters";

/// An identity provider as an operator installs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Software {
    /// Its access tokens are JWTs with the claims of an ID token.
    Canaille,
    /// Its access tokens are opaque, except for the clients that `django_provider.py` names.
    DjangoOauthToolkit,
}

pub(crate) struct IdentityProvider {
    /// The issuer, as its document names it.
    pub(crate) issuer: String,
    software: Software,
    address: SocketAddr,
    folder: PathBuf,
    running: Option<Process>,
}

/// The tokens that a client gets for a code.
pub(crate) struct SignedIn {
    pub(crate) access: String,
    pub(crate) id: String,
    refresh: String,
}

impl IdentityProvider {
    /// Starts a provider with these keys: the first signs, all are published.
    /// `None`, with a message, where it is not installed.
    pub(crate) async fn start(software: Software, keys: &[Value]) -> Option<Self> {
        let there = folder().join(".venv/installed").exists();
        require_or_skip(there, "no identity providers: run tests/identity-providers/install")?;
        let address = free_address();
        let path = if software == Software::Canaille { "" } else { "/o" };
        let name = format!("identity-provider-{}-{}", std::process::id(), address.port());
        let mut provider = Self {
            issuer: format!("http://{address}{path}"),
            software,
            address,
            folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name),
            running: None,
        };
        fs::create_dir_all(&provider.folder).expect("a folder");
        provider.restart(keys).await;
        Some(provider)
    }

    pub(crate) async fn restart(&mut self, keys: &[Value]) {
        self.kill();
        let file = self.folder.join("keys.json");
        fs::write(&file, Value::from(keys).to_string()).expect("a file");
        let mut command = Command::new(folder().join(".venv/bin/python"));
        let script = match self.software {
            Software::Canaille => "canaille_provider.py",
            Software::DjangoOauthToolkit => "django_provider.py",
        };
        // -B: without compiled files beside the sources.
        command.arg("-B").arg(folder().join(script)).args(["--port", &self.address.port().to_string()]);
        command.arg("--keys").arg(file).arg("--data").arg(&self.folder);
        // The process ends when its stdin is closed, so it ends with the test.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Process::spawned(&mut command).expect("python");
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

    /// Signs a user in at a client, through the pages for the password and the consent.
    ///
    /// It is the code flow with PKCE (RFC 7636).
    pub(crate) async fn sign_in(&self, user: &str, client: &str, scope: &str, resource: Option<&str>) -> SignedIn {
        let document = self.document().await;
        let challenge = base64url(digest(&SHA256, VERIFIER.as_bytes()));
        let mut request = vec![
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", REDIRECT),
            ("scope", scope),
            ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        request.extend(resource.map(|resource| ("resource", resource)));
        let password = format!("the password of {user}");
        let fields = [("login", user), ("username", user), ("password", &password)];
        let page = format!("{}?{}", member(&document, "authorization_endpoint"), encoded(request));
        let answer = Browser::new(self.address).sign_in(&page, &fields).await;
        let code = answer.get("code").unwrap_or_else(|| panic!("no code: {answer:?}"));
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        form.extend(resource.map(|resource| ("resource", resource)));
        let tokens = self.post(&member(&document, "token_endpoint"), client, &form).await;
        let [access, id, refresh] = ["access_token", "id_token", "refresh_token"].map(|name| member(&tokens, name));
        SignedIn { access, id, refresh }
    }

    /// Gets another access token of a sign-in.
    pub(crate) async fn refreshed(&self, client: &str, signed_in: &SignedIn, more: &[(&str, &str)]) -> String {
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", signed_in.refresh.as_str())];
        let form: Vec<_> = refresh.iter().chain(more).copied().collect();
        let endpoint = member(&self.document().await, "token_endpoint");
        member(&self.post(&endpoint, client, &form).await, "access_token")
    }

    /// Gets the signed user info (OpenID Connect Core section 5.3.2).
    pub(crate) async fn user_info(&self, access: &str) -> String {
        let endpoint = member(&self.document().await, "userinfo_endpoint");
        let response = self.exchange("GET", &endpoint, &format!("authorization: Bearer {access}\r\n"), "").await;
        assert_eq!(response.status, 200, "{}", response.text());
        response.text().to_owned()
    }

    /// Gets an access token by the client credentials grant.
    pub(crate) async fn token(&self, client: &str, more: &[(&str, &str)]) -> String {
        let form: Vec<_> = [("grant_type", "client_credentials")].iter().chain(more).copied().collect();
        let endpoint = member(&self.document().await, "token_endpoint");
        member(&self.post(&endpoint, client, &form).await, "access_token")
    }

    /// Posts a form with the id and the secret of a client.
    pub(crate) async fn post(&self, url: &str, client: &str, form: &[(&str, &str)]) -> Value {
        // RFC 6749 section 2.3.1: both are encoded as in a form.
        let id = encoded([("", client)]);
        let credentials = BASE64_STANDARD.encode(format!("{}:{SECRET}", id.trim_start_matches('=')));
        let head = format!("authorization: Basic {credentials}\r\ncontent-type: application/x-www-form-urlencoded\r\n");
        let body = encoded(form.iter().copied());
        json(&self.exchange("POST", url, &head, &body).await)
    }

    async fn document(&self) -> Value {
        let url = format!("{}/.well-known/openid-configuration", self.issuer);
        json(&self.exchange("GET", &url, "", "").await)
    }

    async fn exchange(&self, method: &str, url: &str, headers: &str, body: &str) -> Response {
        let path = url.strip_prefix(&format!("http://{}", self.address)).expect("an address of the provider");
        let rest = format!("host: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", self.address, body.len());
        let request = format!("{method} {path} HTTP/1.1\r\n{headers}{rest}{body}");
        Connection::open(self.address).await.exchange(request).await
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn member(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
}

fn json(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    serde_json::from_slice(&response.body).expect("JSON")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("identity-providers")
}
