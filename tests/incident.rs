//! Replays the incident: requests with bad credentials ran business logic and queried the database.
//!
//! The test attacks every protected route of the orders service, and SQLite itself counts the
//! statements.

use crate::support::{
    AUDIENCE, BARE_CHALLENGE, Clock, Connection, INVALID_TOKEN, ISSUER, Mint, NOW, PROBLEM_401, claims, segments,
    serve, with,
};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::keys::Algorithm;
use auth_runtime::posture::Policy;
use auth_runtime::revocation::RevocationList;
use auth_runtime::{Events, Verifier};
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Orders {
    address: SocketAddr,
    collected: Collected,
    statements: Arc<AtomicUsize>,
    mint: &'static Mint,
    /// The method and path template of every protected route, and of every public one.
    protected: Vec<(&'static str, String)>,
    public: Vec<(&'static str, String)>,
}

async fn orders() -> Orders {
    let mint = Mint::of(Algorithm::Ed25519);
    let (events, collected) = Events::collect();
    let (clock, revoked) = (Clock::standing(), RevocationList::default());
    let verifier = Verifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .keys(mint.key())
        .events(events)
        .revocations(revoked.clone())
        .clock(move || clock.now())
        .build()
        .expect("a verifier");

    let statements = Arc::new(AtomicUsize::new(0));
    let mut connection = rusqlite::Connection::open_in_memory().expect("a database");
    let counted = Arc::clone(&statements);
    let count = move |_: TraceEvent<'_>| {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(count)).expect("a trace hook");

    let app = orders::app(
        orders::Database::new(connection).expect("a schema"),
        verifier,
        orders::Revoked::InMemory(revoked),
        None,
        &orders::Watch::default(),
        auth_runtime::serve::ShutdownSignal::never(),
    );
    assert!(statements.load(Ordering::SeqCst) > 0, "the hook counts statements");
    let posture = app.posture();
    let of_policy = |wanted: fn(&Policy) -> bool| {
        let routes = posture.routes().iter().filter(|route| wanted(&route.policy));
        routes.map(|route| (route.method, route.path.clone())).collect()
    };
    let protected = of_policy(|policy| matches!(policy, Policy::Authenticated { .. }));
    let public = of_policy(|policy| matches!(policy, Policy::Public { .. }));
    Orders { address: serve(app).await, collected, statements, mint, protected, public }
}

impl Orders {
    fn statements(&self) -> usize {
        self.statements.load(Ordering::SeqCst)
    }

    /// Issues a good token with a new `jti`, because some requests log out.
    fn good(&self) -> String {
        static ISSUED: AtomicUsize = AtomicUsize::new(0);
        let id = ISSUED.fetch_add(1, Ordering::SeqCst).to_string();
        self.mint.token(&with(with(claims(), "jti", id), "scope", "orders:write orders:refund orders:audit"))
    }

    async fn request(&self, method: &str, path: &str, authorization: Option<&str>) -> crate::support::Response {
        let authorization = authorization.map(|value| format!("authorization: {value}\r\n")).unwrap_or_default();
        let body = if method == "POST" { r#"{"item":"book","cents":1200}"# } else { "" };
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        Connection::open(self.address).await.exchange(request).await
    }

    /// Returns a path of this template that exists: of an order that was just placed.
    async fn path(&self, template: &str) -> String {
        if !template.contains("{id}") {
            return template.to_owned();
        }
        let placed = self.request("POST", "/orders", Some(&format!("Bearer {}", self.good()))).await;
        let order = placed.header("location").expect("where the order is").to_owned();
        template.replace("{id}", order.rsplit('/').next().expect("a number"))
    }

    /// Positive control: the same request with a good token works, and the hook counts its
    /// statements.
    async fn serves_a_known_caller(&self, method: &str, template: &str) {
        let path = self.path(template).await;
        let before = self.statements();
        let response = self.request(method, &path, Some(&format!("Bearer {}", self.good()))).await;
        assert!((200..300).contains(&response.status), "{method} {path}: {response:?}");
        // `/me` reads only the token, and the feed has no order to show yet.
        let without_a_statement = ["/me", "/logout", "/orders/feed", "/watch", "/watch/feed"].contains(&template);
        assert_eq!(self.statements() > before, !without_a_statement, "{method} {path}");
        assert!(self.collected.take().is_empty());
    }
}

#[tokio::test]
async fn inc_01_bad_credentials_are_rejected_on_every_route_before_a_database_statement() {
    let orders = orders().await;
    assert!(orders.protected.len() >= 5, "{:?}", orders.protected);
    let good = orders.good();
    let [header, payload, _] = segments(&good);
    let others =
        Mint::untrusted(Algorithm::Ed25519).token(&with(claims(), "scope", "orders:write orders:refund orders:audit"));
    let expired = with(with(claims(), "iat", NOW - 900), "exp", NOW - 600);
    let expired = orders.mint.token(&with(expired, "scope", "orders:write orders:refund orders:audit"));
    let bad: [(&str, Option<String>, &str, Reason); 5] = [
        ("missing header", None, BARE_CHALLENGE, Reason::MissingCredentials),
        ("bad signature", Some(format!("Bearer {others}")), INVALID_TOKEN, Reason::BadSignature),
        ("no signature", Some(format!("Bearer {header}.{payload}.")), INVALID_TOKEN, Reason::MalformedToken),
        ("expired token", Some(format!("Bearer {expired}")), INVALID_TOKEN, Reason::Expired),
        ("another scheme", Some("Basic YWxpY2U6c2VjcmV0".to_owned()), BARE_CHALLENGE, Reason::MissingCredentials),
    ];

    for (method, template) in &orders.protected {
        orders.serves_a_known_caller(method, template).await;
        let path = orders.path(template).await;
        for (what, authorization, challenge, reason) in &bad {
            let before = orders.statements();
            let response = orders.request(method, &path, authorization.as_deref()).await;
            let case = format!("{what} on {method} {path}");
            assert_eq!(response.status, 401, "{case}");
            assert_eq!(response.header("www-authenticate"), Some(*challenge), "{case}");
            assert_eq!(response.text(), PROBLEM_401, "{case}");
            assert_eq!(orders.statements(), before, "{case}: a statement ran in the database");
            let events = orders.collected.take();
            assert_eq!(events.len(), 1, "{case}: {events:?}");
            assert_eq!((events[0].reason, events[0].status), (*reason, 401), "{case}");
            assert_eq!(events[0].route.as_deref(), Some(template.as_str()), "{case}");
        }
        orders.serves_a_known_caller(method, template).await;
    }
}

/// The second finding of the review: permissions that did not fail closed.
#[tokio::test]
async fn inc_01_a_missing_permission_is_rejected_before_a_database_statement() {
    let orders = orders().await;
    for (method, template) in &orders.protected {
        let without_scope = with(with(claims(), "scope", "profile"), "jti", format!("{method} {template}"));
        let without_scope = orders.mint.token(&without_scope);
        let path = orders.path(template).await;
        let before = orders.statements();
        let response = orders.request(method, &path, Some(&format!("Bearer {without_scope}"))).await;
        let takes_a_scope = (*method == "POST" && path != "/logout") || path.starts_with("/watch");
        if takes_a_scope {
            assert_eq!(response.status, 403, "{method} {path}");
            assert_eq!(orders.statements(), before, "{method} {path}: a statement ran in the database");
            assert_eq!(orders.collected.take().len(), 1);
        } else {
            assert!((200..300).contains(&response.status), "{method} {path}: {response:?}");
            assert!(orders.collected.take().is_empty());
        }
    }
}

#[tokio::test]
async fn inc_01_public_routes_answer_whatever_the_credentials() {
    let orders = orders().await;
    assert!(!orders.public.is_empty());
    for (method, template) in &orders.public {
        for authorization in [None, Some("Bearer garbage"), Some("Basic YWxpY2U6c2VjcmV0")] {
            let response = orders.request(method, template, authorization).await;
            assert_eq!(response.status, 200, "{method} {template}");
        }
    }
    assert!(orders.collected.take().is_empty());
}
