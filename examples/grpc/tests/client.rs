//! Calls the example with tonic's own client over HTTP/2, and attacks it.

use auth_runtime::decision::RejectionContext;
use auth_runtime::events::{Collected, Reason};
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::routing::post;
use auth_runtime::{AuthRouter, Claims, Events, Verifier, authenticated};
use auth_testkit::lock::Lock;
use auth_testkit::{Target, TestIssuer, attack};
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::State;
use axum::middleware::{Next, from_fn_with_state};
use futures_util::{StreamExt, stream};
use grpc::proto::orders_client::OrdersClient;
use grpc::proto::{ListRequest, Order, VersionRequest, WatchRequest};
use grpc::{Service, app};
use http::{Request, Response, Version};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use test_support::LIMIT;
use tokio::net::TcpListener;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tower::ServiceExt;

struct Server {
    client: OrdersClient<Channel>,
    issuer: TestIssuer,
    events: Collected,
    revoked: RevocationList,
    /// How many seconds the clock of the service is ahead.
    ahead: Arc<AtomicU64>,
}

fn verifier(issuer: &TestIssuer, events: Events, revoked: RevocationList, ahead: Arc<AtomicU64>) -> Verifier<Claims> {
    Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(events)
        .revocations(revoked)
        .clock(move || SystemTime::now() + Duration::from_secs(ahead.load(Ordering::SeqCst)))
        .recheck_every(Duration::from_millis(10))
        .build()
        .expect("a verifier")
}

impl Server {
    async fn start() -> Self {
        let issuer = TestIssuer::new();
        let (sink, events) = Events::collect();
        let (revoked, ahead) = (RevocationList::default(), Arc::default());
        let router = app(verifier(&issuer, sink, revoked.clone(), Arc::clone(&ahead)), Service::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(auth_runtime::serve(listener, router));
        let channel = Endpoint::from_shared(address).expect("an address").connect().await.expect("HTTP/2");
        Self { client: OrdersClient::new(channel), issuer, events, revoked, ahead }
    }

    fn token(&self, scope: &str) -> String {
        self.issuer.token().scope(scope).signed()
    }

    fn only_event(&self) -> (Reason, Option<String>) {
        let mut events = self.events.take();
        assert_eq!(events.len(), 1, "{events:?}");
        let event = events.remove(0);
        (event.reason, event.route.map(|route| route.to_string()))
    }
}

/// A request with a token.
fn with<T>(token: &str, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    let value = format!("Bearer {token}").parse().expect("metadata");
    request.metadata_mut().insert("authorization", value);
    request
}

fn tea() -> Order {
    Order { item: "tea".to_owned() }
}

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, future).await.unwrap_or_else(|_| panic!("{what}"))
}

/// P8: the same status and message, whatever is wrong with the token.
fn assert_unauthenticated(status: &Status) {
    assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "unauthenticated"), "{status:?}");
}

#[tokio::test]
async fn methods_get_the_proof_of_their_caller() {
    let mut server = Server::start().await;
    let (read, write) = (server.token("orders:read"), server.token("orders:write"));
    server.client.place(with(&write, tea())).await.expect("placed");
    let orders = stream::iter([tea(), tea()]);
    let imported = server.client.import(with(&write, orders)).await.expect("imported").into_inner();
    assert_eq!(imported.orders.len(), 3);
    let list = server.client.list(with(&read, ListRequest {})).await.expect("a list").into_inner();
    assert_eq!(list.orders, vec![tea(); 3]);
    let other = server.issuer.token().subject("bob").scope("orders:read").signed();
    let list = server.client.list(with(&other, ListRequest {})).await.expect("a list").into_inner();
    assert_eq!(list.orders, []);
    let version = server.client.version(VersionRequest {}).await.expect("public").into_inner();
    assert_eq!(version.version, "0.1.0");
    assert!(server.events.take().is_empty());
}

/// Sends one request to a method, and returns the status of its rejection.
async fn rejected(server: &Server, method: &str, token: &str) -> Status {
    let mut client = server.client.clone();
    let outcome = match method {
        "List" => client.list(with(token, ListRequest {})).await.map(drop),
        "Place" => client.place(with(token, tea())).await.map(drop),
        "Watch" => client.watch(with(token, WatchRequest {})).await.map(drop),
        _ => client.import(with(token, stream::iter([tea()]))).await.map(drop),
    };
    outcome.expect_err("rejected")
}

/// The client of tonic reads these statuses, and each attack makes one event.
#[tokio::test]
async fn each_method_rejects_bad_tokens_over_http2_with_one_status() {
    let server = Server::start().await;
    let token = || server.issuer.token().scope("orders:read").scope("orders:write");
    for (bad, reason) in [
        (token().signed_with_untrusted_key(), Reason::BadSignature),
        (token().expired().signed(), Reason::Expired),
        (token().unsigned(), Reason::MalformedToken),
        (token().claim("aud", "another").signed(), Reason::WrongAudience),
        ("x".to_owned(), Reason::MalformedToken),
    ] {
        for method in ["List", "Place", "Watch", "Import"] {
            assert_unauthenticated(&rejected(&server, method, &bad).await);
            assert_eq!(server.only_event(), (reason, Some(format!("/orders.v1.Orders/{method}"))));
        }
    }
    let mut client = server.client.clone();
    assert_unauthenticated(&client.list(ListRequest {}).await.expect_err("no credentials"));
    assert_eq!(server.only_event().0, Reason::MissingCredentials);
}

#[tokio::test]
async fn method_requires_its_own_permission() {
    let server = Server::start().await;
    for (method, scope) in
        [("List", "orders:write"), ("Watch", "orders:write"), ("Place", "orders:read"), ("Import", "orders:read")]
    {
        let status = rejected(&server, method, &server.token(scope)).await;
        assert_eq!((status.code(), status.message()), (Code::PermissionDenied, "permission denied"), "{method}");
        // The challenge of RFC 6750 section 3.1 is metadata.
        let challenge = status.metadata().get("www-authenticate").expect("a challenge").to_str().expect("text");
        assert!(challenge.contains(r#"error="insufficient_scope""#), "{challenge}");
        assert_eq!(server.only_event().0, Reason::Denied);
    }
}

#[tokio::test]
async fn stream_of_responses_ends_when_its_token_expires() {
    let server = Server::start().await;
    let (mut watcher, mut client) = (server.client.clone(), server.client.clone());
    let read = server.token("orders:read");
    let mut orders = watcher.watch(with(&read, WatchRequest {})).await.expect("a stream").into_inner();
    client.place(with(&server.token("orders:write"), tea())).await.expect("placed");
    assert_eq!(within("an order", orders.message()).await.expect("an order"), Some(tea()));
    server.ahead.store(3600, Ordering::SeqCst);
    assert_unauthenticated(&within("the end", orders.message()).await.expect_err("the end"));
    assert_eq!(server.only_event(), (Reason::Expired, Some("/orders.v1.Orders/Watch".to_owned())));
}

#[tokio::test]
async fn stream_of_responses_ends_when_its_token_is_revoked() {
    let server = Server::start().await;
    let mut watcher = server.client.clone();
    let read = server.issuer.token().scope("orders:read").claim("sid", "session-1").signed();
    let mut orders = watcher.watch(with(&read, WatchRequest {})).await.expect("a stream").into_inner();
    server.revoked.revoke(&Revocation::session(server.issuer.name(), "session-1")).expect("revoked");
    assert_unauthenticated(&within("the end", orders.message()).await.expect_err("the end"));
    assert_eq!(server.only_event().0, Reason::Revoked);
}

/// The method has not answered yet, so the status is in the head of the response.
#[tokio::test]
async fn stream_of_requests_ends_when_its_token_expires() {
    let server = Server::start().await;
    let (mut watcher, mut client) = (server.client.clone(), server.client.clone());
    let expires = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time") + Duration::from_secs(30 * 60);
    let longer = server.issuer.token().scope("orders:read").claim("exp", expires.as_secs()).signed();
    let mut placed = watcher.watch(with(&longer, WatchRequest {})).await.expect("a stream").into_inner();
    let write = server.token("orders:write");
    let orders = stream::once(async { tea() }).chain(stream::pending());
    let import = tokio::spawn(async move { client.import(with(&write, orders)).await.map(drop) });
    // The method runs, and waits for the next order.
    assert_eq!(within("an order", placed.message()).await.expect("an order"), Some(tea()));
    server.ahead.store(900, Ordering::SeqCst);
    assert_unauthenticated(&within("the end", import).await.expect("no panic").expect_err("the end"));
    assert_eq!(server.only_event(), (Reason::Expired, Some("/orders.v1.Orders/Import".to_owned())));
}

/// Sends a request by hand, and returns the head of its response.
async fn head_of(router: &AuthRouter, path: &str, content_type: &str) -> Response<()> {
    let request = Request::builder().method("POST").uri(path).header("content-type", content_type);
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let Ok(response) = router.clone().oneshot(request).await;
    response.map(drop)
}

fn router(issuer: &TestIssuer) -> AuthRouter {
    let events = Events::discard("the test reads the responses");
    app(verifier(issuer, events, RevocationList::default(), Arc::default()), Service::default())
}

/// A monitor of HTTP statuses must see the rejections of all other clients.
#[tokio::test]
async fn only_grpc_clients_get_http_200_for_a_rejection() {
    let router = router(&TestIssuer::new());
    for content_type in ["application/grpc", "application/grpc+proto"] {
        let head = head_of(&router, "/orders.v1.Orders/List", content_type).await;
        let header = |name: &str| head.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!((head.status().as_u16(), header("grpc-status")), (200, Some("16")));
        assert_eq!((header("content-type"), header("cache-control")), (Some("application/grpc"), Some("no-store")));
        assert!(header("www-authenticate").is_some());
    }
    for content_type in ["application/json", "application/grpc-web+proto", "application/grpcx"] {
        let head = head_of(&router, "/orders.v1.Orders/List", content_type).await;
        assert_eq!((head.status().as_u16(), head.headers().get("grpc-status")), (401, None), "{content_type}");
    }
}

#[authenticated]
async fn me() {}

fn own_words(_: &RejectionContext) -> &'static str {
    "in the words of the service"
}

/// P8: an unmatched path must not look different from a method.
#[tokio::test]
async fn a_grpc_client_is_rejected_in_one_form_on_every_route() {
    let issuer = TestIssuer::new();
    let verifier = issuer.verifier(Events::discard("the test reads the responses")).expect("a verifier");
    let beside = AuthRouter::new().route("/me", post(me)).with_state(verifier);
    let router = router(&issuer).merge(beside).on_rejection(own_words);
    for path in ["/orders.v1.Orders/List", "/me"] {
        let answer = async |content_type: &str| {
            let request = Request::post(path).header("content-type", content_type);
            let Ok(response) = router.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
            let (head, body) = response.into_parts();
            (head, to_bytes(body, 1000).await.expect("a body"))
        };
        let (head, body) = answer("application/grpc").await;
        assert_eq!(
            (head.status.as_u16(), head.headers.get("grpc-status")),
            (200, Some(&"16".parse().expect("a value")))
        );
        assert!(body.is_empty(), "{path}: {body:?}");
        let (head, body) = answer("application/json").await;
        assert_eq!((head.status.as_u16(), &*body), (401, b"in the words of the service".as_slice()), "{path}");
    }
}

/// Its message was sent while the token was good, so only a stream is cut off.
#[tokio::test]
async fn a_call_of_one_message_is_complete_when_its_token_expires_meanwhile() {
    let (issuer, ahead) = (TestIssuer::new(), Arc::<AtomicU64>::default());
    let events = Events::discard("the test reads the responses");
    let router = app(verifier(&issuer, events, RevocationList::default(), Arc::clone(&ahead)), Service::default());
    let token = issuer.token().scope("orders:read").signed();
    let request = Request::post("/orders.v1.Orders/List")
        .header("content-type", "application/grpc")
        .header("authorization", format!("Bearer {token}"));
    // A message of no bytes, behind its length (PROTOCOL-HTTP2).
    let request = request.body(Body::from(vec![0; 5])).expect("a request");
    let Ok(response) = router.oneshot(request).await;
    ahead.store(3600, Ordering::SeqCst);
    let (head, mut body) = response.into_parts();
    assert_eq!((head.status.as_u16(), head.headers.get("grpc-status")), (200, None));
    let mut trailers = None;
    while let Some(frame) = within("a frame", poll_fn(|cx| Pin::new(&mut body).poll_frame(cx))).await {
        trailers = frame.expect("a frame").into_trailers().ok();
    }
    let status = trailers.as_ref().and_then(|trailers| trailers.get("grpc-status"));
    assert_eq!(status, Some(&"0".parse().expect("a value")), "{trailers:?}");
}

#[tokio::test]
async fn routes_beside_the_methods_are_served() {
    let router = router(&TestIssuer::new());
    for (path, status) in [("/orders.v1.Orders/Unknown", 200), ("/anything", 200), ("/orders.v1.Orders/Version", 200)] {
        assert_eq!(head_of(&router, path, "application/json").await.status().as_u16(), status, "{path}");
    }
    // An unknown method reaches the page, and never the service.
    let head = head_of(&router, "/orders.v1.Orders/Unknown", "application/grpc").await;
    assert_eq!(head.headers().get("grpc-status"), None);
}

#[test]
fn posture_has_a_row_for_each_method() {
    let posture = router(&TestIssuer::new()).posture();
    let rows: Vec<_> =
        posture.routes().iter().filter(|row| row.grpc).map(|row| format!("{} {}", row.path, row.policy)).collect();
    assert_eq!(
        rows,
        [
            "/orders.v1.Orders/Import authenticated, requires orders:write",
            "/orders.v1.Orders/List authenticated, requires orders:read",
            "/orders.v1.Orders/Place authenticated, requires orders:write",
            "/orders.v1.Orders/Version PUBLIC: the version is not a secret",
            "/orders.v1.Orders/Watch authenticated, requires orders:read",
        ]
    );
}

#[tokio::test]
async fn nothing_gets_through() {
    let issuer = TestIssuer::new();
    let router = app(issuer.verifier(Events::discard("the kit reads them")).expect("a verifier"), Service::default());
    let report = attack(router).with(&issuer).await;
    let methods = report.routes.iter().filter(|route| route.route.path.starts_with("/orders.v1.Orders/")).count();
    assert_eq!(methods, 5);
    report.assert_nothing_got_through();
}

/// Counts the requests to methods: those of gRPC clients over HTTP/2, and those with another body.
#[derive(Clone, Default)]
struct Seen(Arc<[AtomicU64; 2]>);

async fn count(State(seen): State<Seen>, request: axum::extract::Request, next: Next) -> Response<axum::body::Body> {
    let content_type = request.headers().get("content-type");
    // Requests without a body look for routes at similar paths.
    if let Some(content_type) = content_type.filter(|_| request.uri().path().starts_with("/orders.v1.Orders/")) {
        let is_grpc = request.version() == Version::HTTP_2 && content_type == "application/grpc";
        seen.0[usize::from(!is_grpc)].fetch_add(1, Ordering::SeqCst);
    }
    next.run(request).await
}

/// The same attacks on a served router, as a gRPC client sends them.
#[tokio::test]
async fn nothing_gets_through_over_http2() {
    let issuer = TestIssuer::new();
    let router = app(issuer.verifier(Events::discard("the kit reads them")).expect("a verifier"), Service::default());
    let (lock, seen) = (Lock::of(&router.posture()), Seen::default());
    let router = router.layer(from_fn_with_state(seen.clone(), count));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(auth_runtime::serve(listener, router));
    let target = Target::over_the_wire(&address, &lock).expect("a target");
    let unknown = target.clone().grpc("orders.v2.Orders").map(drop).expect_err("not in the lock");
    assert!(unknown.to_string().contains("`orders.v2.Orders`"), "{unknown}");
    let target = target.grpc("orders.v1.Orders").expect("methods");
    // hyper answers a header list of more than 16 KiB itself (RFC 9113 section 10.5.1).
    let attack = attack(target).with(&issuer).rejecting_with(431, "the server limits the headers of a request");
    attack.await.assert_nothing_got_through();
    let [grpc, others] = [0, 1].map(|place: usize| seen.0[place].load(Ordering::SeqCst));
    assert!(grpc > 1000 && others == 0, "{grpc} requests of gRPC clients, {others} others");
}
