//! Tests the responses of the routes, without a process or a socket.

use crate::support::{AUDIENCE, ISSUER, Issuer};
use auth_runtime::posture::Policy;
use auth_runtime::revocation::RevocationList;
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{AuthRouter, Claims, Events, KeySet, Verifier};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt;
use orders::{Database, Revoked, Watch};
use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt;

struct Service {
    issuer: Issuer,
    app: AuthRouter,
}

struct Answer {
    status: StatusCode,
    content_type: String,
    location: Option<String>,
    body: Value,
}

impl Service {
    fn new(connection: Connection) -> Self {
        let (issuer, revoked) = (Issuer::new(), RevocationList::default());
        let verifier: Verifier<Claims> = Verifier::builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .keys(KeySet::from_jwks_json(&issuer.jwks()).unwrap())
            .events(Events::collect().0)
            .revocations(revoked.clone())
            .recheck_every(Duration::from_millis(10))
            .build()
            .unwrap();
        let revoked = Revoked::InMemory(revoked);
        Self {
            app: orders::app(
                Database::new(connection).unwrap(),
                verifier,
                revoked,
                None,
                &Watch::default(),
                ShutdownSignal::never(),
            ),
            issuer,
        }
    }

    fn in_memory() -> Self {
        Self::new(Connection::open_in_memory().unwrap())
    }

    /// Sends a request as a caller with all scopes.
    async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let token = self.issuer.token("at+jwt", "orders:write orders:refund");
        self.send_as(Some(&token), method, path, body).await
    }

    async fn send_as(&self, token: Option<&str>, method: &str, path: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self.app.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let text = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (content_type, location) = (text(header::CONTENT_TYPE).unwrap_or_default(), text(header::LOCATION));
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, content_type, location, body: serde_json::from_slice(&body).unwrap_or_default() }
    }
}

#[track_caller]
fn assert_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    assert_eq!(answer.content_type, "application/problem+json");
    assert_eq!(answer.body["status"], status);
}

#[tokio::test]
async fn an_order_is_placed_found_and_refunded_once() {
    let service = Service::in_memory();
    let placed = service.send("POST", "/orders", r#"{"item":"tea","cents":450}"#).await;
    assert_eq!(placed.status, StatusCode::CREATED);
    let path = placed.location.unwrap();
    assert_eq!(path, format!("/orders/{}", placed.body["id"]));
    assert_eq!(placed.body["placed_by"], json!({"issuer": ISSUER, "subject": "alice"}));

    assert_eq!(service.send("GET", &path, "").await.body, placed.body);
    assert_eq!(service.send("GET", "/orders", "").await.body, json!([placed.body]));

    let refunded = service.send("POST", &format!("{path}/refund"), "").await;
    assert_eq!((refunded.status, &refunded.body["refunded"]), (StatusCode::OK, &json!(true)));
    assert_problem(&service.send("POST", &format!("{path}/refund"), "").await, 409);
}

#[tokio::test]
async fn a_logout_revokes_one_token_and_no_other() {
    let service = Service::in_memory();
    let another = service.issuer.token_with("at+jwt", "", &json!({"jti": "2"}));
    assert_eq!(service.send("POST", "/logout", "").await.status, StatusCode::NO_CONTENT);
    assert_problem(&service.send("GET", "/me", "").await, 401);
    assert_eq!(service.send_as(Some(&another), "GET", "/me", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_feed_shows_the_callers_orders_until_its_token_is_revoked() {
    let service = Service::in_memory();
    let token = service.issuer.token_with("at+jwt", "orders:write", &json!({"jti": "feed"}));
    let request = Request::get("/orders/feed").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let response = service.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let mut feed = response.into_body().into_data_stream();

    let others = service.issuer.token_with("at+jwt", "orders:write", &json!({"tenant": "acme"}));
    let secret = service.send_as(Some(&others), "POST", "/orders", r#"{"item":"a secret","cents":1}"#).await;
    assert_eq!(secret.status, StatusCode::CREATED);
    service.send("POST", "/orders", r#"{"item":"tea","cents":450}"#).await;
    let event = String::from_utf8(feed.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(event.starts_with("data: {\"id\":2,\"item\":\"tea\""), "{event}");

    assert_eq!(service.send_as(Some(&token), "POST", "/logout", "").await.status, StatusCode::NO_CONTENT);
    let error = feed.next().await.unwrap().unwrap_err().to_string();
    assert!(error.contains("has ended with its token"), "{error}");
    assert!(feed.next().await.is_none());
}

#[tokio::test]
async fn an_invalid_order_is_rejected_with_the_reason() {
    let service = Service::in_memory();
    let too_long = json!({"item": "x".repeat(201), "cents": 1}).to_string();
    for (body, status, reason) in [
        (r#"{"item":" ","cents":1}"#, 422, "blank"),
        (&too_long, 422, "too long"),
        (r#"{"item":"tea","cents":0}"#, 422, "not positive"),
        (r#"{"item":"tea","cents":-1}"#, 422, "not positive"),
        (r#"{"item":"tea","cents":99999999999999999999}"#, 422, "cents"),
        (r#"{"item":"tea"}"#, 422, "missing field `cents`"),
        ("null", 422, "an object with `item` and `cents`"),
        ("{", 400, "JSON"),
    ] {
        let answer = service.send("POST", "/orders", body).await;
        assert_problem(&answer, status);
        assert!(answer.body["detail"].as_str().unwrap().contains(reason), "{body}: {}", answer.body);
    }
    assert_eq!(service.send("GET", "/orders", "").await.body, json!([]));
}

#[tokio::test]
async fn an_invalid_id_gets_404() {
    let service = Service::in_memory();
    for id in ["1", "-1", "99999999999999999999", "one", "%ff", "1%20OR%201=1"] {
        assert_problem(&service.send("GET", &format!("/orders/{id}"), "").await, 404);
        assert_problem(&service.send("POST", &format!("/orders/{id}/refund"), "").await, 404);
    }
    assert_eq!(service.send("GET", "/elsewhere", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn me_is_the_caller() {
    let me = Service::in_memory().send("GET", "/me", "").await.body;
    assert_eq!(me["iss"], ISSUER);
    assert_eq!(me["sub"], "alice");
    assert_eq!(me["scopes"], json!(["orders:write", "orders:refund"]));
    assert!(me["exp"].is_u64());
}

#[tokio::test]
async fn a_rejected_request_runs_no_database_statement() {
    let statements = Arc::new(AtomicUsize::new(0));
    let mut connection = Connection::open_in_memory().unwrap();
    let counter = Arc::clone(&statements);
    let count = move |_: TraceEvent<'_>| {
        counter.fetch_add(1, Ordering::SeqCst);
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(count)).unwrap();
    let service = Service::new(connection);
    let order = r#"{"item":"tea","cents":450}"#;
    assert_eq!(service.send("POST", "/orders", order).await.status, StatusCode::CREATED);

    let before = statements.swap(0, Ordering::SeqCst);
    assert!(before > 0, "the hook counts");
    let untrusted = Issuer::new().token("at+jwt", "orders:write orders:refund");
    let reader = service.issuer.token("at+jwt", "orders:read");
    for (method, path) in [("GET", "/orders"), ("GET", "/orders/1"), ("POST", "/orders"), ("POST", "/orders/1/refund")]
    {
        assert_problem(&service.send_as(None, method, path, order).await, 401);
        assert_problem(&service.send_as(Some(&untrusted), method, path, order).await, 401);
        if method == "POST" {
            assert_problem(&service.send_as(Some(&reader), method, path, order).await, 403);
        }
    }
    assert_eq!(statements.load(Ordering::SeqCst), 0);
}

/// Returns a database and the first word of each statement it ran, in order.
fn recorded_database() -> (Connection, Arc<Mutex<Vec<String>>>) {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let mut connection = Connection::open_in_memory().unwrap();
    let recorded = Arc::clone(&statements);
    let note = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(_, sql) = event {
            recorded.lock().unwrap().push(sql.split_whitespace().next().unwrap_or_default().to_owned());
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note)).unwrap();
    (connection, statements)
}

#[tokio::test]
async fn orders_of_one_customer_are_hidden_from_another() {
    let (connection, statements) = recorded_database();
    let service = Service::new(connection);
    let scopes = "orders:write orders:refund";
    let tea = service.issuer.token_with("at+jwt", scopes, &json!({"tenant": "tea & co"}));
    let others = [
        service.issuer.token("at+jwt", scopes),
        service.issuer.token_with("at+jwt", scopes, &json!({"tenant": "acme"})),
    ];
    let order = r#"{"item":"tea","cents":450}"#;
    let placed = service.send_as(Some(&tea), "POST", "/orders", order).await;
    assert_eq!(placed.status, StatusCode::CREATED);
    assert_eq!(placed.body["placed_by"]["tenant"], "tea & co");

    let absent = service.send_as(Some(&tea), "GET", "/orders/99", "").await;
    assert_problem(&absent, 404);
    for other in &others {
        statements.lock().unwrap().clear();
        let hidden = service.send_as(Some(other), "GET", "/orders/1", "").await;
        assert_problem(&hidden, 404);
        // The same body as for an order that does not exist.
        assert_eq!(hidden.body, absent.body);
        assert_problem(&service.send_as(Some(other), "POST", "/orders/1/refund", "").await, 404);
        assert_eq!(service.send_as(Some(other), "GET", "/orders", "").await.body, json!([]));
        // A denial reads the order and does not change it.
        assert_eq!(*statements.lock().unwrap(), ["SELECT", "SELECT", "SELECT"]);
    }
    let refunded = service.send_as(Some(&tea), "POST", "/orders/1/refund", "").await;
    assert_eq!((refunded.status, &refunded.body["refunded"]), (StatusCode::OK, &json!(true)));
}

#[tokio::test]
async fn a_tenant_claim_that_is_not_text_is_rejected() {
    let (connection, statements) = recorded_database();
    let service = Service::new(connection);
    statements.lock().unwrap().clear();
    for tenant in [json!(7), json!(null), json!(["tea & co"])] {
        let odd = service.issuer.token_with("at+jwt", "orders:write", &json!({"tenant": tenant}));
        let placed = service.send_as(Some(&odd), "POST", "/orders", r#"{"item":"tea","cents":450}"#).await;
        assert_problem(&placed, 403);
        assert_problem(&service.send_as(Some(&odd), "GET", "/orders", "").await, 403);
    }
    assert_eq!(*statements.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_database_error_is_not_shown_to_the_client() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/broken.db");
    let _ = std::fs::remove_file(path);
    let service = Service::new(Connection::open(path).unwrap());
    Connection::open(path).unwrap().execute_batch("DROP TABLE orders").unwrap();
    let answer = service.send("GET", "/orders", "").await;
    assert_problem(&answer, 500);
    assert_eq!(answer.body.get("detail"), None);
}

#[test]
fn only_the_probe_and_the_empty_page_are_public() {
    let posture = Service::in_memory().app.posture();
    posture.check().unwrap();
    let public = posture.routes().iter().filter(|route| matches!(route.policy, Policy::Public { .. }));
    assert_eq!(public.map(|route| route.path.as_str()).collect::<Vec<_>>(), ["/", "/health"]);
}

/// P8: a client that saw why its token was rejected could repair the token.
#[tokio::test]
async fn reasons_are_shown_to_operators_only() {
    let service = Service::in_memory();
    let page = service.send_as(None, "GET", "/", "").await;
    assert_eq!(page.status, StatusCode::OK);
    let customer = service.issuer.token("at+jwt", "orders:write orders:refund orders:read");
    let operator = service.issuer.token("at+jwt", "orders:audit");
    let forged = Issuer::new().token("at+jwt", "orders:audit");
    for path in ["/watch", "/watch/feed"] {
        for token in [None, Some(&*forged)] {
            let answer = service.send_as(token, "GET", path, "").await;
            assert_problem(&answer, 401);
            assert_eq!(answer.body.as_object().unwrap().len(), 3, "{}", answer.body);
        }
        assert_problem(&service.send_as(Some(&customer), "GET", path, "").await, 403);
        // Not in the query, because logs and browser histories keep it.
        assert_eq!(service.send_as(None, "GET", &format!("{path}?access_token={operator}"), "").await.status, 401);
    }
    let shown = service.send_as(Some(&operator), "GET", "/watch", "").await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.body["posture"].as_str().unwrap().contains("requires orders:audit"), "{}", shown.body);
}

#[tokio::test]
async fn the_operators_feed_ends_when_its_token_is_revoked() {
    let service = Service::in_memory();
    let token = service.issuer.token_with("at+jwt", "orders:audit", &json!({"jti": "feed"}));
    let request = Request::get("/watch/feed").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let response = service.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let mut feed = response.into_body().into_data_stream();
    let event = String::from_utf8(feed.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(event.starts_with("data: {\"posture\""), "{event}");
    assert_eq!(service.send_as(Some(&token), "POST", "/logout", "").await.status, StatusCode::NO_CONTENT);
    let ended = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            match feed.next().await {
                Some(Ok(_)) => {}
                other => return other,
            }
        }
    });
    assert!(ended.await.expect("it ends").expect("with an error").is_err());
}
