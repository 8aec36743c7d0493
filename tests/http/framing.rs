//! Tests malformed HTTP, and the forms of a request that HTTP allows.

use crate::support::{AUDIENCE, Server, claims, with};
use auth_runtime::events::Reason;

#[tokio::test]
async fn h07_invalid_http_gets_400_before_the_gate() {
    let server = Server::start().await;
    let good = server.good();
    for lines in [
        format!("authorization: Bearer {good}\0\r\n"),
        format!("authorization: Bearer\0{good}\r\n"),
        format!("authorization : Bearer {good}\r\n"),
        format!("x: y\r\n authorization: Bearer {good}\r\n"),
        format!("authorization: Bearer\r\n {good}\r\n"),
        format!("author\0ization: Bearer {good}\r\n"),
        format!("authorization: Bearer {good}\x01\r\n"),
    ] {
        let response = server.exchange(format!("GET /me HTTP/1.1\r\nhost: localhost\r\n{lines}\r\n")).await;
        assert_eq!(response.status, 400, "{lines:?}");
    }
    for first_line in ["GET /me HTTP/3.0", "GET  /me HTTP/1.1", "GET /m\x01e HTTP/1.1"] {
        let response =
            server.exchange(format!("{first_line}\r\nhost: localhost\r\nauthorization: Bearer {good}\r\n\r\n")).await;
        assert_eq!(response.status, 400, "{first_line:?}");
    }
    assert_eq!(server.runs.so_far(), 0);
    assert!(server.events().is_empty());
    server.accepts_the_good_token().await;
}

/// Returns every form in which a server accepts a request for `/me`.
fn forms(authorization: &str) -> [String; 9] {
    [
        format!("GET /me HTTP/1.1\r\nhost: localhost\r\n{authorization}\r\n"),
        format!("GET /me HTTP/1.1\r\n{authorization}\r\n"),
        format!("GET /me HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n{authorization}\r\n"),
        format!("GET /me HTTP/1.1\r\nhost: {AUDIENCE}\r\n{authorization}\r\n"),
        format!("GET http://evil.example/me HTTP/1.1\r\nhost: localhost\r\n{authorization}\r\n"),
        format!("GET http://admin:secret@localhost/me HTTP/1.1\r\nhost: localhost\r\n{authorization}\r\n"),
        format!("GET /me HTTP/1.0\r\n{authorization}\r\n"),
        format!(
            "GET /me HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n{authorization}\r\n0\r\n\r\n"
        ),
        format!(
            "GET /me HTTP/1.1\r\nhost: localhost\r\nforwarded: host={AUDIENCE}\r\nx-forwarded-host: {AUDIENCE}\r\n{authorization}\r\n"
        ),
    ]
}

#[tokio::test]
async fn h25_the_form_of_a_request_does_not_change_the_decision() {
    let server = Server::start().await;
    let other_audience = server.mint.token(&with(claims(), "aud", "evil.example"));
    for form in forms("") {
        assert_eq!(server.exchange(&form).await.status, 401, "{form}");
        let event = server.only_event();
        assert_eq!((event.reason, event.route.as_deref()), (Reason::MissingCredentials, Some("/me")), "{form}");
        assert_eq!((&*event.audience, &*event.issuer), (AUDIENCE, crate::support::ISSUER));
    }
    for form in forms(&format!("authorization: Bearer {other_audience}\r\n")) {
        assert_eq!(server.exchange(&form).await.status, 401, "{form}");
        assert_eq!(server.only_event().reason, Reason::WrongAudience, "{form}");
    }
    assert_eq!(server.runs.so_far(), 0);
    for form in forms(&format!("authorization: Bearer {}\r\n", server.good())) {
        let response = server.exchange(&form).await;
        assert_eq!((response.status, response.text()), (200, "alice"), "{form}");
    }
}
