//! Calls the example over HTTP and over sockets, also with the official client, and attacks it.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use auth_runtime::credentials::Carrier;
use auth_runtime::events::{Collected, Reason};
use auth_runtime::revocation::{Revocation, RevocationList};
use auth_runtime::{AuthRouter, Events, Verifier};
use auth_testkit::{TestIssuer, attack};
use axum::body::{Body, to_bytes};
use futures_util::{SinkExt, StreamExt};
use graphql::fields::{FieldTableError, every_caller, guarded, requires};
use graphql::{CostsRead, OrdersRead, app, decisions, shop};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use test_support::{LIMIT, Process, is_installed, require_or_skip};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tower::ServiceExt;

const SCOPES: [&str; 3] = ["orders:read", "orders:write", "costs:read"];

struct Bench {
    router: AuthRouter,
    issuer: TestIssuer,
    events: Collected,
    revoked: RevocationList,
    /// How many seconds the clock of the service is ahead.
    ahead: Arc<AtomicU64>,
}

impl Bench {
    fn new() -> Self {
        let issuer = TestIssuer::new();
        let (sink, events) = Events::collect();
        let (revoked, ahead) = (RevocationList::default(), Arc::<AtomicU64>::default());
        let clock = Arc::clone(&ahead);
        let verifier = Verifier::builder()
            .issuer(issuer.name())
            .audience(issuer.audience())
            .keys(issuer.key_set())
            .carriers([Carrier::bearer(), Carrier::websocket()])
            .events(sink)
            .revocations(revoked.clone())
            .clock(move || SystemTime::now() + Duration::from_secs(clock.load(Ordering::SeqCst)))
            .recheck_every(Duration::from_millis(10))
            .build()
            .expect("a verifier");
        Self { router: app(verifier, shop().expect("a schema")), issuer, events, revoked, ahead }
    }

    fn token(&self, scopes: &[&str]) -> String {
        scopes.iter().fold(self.issuer.token(), |token, scope| token.scope(scope)).signed()
    }

    async fn answer(&self, request: Request<Body>) -> (StatusCode, String) {
        let answer = tokio::time::timeout(LIMIT, self.router.clone().oneshot(request));
        let Ok(response) = answer.await.expect("an answer");
        let (head, body) = response.into_parts();
        let body = to_bytes(body, 100_000).await.expect("a body");
        (head.status, String::from_utf8(body.to_vec()).expect("text"))
    }

    /// Executes a query or a mutation.
    async fn execute(&self, token: &str, query: &str) -> Value {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"));
        let (status, body) =
            self.answer(request.body(json!({ "query": query }).to_string().into()).expect("a request")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_str(&body).expect("JSON")
    }

    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(auth_runtime::serve(listener, self.router.clone()));
        format!("http://{address}/graphql")
    }

    fn reasons(&self) -> Vec<Reason> {
        self.events.take().iter().map(|event| event.reason).collect()
    }
}

#[tokio::test]
async fn resolvers_get_the_proof_of_their_caller() {
    let bench = Bench::new();
    let alice = bench.token(&SCOPES);
    let placed = bench.execute(&alice, r#"mutation { placeOrder(item: "tea") { item } }"#).await;
    assert_eq!(placed, json!({ "data": { "placeOrder": { "item": "tea" } } }));
    let orders = "{ __typename version orders { item cost } }";
    let expected = json!({ "__typename": "Query", "version": "0.1.0", "orders": [{ "item": "tea", "cost": 3 }] });
    assert_eq!(bench.execute(&alice, orders).await["data"], expected);
    let bob = SCOPES.iter().fold(bench.issuer.token().subject("bob"), |token, scope| token.scope(scope)).signed();
    assert_eq!(bench.execute(&bob, orders).await["data"]["orders"], json!([]));
    // Introspection is for every caller.
    let types = bench.execute(&bench.token(&[]), "{ __schema { queryType { name } } }").await;
    assert_eq!(types, json!({ "data": { "__schema": { "queryType": { "name": "Query" } } } }));
    assert_eq!(bench.reasons(), []);
}

/// The permission attack, on each field that requires one.
#[tokio::test]
async fn each_field_requires_its_own_permission() {
    let bench = Bench::new();
    bench.execute(&bench.token(&SCOPES), r#"mutation { placeOrder(item: "tea") { item } }"#).await;
    let operations = [
        ("Query.orders", "{ orders { item } }"),
        ("Mutation.placeOrder", r#"mutation { placeOrder(item: "more") { item } }"#),
        ("Subscription.orders", "subscription { orders { item } }"),
        ("Order.cost", "{ orders { cost } }"),
    ];
    for (field, decision) in decisions() {
        let Some(permission) = decision.permission else { continue };
        let (_, operation) = operations.iter().find(|(of, _)| *of == field).expect(field);
        let others: Vec<&str> = SCOPES.into_iter().filter(|scope| *scope != permission).collect();
        let execute = async |scopes: &[&str]| {
            if operation.starts_with("subscription") {
                let mut socket = Socket::open(&bench.serve().await, &bench.token(scopes)).await;
                socket.start(operation).await;
                return socket.receive().await["payload"].clone();
            }
            bench.execute(&bench.token(scopes), operation).await
        };
        let answer = execute(&others).await;
        let error = &answer["errors"][0];
        assert_eq!(error["message"], "permission denied", "{field}: {answer}");
        assert_eq!(error["extensions"], json!({ "code": "FORBIDDEN", "scope": permission }), "{field}");
        assert!(!answer["data"].to_string().contains("tea"), "{field}: {answer}");
        assert_eq!(bench.reasons(), [Reason::Denied], "{field}");
        // The same operation succeeds with the permission.
        let answer = execute(&SCOPES).await;
        assert_eq!(answer.get("errors"), None, "{field}: {answer}");
        assert_eq!(bench.reasons(), []);
    }
    // The denied order was not placed.
    let orders = bench.execute(&bench.token(&SCOPES), "{ orders { item } }").await;
    assert_eq!(orders["data"]["orders"], json!([{ "item": "tea" }, { "item": "more" }]));
}

/// P7: one event, and not one for each object.
#[tokio::test]
async fn denied_field_of_many_objects_makes_one_event() {
    let bench = Bench::new();
    for item in ["tea", "cake", "milk"] {
        bench.execute(&bench.token(&SCOPES), &format!(r#"mutation {{ placeOrder(item: "{item}") {{ item }} }}"#)).await;
    }
    let answer = bench.execute(&bench.token(&["orders:read"]), "{ orders { item cost } }").await;
    let data: Vec<&Value> = (0..3).map(|place| &answer["data"]["orders"][place]).collect();
    assert_eq!(data, [&json!({ "item": "tea" }), &json!({ "item": "cake" }), &json!({ "item": "milk" })]);
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(3), "{answer}");
    assert_eq!(bench.reasons(), [Reason::Denied]);
}

struct Shelf;

#[Object]
impl Shelf {
    async fn item(&self) -> &str {
        "tea"
    }

    async fn cost(&self) -> u32 {
        3
    }
}

#[test]
fn schema_with_an_undecided_field_does_not_start() {
    let builder = || Schema::build(Shelf, EmptyMutation, EmptySubscription);
    let item = || ("Shelf.item", every_caller());
    let cost = || ("Shelf.cost", requires::<CostsRead>());
    assert_eq!(guarded(builder(), [item(), cost()]).err(), None);
    let undecided = FieldTableError::Undecided("Shelf.cost".to_owned());
    assert_eq!(guarded(builder(), [item()]).err(), Some(undecided));
    let unknown = FieldTableError::Unknown("Shelf.price".to_owned());
    assert_eq!(guarded(builder(), [item(), cost(), ("Shelf.price", requires::<OrdersRead>())]).err(), Some(unknown));
    // The later of the two would win.
    let twice = FieldTableError::Twice("Shelf.cost".to_owned());
    assert_eq!(guarded(builder(), [item(), cost(), ("Shelf.cost", every_caller())]).err(), Some(twice));
}

/// A page of another site can send these without asking first (CSRF), or a link has them.
#[tokio::test]
async fn only_one_json_object_is_executed() {
    let bench = Bench::new();
    let mutation = json!({ "query": r#"mutation { placeOrder(item: "tea") { item } }"# }).to_string();
    let link = "/graphql?query=mutation%7BplaceOrder(item:%22tea%22)%7Bitem%7D%7D";
    for (method, path, content_type, body, status) in [
        ("POST", "/graphql", "text/plain", mutation.clone(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("POST", "/graphql", "application/x-www-form-urlencoded", mutation.clone(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("POST", "/graphql", "multipart/form-data; boundary=x", mutation.clone(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("POST", "/graphql", "application/json", format!("[{mutation}]"), StatusCode::UNPROCESSABLE_ENTITY),
        ("GET", link, "application/json", String::new(), StatusCode::BAD_REQUEST),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content_type)
            .header("authorization", format!("Bearer {}", bench.token(&SCOPES)))
            .body(Body::from(body));
        let (answered, text) = bench.answer(request.expect("a request")).await;
        assert_eq!(answered, status, "{method} {path} {content_type}: {text}");
    }
    let orders = bench.execute(&bench.token(&SCOPES), "{ orders { item } }").await;
    assert_eq!(orders["data"]["orders"], json!([]));
}

/// A client of `graphql-transport-ws`, message by message.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket. The payload of the first message has the token of a caller with all scopes.
    async fn open(url: &str, token: &str) -> Self {
        let mut request = url.replace("http", "ws").into_client_request().expect("a request");
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a value"));
        headers.insert("authorization", format!("Bearer {token}").parse().expect("a value"));
        let connection = tokio::time::timeout(LIMIT, connect_async(request)).await.expect("in time");
        let mut socket = Self(connection.expect("a socket").0);
        socket.send(&json!({ "type": "connection_init" })).await;
        assert_eq!(socket.receive().await["type"], "connection_ack");
        socket
    }

    async fn send(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.expect("sent");
    }

    async fn start(&mut self, operation: &str) {
        self.send(&json!({ "id": "1", "type": "subscribe", "payload": { "query": operation } })).await;
    }

    /// Receives a message, or the code of the close.
    async fn receive(&mut self) -> Value {
        match tokio::time::timeout(LIMIT, self.0.next()).await.expect("a message in time") {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).expect("JSON"),
            Some(Ok(Message::Close(Some(frame)))) => json!([u16::from(frame.code), frame.reason.as_str()]),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn socket_ends_when_its_token_ends() {
    let bench = Bench::new();
    let url = bench.serve().await;
    bench.execute(&bench.token(&SCOPES), r#"mutation { placeOrder(item: "tea") { item } }"#).await;
    let revocation = Revocation::session(bench.issuer.name(), "session-1");
    for reason in [Reason::Revoked, Reason::Expired] {
        let session = if reason == Reason::Revoked { "session-1" } else { "session-2" };
        let token = bench.issuer.token().scope("orders:read").claim("sid", session).signed();
        let mut socket = Socket::open(&url, &token).await;
        socket.start("subscription { orders { item } }").await;
        assert_eq!(socket.receive().await["payload"], json!({ "data": { "orders": { "item": "tea" } } }));
        if reason == Reason::Revoked {
            bench.revoked.revoke(&revocation).expect("revoked");
        } else {
            bench.ahead.store(3600, Ordering::SeqCst);
        }
        assert_eq!(socket.receive().await, json!([4403, "Forbidden"]));
        let events = bench.events.take();
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!((events[0].reason, events[0].route.as_deref()), (reason, Some("/graphql")));
    }
}

/// The upgrade has decided who the caller is.
#[tokio::test]
async fn token_in_the_first_message_changes_nothing() {
    let bench = Bench::new();
    let url = bench.serve().await;
    let mut request = url.replace("http", "ws").into_client_request().expect("a request");
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a value"));
    let refused = tokio::time::timeout(LIMIT, connect_async(request)).await.expect("in time").expect_err("401");
    assert!(refused.to_string().contains("401"), "{refused}");
    assert_eq!(bench.reasons(), [Reason::MissingCredentials]);

    let mut request = url.replace("http", "ws").into_client_request().expect("a request");
    let offered = format!("bearer, {}, graphql-transport-ws", bench.token(&["orders:read"]));
    request.headers_mut().insert("sec-websocket-protocol", offered.parse().expect("a value"));
    let connection = tokio::time::timeout(LIMIT, connect_async(request)).await.expect("in time");
    let mut socket = Socket(connection.expect("a socket").0);
    let other = format!("Bearer {}", bench.token(&SCOPES));
    socket.send(&json!({ "type": "connection_init", "payload": { "authorization": other } })).await;
    assert_eq!(socket.receive().await["type"], "connection_ack");
    socket.start(r#"mutation { placeOrder(item: "tea") { item } }"#).await;
    assert_eq!(socket.receive().await["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(bench.reasons(), [Reason::Denied]);
}

fn installed() -> Option<PathBuf> {
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/graphql-client");
    let there = is_installed("node") && client.join("node_modules/graphql-ws").is_dir();
    require_or_skip(there, "no client of GraphQL subscriptions: run tests/graphql-client/install").map(|()| client)
}

/// The token is where a browser has it: in a subprotocol.
#[tokio::test(flavor = "multi_thread")]
async fn official_client_connects_again_with_a_newer_token() {
    let Some(client) = installed() else { return };
    let bench = Bench::new();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    let newer = SCOPES.iter().fold(bench.issuer.token().claim("exp", now + 3000), |token, scope| token.scope(scope));
    let tokens = format!("{} {}", bench.token(&SCOPES), newer.signed());
    let mut command = Command::new("node");
    command.arg(client.join("client.mjs")).args(["--url", &bench.serve().await, "--tokens", &tokens]);
    let ahead = Arc::clone(&bench.ahead);
    let client = tokio::task::spawn_blocking(move || {
        let mut client = Process::start(command);
        client.line_with("subscribed");
        ahead.store(1500, Ordering::SeqCst);
        client.line_with("story: ")
    });
    let story: Value = serde_json::from_str(&client.await.expect("the client ends")).expect("JSON");
    let expected = json!({
        "withoutToken": 401,
        "placed": "tea",
        "fields": ["item", "cost"],
        // Once for each socket, and the order that was placed with the newer token.
        "received": ["tea", "tea", "coffee"],
        "closed": ["4403 Forbidden"],
    });
    assert_eq!(story, expected);
    assert_eq!(bench.reasons(), [Reason::MissingCredentials, Reason::Expired]);
}

/// All token attacks, on queries and on the upgrade: 401 before the body is read.
#[tokio::test]
async fn nothing_gets_through() {
    let Bench { router, issuer, .. } = Bench::new();
    let posture = router.posture();
    let routes = posture.routes().iter().filter(|row| !row.method.starts_with("FALLBACK"));
    let rows: Vec<String> = routes.map(|row| format!("{} {} {}", row.method, row.path, row.policy)).collect();
    assert_eq!(
        rows,
        [
            "GET /graphiql PUBLIC: a page without data: its requests need a token of their own",
            "GET /graphql authenticated",
            "POST /graphql authenticated",
        ]
    );
    let query = json!({ "query": "{ orders { item cost } }" });
    attack(router).with(&issuer).json("POST /graphql", query).await.assert_nothing_got_through();
}
