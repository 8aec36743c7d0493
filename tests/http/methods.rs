//! Tests methods that a developer may have forgotten.

use crate::support::{BARE_CHALLENGE, INVALID_TOKEN, Server, routes};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing;

fn request(method: &str, path: &str, lines: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n{lines}\r\n")
}

#[tokio::test]
async fn h10_the_method_comes_from_the_request_line() {
    let server = Server::start().await;
    let known = format!("authorization: Bearer {}\r\n", server.good());
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let with_override = |lines: &str| format!("{name}: OPTIONS\r\n{lines}");
        assert_eq!(server.exchange(request("GET", "/me", &with_override(""))).await.status, 401);
        assert_eq!(server.exchange(request("GET", "/me", &with_override(&known))).await.status, 200);
        // The routes have neither DELETE, nor GET under another name.
        let as_get = format!("{name}: GET\r\n{known}");
        assert_eq!(server.exchange(request("DELETE", "/me", &as_get)).await.status, 405);
    }
    assert_eq!(server.exchange(request("GET", "/me?_method=OPTIONS", "")).await.status, 401);
    assert_eq!(server.exchange(request("POST", "/me?_method=GET", &known)).await.status, 405);
    assert_eq!(server.runs.so_far(), 3);
}

#[tokio::test]
async fn h12_inc_43_head_requires_a_proof_as_get_does() {
    let server = Server::start().await;
    for (lines, challenge) in [("", BARE_CHALLENGE), ("authorization: Bearer garbage\r\n", INVALID_TOKEN)] {
        let got = server.exchange(request("GET", "/me", lines)).await;
        let head = server.exchange(request("HEAD", "/me", lines)).await;
        assert_eq!(head.status, 401);
        assert_eq!(head.header("www-authenticate"), Some(challenge));
        assert_eq!(head.visible().1, got.visible().1, "the same headers");
        let events = server.events();
        assert_eq!(events.iter().map(|event| event.method).collect::<Vec<_>>(), [Some("GET"), Some("HEAD")]);
    }
    assert_eq!(server.runs.so_far(), 0);
    // The response has no body, so the next response on the connection starts where it ended.
    let mut connection = crate::support::Connection::open(server.address).await;
    let known = format!("authorization: Bearer {}\r\n", server.good());
    assert_eq!(connection.exchange(request("HEAD", "/me", "")).await.status, 401);
    assert_eq!(connection.exchange(request("HEAD", "/me", &known)).await.status, 200);
    assert_eq!(connection.exchange(request("GET", "/me", &known)).await.text(), "alice");
    assert_eq!(server.runs.so_far(), 2);
}

#[tokio::test]
async fn h13_h14_a_method_without_a_handler_reaches_none() {
    let server = Server::start().await;
    let known = format!("authorization: Bearer {}\r\nx-secret: 42\r\n", server.good());
    for method in ["OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO", "get", "PROPFIND", "CONNECT"] {
        for path in ["/me", "/orders/7", "/v1", "/health"] {
            for lines in ["", &known] {
                let response = server.exchange(request(method, path, lines)).await;
                assert_eq!(response.status, 405, "{method} {path}");
                assert_eq!(response.header("allow"), Some("GET,HEAD"), "{method} {path}");
                assert_eq!(response.text(), "", "{method} {path}: the body is not empty");
            }
        }
    }
    assert_eq!(server.exchange(request("OPTIONS", "*", "")).await.status, 404);
    assert_eq!(server.runs.so_far(), 0);
    assert!(server.events().is_empty(), "no decision is made");
}

#[tokio::test]
async fn h14_a_route_for_any_method_requires_a_proof_for_each() {
    async fn caller(auth: auth_runtime::Authenticated<auth_runtime::Claims>) -> String {
        auth.sub.clone()
    }
    let server = Server::with(Algorithm::Ed25519)
        .app(|service| {
            let some = routing::MethodFilter::PUT.or(routing::MethodFilter::TRACE);
            routes()
                .route("/any", routing::any(caller))
                .route("/some", routing::on(some, caller).options(caller).connect(caller))
                .with_state(service)
        })
        .start()
        .await;
    let known = format!("authorization: Bearer {}\r\n", server.good());
    let registered = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    for method in registered.into_iter().chain(["FOO", "QUERY", "M-SEARCH"]) {
        let response = server.exchange(request(method, "/any", "")).await;
        assert_eq!((response.status, response.header("www-authenticate")), (401, Some(BARE_CHALLENGE)), "{method}");
        let event = server.only_event();
        let expected = if registered.contains(&method) { method } else { "OTHER" };
        assert_eq!((event.reason, event.method), (Reason::MissingCredentials, Some(expected)));
        assert_eq!(server.exchange(request(method, "/any", &known)).await.status, 200, "{method}");
    }
    for method in ["PUT", "TRACE", "OPTIONS"] {
        assert_eq!(server.exchange(request(method, "/some", "")).await.status, 401, "{method}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
        assert_eq!(server.exchange(request(method, "/some", &known)).await.status, 200, "{method}");
    }
    assert_eq!(server.exchange(request("GET", "/some", &known)).await.status, 405);
}
