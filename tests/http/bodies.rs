//! Tests that the gate does not wait for the body of an unauthenticated client (P4).

use crate::support::{Connection, OrdersWrite, PROBLEM_401, Runs, Server, claims, routes, with};
use auth_runtime::authenticated;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::{get, post};
use axum::extract::{Path, Request, State};
use axum::{Form, Json};
use serde_json::Value;

fn head(path: &str, lines: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{lines}\r\n")
}

#[authenticated]
async fn form(Form(_): Form<Value>) {}

#[authenticated]
async fn json(Json(_): Json<Value>) {}

#[authenticated]
async fn whole(_: Request) {}

async fn server_with_every_kind_of_body() -> Server {
    Server::with(Algorithm::Ed25519)
        .app(|service| {
            routes()
                .route("/form", post(form))
                .route("/json", post(json))
                .route("/whole", post(whole))
                .with_state(service)
        })
        .start()
        .await
}

#[tokio::test]
async fn h23_inc_84_a_request_is_rejected_without_waiting_for_its_body() {
    let server = server_with_every_kind_of_body().await;
    for path in ["/echo", "/form", "/json", "/whole"] {
        for lines in [
            "content-length: 1000000000000\r\n",
            "transfer-encoding: chunked\r\n",
            "content-type: application/json\r\ncontent-length: 100\r\n",
            "content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n",
            "content-type: application/json\r\ncontent-length: 100\r\nauthorization: Bearer garbage\r\n",
        ] {
            let mut connection = Connection::open(server.address).await;
            connection.send(head(path, lines)).await;
            let response = connection.receive().await;
            assert_eq!((response.status, response.text()), (401, PROBLEM_401), "{path} {lines}");
            let reason = server.only_event().reason;
            assert!(matches!(reason, Reason::MissingCredentials | Reason::MalformedToken));
        }
    }
    assert_eq!(server.runs.so_far(), 0);
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn h23_a_body_that_does_not_parse_gets_401_without_a_token() {
    let server = server_with_every_kind_of_body().await;
    for (kind, body) in
        [("application/json", "{\"broken"), ("text/plain", "{}"), ("application/x-www-form-urlencoded", "%%%=&&")]
    {
        for path in ["/form", "/json"] {
            let lines = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
            let response = server.exchange(head(path, &lines) + body).await;
            assert_eq!(response.status, 401, "{path} {kind}");
            assert_eq!(server.only_event().reason, Reason::MissingCredentials);
        }
    }
}

#[authenticated(requires = OrdersWrite)]
async fn numbered(Path(number): Path<u64>, State(runs): State<Runs>) -> String {
    runs.count();
    number.to_string()
}

#[tokio::test]
async fn h23_a_path_that_does_not_parse_gets_401_and_403_first() {
    let app = |service| routes().route("/number/{number}", get(numbered)).with_state(service);
    let server = Server::with(Algorithm::Ed25519).app(app).start().await;
    let writer = server.mint.token(&with(claims(), "scope", "orders:write"));
    for (request, status) in [
        (crate::support::get("/number/x"), 401),
        (crate::support::get_with("/number/x", "garbage"), 401),
        (crate::support::get_with("/number/x", &server.good()), 403),
        (crate::support::get_with("/number/x", &writer), 400),
    ] {
        assert_eq!(server.exchange(&request).await.status, status, "{request}");
        assert_eq!(server.events().len(), usize::from(status != 400), "{request}");
    }
    assert_eq!(server.runs.so_far(), 0);
    assert_eq!(server.exchange(crate::support::get_with("/number/7", &writer)).await.text(), "7");
}

#[tokio::test]
async fn h23_the_rest_of_a_rejected_body_is_not_the_next_request() {
    let server = Server::start().await;
    let smuggled = crate::support::get_with("/me", &server.good());
    let mut connection = Connection::open(server.address).await;
    let lines = format!("content-length: {}\r\n", smuggled.len());
    connection.send(head("/echo", &lines) + &smuggled + &crate::support::get("/me")).await;
    assert_eq!(connection.receive().await.status, 401);
    // Either the server closes the connection, or it treats the rest as a request without a token.
    connection.send("GET /nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    let rest = String::from_utf8(connection.rest().await).expect("text");
    assert!(!rest.contains("HTTP/1.1 200"), "{rest}");
    assert_eq!(server.runs.so_far(), 0);
}

#[tokio::test]
async fn h24_an_unauthenticated_client_gets_no_100_continue() {
    let server = Server::start().await;
    let expecting = |lines: &str| head("/echo", &format!("expect: 100-continue\r\ncontent-length: 5\r\n{lines}"));
    for lines in ["", "authorization: Bearer garbage\r\n"] {
        let mut connection = Connection::open(server.address).await;
        connection.send(expecting(lines)).await;
        // The first line of the response is the rejection, not `100 Continue`.
        assert_eq!(connection.receive().await.status, 401);
    }
    assert_eq!(server.runs.so_far(), 0);

    let mut connection = Connection::open(server.address).await;
    connection.send(expecting(&format!("authorization: Bearer {}\r\n", server.good()))).await;
    assert_eq!(connection.receive_head().await.status, 100);
    connection.send("hello").await;
    let response = connection.receive().await;
    assert_eq!((response.status, response.text()), (200, "hello"));
}
