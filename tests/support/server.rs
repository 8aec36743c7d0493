//! A service on a real socket, and assertions on its responses.

use super::{AUDIENCE, Clock, Connection, ISSUER, Mint, Response, Runs, Service, claims, standard};
use auth_runtime::credentials::VerifierBuilder;
use auth_runtime::events::{Collected, Notice, NoticeKind, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::{AuthEvent, AuthRouter, Claims, Events, KeySet, Verifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::net::TcpListener;

pub(crate) const BARE_CHALLENGE: &str = "Bearer realm=\"api\"";
pub(crate) const INVALID_TOKEN: &str = "Bearer realm=\"api\", error=\"invalid_token\"";
pub(crate) const INVALID_REQUEST: &str = "Bearer realm=\"api\", error=\"invalid_request\"";
pub(crate) const PROBLEM_401: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;

type Complete = VerifierBuilder<Claims, String, String, KeySet, Events>;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    pub(crate) runs: Runs,
    pub(crate) mint: &'static Mint,
    collected: Collected,
}

/// Configures a server.
pub(crate) struct Setup {
    mint: &'static Mint,
    keys: KeySet,
    verifier: Box<dyn FnOnce(Complete) -> Complete>,
    app: Box<dyn FnOnce(Service) -> AuthRouter>,
}

impl Setup {
    /// Sets keys other than that of the mint.
    pub(crate) fn keys(self, keys: impl Into<KeySet>) -> Self {
        Self { keys: keys.into(), ..self }
    }

    pub(crate) fn verifier(self, verifier: impl FnOnce(Complete) -> Complete + 'static) -> Self {
        Self { verifier: Box::new(verifier), ..self }
    }

    pub(crate) fn app(self, app: impl FnOnce(Service) -> AuthRouter + 'static) -> Self {
        Self { app: Box::new(app), ..self }
    }

    pub(crate) async fn start(self) -> Server {
        let (events, collected) = Events::collect();
        let (clock, runs) = (Clock::standing(), Runs::default());
        let builder = {
            let clock = clock.clone();
            Verifier::builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .keys(self.keys)
                .events(events)
                .clock(move || clock.now())
        };
        let verifier = (self.verifier)(builder).build().expect("a verifier");
        let address = serve((self.app)(Service { verifier, runs: runs.clone() })).await;
        Server { address, clock, runs, mint: self.mint, collected }
    }
}

/// Serves a router until the test ends.
pub(crate) async fn serve(app: AuthRouter) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(auth_runtime::serve(listener, app));
    address
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

pub(crate) fn get_with(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n")
}

impl Server {
    pub(crate) fn with(algorithm: Algorithm) -> Setup {
        let mint = Mint::of(algorithm);
        Setup { mint, keys: mint.key().into(), verifier: Box::new(|as_it_is| as_it_is), app: Box::new(standard) }
    }

    /// Serves the standard service, which trusts one Ed25519 key.
    pub(crate) async fn start() -> Self {
        Self::with(Algorithm::Ed25519).start().await
    }

    pub(crate) fn good(&self) -> String {
        self.mint.token(&claims())
    }

    pub(crate) fn events(&self) -> Vec<AuthEvent> {
        self.collected.take()
    }

    pub(crate) fn notices(&self) -> Vec<Notice> {
        self.collected.take_notices()
    }

    /// Waits for the next events, and removes them.
    pub(crate) async fn notice(&self, kind: NoticeKind) -> Notice {
        let mut seen = Vec::new();
        for _ in 0..500 {
            seen.extend(self.notices());
            if let Some(notice) = seen.iter().find(|notice| notice.notice == kind) {
                return notice.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no {kind} in 10 seconds: {seen:?}");
    }

    pub(crate) fn only_event(&self) -> AuthEvent {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "a rejection makes one event: {events:?}");
        events.remove(0)
    }

    /// Sends one request on a new connection.
    pub(crate) async fn exchange(&self, request: impl AsRef<[u8]>) -> Response {
        Connection::open(self.address).await.exchange(request).await
    }

    /// Asserts that a token is accepted, without an event.
    pub(crate) async fn accepts(&self, token: &str) {
        let runs = self.runs.so_far();
        let response = self.exchange(get_with("/me", token)).await;
        assert_eq!(response.status, 200, "{} {:?}", described(token), self.events());
        assert_eq!(self.runs.so_far(), runs + 1);
        let events = self.events();
        assert!(events.is_empty(), "{events:?}");
    }

    pub(crate) async fn accepts_the_good_token(&self) {
        self.accepts(&self.good()).await;
    }

    /// Asserts a 401 for the token: the handler does not run, and one event has no part of the
    /// token.
    pub(crate) async fn refuses(&self, token: &str, reason: Reason) {
        self.refuses_for_one_of(token, &[reason]).await;
    }

    /// Like [`refuses`](Self::refuses), for a token with several defects.
    pub(crate) async fn refuses_for_one_of(&self, token: &str, reasons: &[Reason]) {
        let runs = self.runs.so_far();
        let response = self.exchange(get_with("/me", token)).await;
        assert_eq!(response.status, 401, "{}", described(token));
        assert_eq!(response.header("www-authenticate"), Some(INVALID_TOKEN), "{}", described(token));
        same_as_all_others(&response);
        assert_eq!(self.runs.so_far(), runs, "the handler ran: {}", described(token));
        let event = self.only_event();
        assert!(reasons.contains(&event.reason), "{reasons:?} for {}, not {event:?}", described(token));
        assert_eq!(event.status, 401);
        assert_eq!(event.subject, None, "the subject is not verified: {event:?}");
        assert_no_part_of_token_in(&event, token);
    }

    /// Asserts a 503, because the verifier cannot decide about the token.
    pub(crate) async fn answers_503(&self, token: &str) {
        let runs = self.runs.so_far();
        let response = self.exchange(get_with("/me", token)).await;
        assert_eq!(response.status, 503, "{}", described(token));
        assert!(response.header("retry-after").is_some(), "{response:?}");
        assert_eq!(self.runs.so_far(), runs, "the handler ran: {}", described(token));
        let event = self.only_event();
        assert_eq!((event.reason, event.status), (Reason::VerifierUnavailable, 503), "{event:?}");
    }

    /// Asserts [`refuses`](Self::refuses) for each token, and that a good token works before and
    /// after.
    pub(crate) async fn refuses_each<T: AsRef<str>>(&self, tokens: impl IntoIterator<Item = (T, Reason)>) {
        self.accepts_the_good_token().await;
        for (token, reason) in tokens {
            self.refuses(token.as_ref(), reason).await;
        }
        self.accepts_the_good_token().await;
    }
}

/// T54: every 401 to a bad token in this test binary has the same bytes.
fn same_as_all_others(response: &Response) {
    static FIRST: OnceLock<Response> = OnceLock::new();
    let first = FIRST.get_or_init(|| {
        assert_eq!(response.text(), PROBLEM_401);
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.header("vary"), Some("Authorization"));
        response.clone()
    });
    assert_eq!(response.visible(), first.visible());
}

/// P7: asserts that an event has no part of the token that could be used or that injects text.
pub(crate) fn assert_no_part_of_token_in(event: &AuthEvent, token: &str) {
    let json = serde_json::to_string(event).expect("JSON");
    assert!(!json.contains('\n') && json.is_ascii(), "{json}");
    for part in token.split('.').chain([token]).filter(|part| part.len() >= 8) {
        assert!(!json.contains(part), "{json} tells {part}");
    }
    let kid = header_of(token)["kid"].as_str().map(str::to_owned);
    if let Some(kid) = kid.filter(|kid| kid.len() >= 4) {
        assert!(!json.contains(&kid), "{json} contains the key id {kid}");
    }
}

fn header_of(token: &str) -> Value {
    let header = token.split('.').next().unwrap_or_default();
    URL_SAFE_NO_PAD.decode(header).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
}

/// The token as a failing test prints it.
fn described(token: &str) -> String {
    let parts = token.split('.').take(4).map(|part| {
        let decoded = URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        decoded.unwrap_or_else(|| part.to_owned()).chars().take(300).collect::<String>()
    });
    parts.collect::<Vec<_>>().join(" . ")
}
