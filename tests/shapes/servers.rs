//! An `AuthRouter` in the servers and test clients of other crates. Each of them rejects a request
//! without a token, and none of them is told how.

use auth_runtime::events::{Collected, Reason};
use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, authenticated};
use auth_testkit::TestIssuer;
use axum::extract::Request;
use axum_test::TestServer;
use http::header::AUTHORIZATION;
use lambda_http::lambda_runtime::{Context, LambdaEvent};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Service};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(20);

#[authenticated]
async fn me(auth: Authenticated<Claims>) -> String {
    auth.subject().to_owned()
}

fn app(issuer: &TestIssuer) -> (AuthRouter, Collected) {
    let (events, collected) = Events::collect();
    let verifier = issuer.verifier(events).expect("a verifier");
    (AuthRouter::new().route("/me", get(me)).with_state(verifier), collected)
}

fn reasons(collected: &Collected) -> Vec<Reason> {
    collected.take().iter().map(|event| event.reason).collect()
}

async fn behaves(server: TestServer, issuer: &TestIssuer, collected: &Collected) {
    let rejected = timeout(LIMIT, async { server.get("/me").await }).await.expect("an answer in time");
    assert_eq!(rejected.status_code(), 401);
    assert_eq!(reasons(collected), [Reason::MissingCredentials]);
    let token = issuer.token().signed();
    let accepted = timeout(LIMIT, async { server.get("/me").authorization_bearer(token).await });
    let accepted = accepted.await.expect("an answer in time");
    assert_eq!((accepted.status_code(), accepted.text()), (http::StatusCode::OK, issuer_subject().to_owned()));
    assert_eq!(reasons(collected), []);
}

/// The subject of the kit's tokens.
fn issuer_subject() -> &'static str {
    "alice"
}

#[tokio::test]
async fn axum_test_takes_it_in_memory() {
    let issuer = TestIssuer::new();
    let (app, collected) = app(&issuer);
    behaves(TestServer::new(app.into_make_service()), &issuer, &collected).await;
}

#[tokio::test]
async fn axum_test_takes_it_on_a_socket() {
    let issuer = TestIssuer::new();
    let (app, collected) = app(&issuer);
    let server = TestServer::builder().http_transport().build(app.into_make_service());
    behaves(server, &issuer, &collected).await;
}

/// `axum::serve` takes the router itself, and so do layers around it.
#[tokio::test]
async fn axum_serve_takes_it_and_events_have_the_peer() {
    let issuer = TestIssuer::new();
    let (app, collected) = app(&issuer);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let mut client = TcpStream::connect(address).await.expect("a connection");
    client.write_all(b"GET /me HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.expect("sent");
    let mut response = String::new();
    timeout(LIMIT, client.read_to_string(&mut response)).await.expect("an answer in time").expect("text");
    assert!(response.starts_with("HTTP/1.1 401 "), "{response}");
    let events = collected.take();
    assert_eq!(events.len(), 1);
    assert!(events[0].peer.is_some(), "{:?}", events[0]);
    server.abort();
}

/// An event of an HTTP API in front of a Lambda function.
fn event(token: Option<&str>) -> LambdaEvent<LambdaRequest> {
    let authorization = token.map_or(String::new(), |token| format!(r#""authorization": "Bearer {token}","#));
    let event = format!(
        r#"{{
            "version": "2.0", "routeKey": "$default", "rawPath": "/me", "rawQueryString": "",
            "headers": {{ {authorization} "host": "api.example.com" }},
            "requestContext": {{
                "accountId": "1", "apiId": "a", "domainName": "api.example.com", "domainPrefix": "api",
                "requestId": "r", "routeKey": "$default", "stage": "$default",
                "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1583348638390,
                "http": {{
                    "method": "GET", "path": "/me", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "curl"
                }}
            }},
            "isBase64Encoded": false
        }}"#
    );
    let request = serde_json::from_str(&event).expect("an event of API Gateway");
    LambdaEvent::new(request, Context::default())
}

#[tokio::test]
async fn lambda_http_takes_it() {
    let issuer = TestIssuer::new();
    let (app, collected) = app(&issuer);
    let mut function = Adapter::from(app);
    let mut answer = async |token: Option<&str>| {
        let response = timeout(LIMIT, function.call(event(token))).await.expect("an answer in time");
        let Ok(response) = response;
        let response = serde_json::to_value(response).expect("JSON");
        response["statusCode"].as_u64()
    };
    assert_eq!(answer(None).await, Some(401));
    assert_eq!(reasons(&collected), [Reason::MissingCredentials]);
    assert_eq!(answer(Some(&issuer.token().signed())).await, Some(200));
    assert_eq!(reasons(&collected), []);
}

/// Compiles: this is how a function runs in Lambda.
#[test]
fn lambda_http_runs_it() {
    let run = |app: AuthRouter| lambda_http::run(app);
    let (app, _) = app(&TestIssuer::new());
    drop(run(app));
}

#[tokio::test]
async fn a_tower_layer_around_it_is_a_service_too() {
    let issuer = TestIssuer::new();
    let (app, collected) = app(&issuer);
    let layered = tower::ServiceBuilder::new().map_request(|request: Request| request).service(app);
    let mut request = Request::new(axum::body::Body::empty());
    *request.uri_mut() = "/me".parse().expect("a path");
    let response = tower::ServiceExt::oneshot(layered.clone(), request).await.expect("an answer");
    assert_eq!((response.status().as_u16(), reasons(&collected)), (401, vec![Reason::MissingCredentials]));
    let mut request = Request::new(axum::body::Body::empty());
    *request.uri_mut() = "/me".parse().expect("a path");
    let bearer = format!("Bearer {}", issuer.token().signed());
    request.headers_mut().insert(AUTHORIZATION, bearer.parse().expect("a header"));
    let response = tower::ServiceExt::oneshot(layered, request).await.expect("an answer");
    assert_eq!((response.status().as_u16(), reasons(&collected)), (200, vec![]));
}
