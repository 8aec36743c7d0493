//! One route for guests and known callers: no credential is a guest, and a bad one is rejected.

use crate::support::{
    BARE_CHALLENGE, INVALID_TOKEN, PROBLEM_401, Response, Runs, Server, Service, claims, get, get_with, routes, with,
};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::opt_out::OptOut;
use auth_runtime::revocation::{RevocationError, Revocations, TokenIdentity};
use auth_runtime::routing::{get as route_get, post};
use auth_runtime::{AuthRouter, Claims, Events, Vault, Verifier, Visitor, public};
use auth_testkit::{TestIssuer, attack};
use axum::extract::{FromRef, State};
use std::borrow::Cow;
use std::future::ready;
use std::pin::Pin;

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article(visitor: Visitor<Claims>, State(service): State<Service>) -> String {
    service.runs.count();
    visitor.caller().map_or_else(|| "a guest".to_owned(), |caller| caller.sub.clone())
}

/// The parameter is inserted.
#[public(reason = "articles are for everyone", expires = "2999-12-31", optional = Claims)]
async fn comment(State(service): State<Service>, body: String) -> String {
    service.runs.count();
    body
}

/// Without the attribute, as in a closure: a reason of one's own.
struct Preview;

impl OptOut for Preview {
    type Opens = ();

    fn reason() -> Option<Cow<'static, str>> {
        Some("previews are for everyone".into())
    }
}

async fn server() -> Server {
    Server::with(Algorithm::Ed25519)
        .app(|service| {
            routes()
                .route("/article", route_get(article))
                .route("/comments", post(comment))
                .route("/preview", route_get(|_: Visitor<Claims, Preview>| async { "preview" }))
                .route("/bare", route_get(|_: Visitor<Claims>| async { "bare" }))
                .with_state(service)
        })
        .start()
        .await
}

fn vary(response: &Response) -> Option<&str> {
    response.header("vary")
}

#[tokio::test]
async fn a_guest_is_answered_without_an_event_and_a_good_token_names_the_caller() {
    let server = server().await;
    let guest = server.exchange(get("/article")).await;
    assert_eq!((guest.status, guest.text()), (200, "a guest"));
    // A cache may store it, and must not send it to a caller with a token.
    assert_eq!((vary(&guest), guest.header("cache-control")), (Some("Authorization"), None));
    let known = server.exchange(get_with("/article", &server.good())).await;
    assert_eq!((known.status, known.text()), (200, "alice"));
    assert_eq!((vary(&known), known.header("cache-control")), (Some("Authorization"), Some("no-store")));
    assert_eq!(server.exchange(get("/preview")).await.text(), "preview");
    assert_eq!(server.exchange(get("/bare")).await.text(), "bare");
    let posted = "POST /comments HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\nhi";
    assert_eq!(server.exchange(posted).await.text(), "hi");
    let events = server.events();
    assert!(events.is_empty(), "{events:?}");
}

#[tokio::test]
async fn a_bad_credential_is_rejected_with_one_event_and_is_never_a_guest() {
    let server = server().await;
    let good = server.good();
    let expired = server.mint.token(&with(claims(), "exp", 1));
    let plain = |line: &str| format!("GET /article HTTP/1.1\r\nhost: localhost\r\nauthorization: {line}\r\n\r\n");
    let cases = [
        (get_with("/article", &expired), 401, INVALID_TOKEN, Reason::Expired),
        (get_with("/article", "garbage"), 401, INVALID_TOKEN, Reason::MalformedToken),
        (plain("Bearer"), 401, INVALID_TOKEN, Reason::PlaceholderToken),
        (plain(""), 401, BARE_CHALLENGE, Reason::MissingCredentials),
        (plain("Basic YWxpY2U6c2VjcmV0"), 401, BARE_CHALLENGE, Reason::MissingCredentials),
        (plain(&format!("Token {good}")), 401, BARE_CHALLENGE, Reason::MissingCredentials),
        (get(&format!("/article?access_token={good}")), 401, BARE_CHALLENGE, Reason::TokenInQuery),
    ];
    for (request, status, challenge, reason) in cases {
        let response = server.exchange(&request).await;
        assert_eq!(response.status, status, "{request}");
        assert_eq!(response.text(), PROBLEM_401, "{request}");
        assert_eq!(response.header("www-authenticate"), Some(challenge), "{request}");
        assert_eq!(response.header("cache-control"), Some("no-store"), "{request}");
        assert_eq!(server.only_event().reason, reason, "{request}");
    }
    let two = format!(
        "GET /article HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {good}\r\nauthorization: Bearer {good}\r\n\r\n"
    );
    assert_eq!(server.exchange(&two).await.status, 400);
    assert_eq!(server.only_event().reason, Reason::SeveralCredentials);
    assert_eq!(server.runs.so_far(), 0, "the handler ran");
}

/// P4: the body never arrives, and the rejection does.
#[tokio::test]
async fn a_bad_token_is_rejected_before_the_body_is_read() {
    let server = server().await;
    let head = "POST /comments HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer x.y.z\r\ncontent-length: 9\r\n\r\n";
    let response = server.exchange(head).await;
    assert_eq!((response.status, server.only_event().reason), (401, Reason::MalformedToken));
    assert_eq!(server.runs.so_far(), 0);
}

/// Cannot be reached.
struct Unreachable;

impl Revocations for Unreachable {
    fn check<'a>(
        &'a self,
        _: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        Box::pin(ready(Err(RevocationError::Unavailable("connection refused".into()))))
    }

    fn name(&self) -> String {
        "the test's store".to_owned()
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_verified_now_is_503_and_guests_are_still_answered() {
    let server = Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.revocations(Unreachable))
        .app(|service| routes().route("/article", route_get(article)).with_state(service))
        .start()
        .await;
    let response = server.exchange(get_with("/article", &server.good())).await;
    assert_eq!((response.status, server.only_event().reason), (503, Reason::VerifierUnavailable));
    assert_eq!(server.runs.so_far(), 0);
    assert_eq!(server.exchange(get("/article")).await.text(), "a guest");
    assert!(server.events().is_empty());
}

/// During a migration: the same handler on a plain router.
#[tokio::test]
async fn on_a_plain_router_a_visitor_is_decided_in_the_same_way() {
    let issuer = TestIssuer::new();
    let (events, collected) = Events::collect();
    let verifier = issuer.verifier(events).expect("a verifier");
    let service = Service { verifier, runs: Runs::default() };
    let app: axum::Router = axum::Router::new().route("/article", axum::routing::get(article)).with_state(service);
    let ask = |token: Option<String>| {
        let mut request = http::Request::get("/article");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(axum::body::Body::empty()).expect("a request");
        let app = app.clone();
        async move { tower::ServiceExt::oneshot(app, request).await.expect("an answer").status().as_u16() }
    };
    assert_eq!(ask(None).await, 200);
    assert_eq!(ask(Some(issuer.token().signed())).await, 200);
    assert!(collected.take().is_empty());
    assert_eq!(ask(Some("x.y.z".to_owned())).await, 401);
    assert_eq!(collected.take().len(), 1);
}

struct Drafts;

#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<Claims>,
    drafts: Vault<Drafts, Claims>,
}

#[public(reason = "articles are for everyone", optional = Claims)]
async fn drafts(visitor: Visitor<Claims>, State(drafts): State<Vault<Drafts, Claims>>) -> &'static str {
    match visitor.caller() {
        Some(caller) => {
            let Drafts = drafts.open(caller);
            "drafts"
        }
        None => "no drafts",
    }
}

#[tokio::test]
async fn the_kit_expects_that_guests_are_answered_and_bad_tokens_are_not() {
    let issuer = TestIssuer::new();
    let verifier = issuer.verifier(Events::collect().0).expect("a verifier");
    let app =
        AuthRouter::new().route("/drafts", route_get(drafts)).with_state(App { verifier, drafts: Vault::new(Drafts) });
    let report = attack(app).with(&issuer).await;
    report.assert_nothing_got_through();
    assert!(report.to_string().contains(" to 1 routes"), "{report}");
}
