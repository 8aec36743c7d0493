//! What runs after the decision does not see the credential.

use super::support::{all, carriers, head};
use crate::credential::carrier::{Carrier, protect, protect_from_layers};
use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::SEC_WEBSOCKET_PROTOCOL;

fn view() -> crate::rejection::ClientView {
    all().client_view(Some("api"), None).expect("a view")
}

#[test]
fn credentials_are_omitted_from_debug() {
    let mut parts =
        head("GET /", &["x-api-key: the-secret", "cookie: a=the-secret", "cookie: b=the-secret", "x-other: shown"]);
    protect(&view(), &mut parts);
    let shown = format!("{:?}", parts.headers);
    assert!(shown.contains("shown") && !shown.contains("the-secret"), "{shown}");
    assert_eq!(parts.headers["x-api-key"], "the-secret");
}

#[test]
fn layers_see_the_usual_credentials_as_sensitive() {
    let lines =
        ["authorization: Bearer the-secret", "authorization: the-secret", "cookie: a=the-secret", "x-other: shown"];
    let mut parts = head("GET /", &lines);
    protect_from_layers(&mut parts.headers);
    let shown = format!("{:?}", parts.headers);
    assert!(shown.contains("shown") && !shown.contains("the-secret"), "{shown}");
    assert_eq!(parts.headers["authorization"], "Bearer the-secret");
}

#[test]
fn the_token_is_removed_from_the_offered_subprotocols() {
    for (offered, left) in [
        (&["sec-websocket-protocol: bearer, the.secret"][..], "bearer"),
        (&["sec-websocket-protocol: bearer,the.secret , chat,v2"], "bearer, chat, v2"),
        (&["sec-websocket-protocol: bearer", "sec-websocket-protocol: the.secret, chat"], "bearer, chat"),
    ] {
        let mut parts = head("GET /", offered);
        let protected = protect(&view(), &mut parts);
        let values: Vec<_> = parts.headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().collect();
        assert_eq!(values, [left], "{offered:?}");
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        protected.complete(&mut response);
        assert_eq!(response.headers()[SEC_WEBSOCKET_PROTOCOL], "bearer");
    }
}

#[test]
fn the_answer_keeps_the_handlers_protocol_and_names_none_without_a_connection() {
    let mut parts = head("GET /", &["sec-websocket-protocol: bearer, the.secret, chat"]);
    let protected = protect(&view(), &mut parts);
    let mut chosen = Response::new(Body::empty());
    *chosen.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    chosen.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, "chat".parse().unwrap());
    protected.complete(&mut chosen);
    let values: Vec<_> = chosen.headers().get_all(SEC_WEBSOCKET_PROTOCOL).iter().collect();
    assert_eq!(values, ["chat"]);
    for status in [StatusCode::BAD_REQUEST, StatusCode::OK] {
        let mut plain = Response::new(Body::empty());
        *plain.status_mut() = status;
        protected.complete(&mut plain);
        assert!(!plain.headers().contains_key(SEC_WEBSOCKET_PROTOCOL), "{status}");
    }
    // RFC 8441 section 5: in HTTP/2, 200 opens the connection.
    let mut parts = head("CONNECT /", &["sec-websocket-protocol: bearer, the.secret"]);
    let mut response = Response::new(Body::empty());
    protect(&view(), &mut parts).complete(&mut response);
    assert_eq!(response.headers()[SEC_WEBSOCKET_PROTOCOL], "bearer");
}

#[test]
fn subprotocols_of_other_services_are_left_alone() {
    let bearer = carriers([Carrier::bearer()]).client_view(Some("api"), None).expect("a view");
    for (view, offered) in [(view(), "chat, v2"), (bearer, "bearer, the.secret")] {
        let mut parts = head("GET /", &[&format!("sec-websocket-protocol: {offered}")]);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        protect(&view, &mut parts).complete(&mut response);
        assert_eq!(parts.headers[SEC_WEBSOCKET_PROTOCOL], offered);
        assert!(!response.headers().contains_key(SEC_WEBSOCKET_PROTOCOL));
    }
}
