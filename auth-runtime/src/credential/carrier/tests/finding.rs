//! Exactly one credential is found, in whatever carrier.

use super::support::{COOKIE, all, carriers, found, head, in_no_query};
use crate::credential::carrier::Carrier;
use auth_events::Reason::{
    MalformedCredentials, MissingCredentials, PlaceholderToken, SeveralCredentials, TokenInQuery,
};
use axum::extract::ConnectInfo;
use std::net::SocketAddr;

const UPGRADE: [&str; 3] = ["connection: upgrade", "upgrade: WebSocket", "origin: https://app.example.com"];

#[test]
fn each_carrier_is_found_by_its_index() {
    for (lines, expected) in [
        (&["authorization: Bearer a.b.c"][..], "0 a.b.c"),
        (&["authorization: token a.b.c"], "1 a.b.c"),
        (&["x-api-key: acme_live_1"], "2 acme_live_1"),
        (&["cookie: __Host-session=a.b.c"], "3 a.b.c"),
        (&["cookie: theme=dark; __Host-session=a=b; lang=de"], "3 a=b"),
        // HTTP/2 may split the header (RFC 9113 section 8.2.3).
        (&["cookie: theme=dark", "cookie: __Host-session=a.b.c"], "3 a.b.c"),
    ] {
        assert_eq!(found(&all(), &head("GET /", lines)).as_deref(), Ok(expected), "{lines:?}");
    }
}

#[test]
fn a_subprotocol_is_found_in_an_upgrade() {
    for offered in [
        "sec-websocket-protocol: bearer, a.b.c",
        "sec-websocket-protocol: bearer,a.b.c",
        "sec-websocket-protocol: Bearer , a.b.c,chat",
    ] {
        let lines = [&UPGRADE[..], &[offered]].concat();
        assert_eq!(found(&all(), &head("GET /", &lines)).as_deref(), Ok("4 a.b.c"), "{offered}");
    }
    // RFC 6455 section 11.3.4: two headers are one list.
    let lines = [&UPGRADE[..], &["sec-websocket-protocol: bearer", "sec-websocket-protocol: a.b.c"]].concat();
    assert_eq!(found(&all(), &head("GET /", &lines)).as_deref(), Ok("4 a.b.c"));
    // RFC 8441: an extended CONNECT.
    let lines = ["sec-websocket-protocol: bearer, a.b.c"];
    assert_eq!(found(&all(), &head("CONNECT /", &lines)).as_deref(), Ok("4 a.b.c"));
    let other = [&UPGRADE[..], &["sec-websocket-protocol: chat, v2"]].concat();
    assert_eq!(found(&all(), &head("GET /", &other)), Err(MissingCredentials));
}

#[test]
fn a_subprotocol_of_another_form_is_malformed() {
    for (is_upgrade, offered, reason) in [
        (true, "bearer", MalformedCredentials),
        (true, "bearer, ", MalformedCredentials),
        (true, "bearer, a b", MalformedCredentials),
        (true, "chat, bearer, a.b.c", MalformedCredentials),
        (true, "bearer, bearer, a.b.c", SeveralCredentials),
        (true, "bearer, a.b.c, Bearer", SeveralCredentials),
        (false, "bearer, a.b.c", MalformedCredentials),
    ] {
        let offered = format!("sec-websocket-protocol: {offered}");
        let lines = [if is_upgrade { &UPGRADE[..] } else { &[] }, &[offered.as_str()]].concat();
        assert_eq!(found(&all(), &head("GET /", &lines)), Err(reason), "{offered}");
    }
    let post = [&UPGRADE[..], &["sec-websocket-protocol: bearer, a.b.c"]].concat();
    assert_eq!(found(&all(), &head("POST /", &post)), Err(MalformedCredentials));
}

/// P6: it is unknown which of two credentials counts.
#[test]
fn two_credentials_are_rejected_whatever_their_carriers() {
    let one = [
        "authorization: Bearer a",
        "authorization: Token a",
        "authorization: Basic YTpi",
        "x-api-key: a",
        "cookie: __Host-session=a",
        "sec-websocket-protocol: bearer, a",
    ];
    for first in one {
        for second in one {
            // Two lists of subprotocols are one list, which `finding::a_subprotocol_..` covers.
            let lines = [&UPGRADE[..], &[first, second]].concat();
            assert_eq!(found(&all(), &head("GET /", &lines)), Err(SeveralCredentials), "{first}, {second}");
        }
        let lines = [&UPGRADE[..], &[first]].concat();
        let with_query = found(&all(), &head("GET /?access_token=a", &lines));
        assert_eq!(with_query, Err(SeveralCredentials), "{first} and the query");
    }
}

#[test]
fn one_header_with_two_values_is_rejected() {
    for lines in [
        &["cookie: __Host-session=a; __Host-session=a"][..],
        &["cookie: __Host-session=a", "cookie: __Host-session=b"],
        &["cookie: __Host-session=a; __Host-session"],
        &["cookie: __Host-session=a; __Host-session =b"],
        &["x-api-key: a, b"],
        &["x-api-key: a", "x-api-key: a"],
        &["authorization: Basic YTpi, Token a"],
    ] {
        assert_eq!(found(&all(), &head("GET /", lines)), Err(SeveralCredentials), "{lines:?}");
    }
}

#[test]
fn an_empty_or_unusual_value_is_malformed() {
    for line in ["authorization: Token", "authorization: Token "] {
        assert_eq!(found(&all(), &head("GET /", &[line])), Err(PlaceholderToken), "{line}");
    }
    for line in [
        "x-api-key:",
        "x-api-key: Bearer a",
        "x-api-key: a\tb",
        "x-api-key: \"a\"",
        "cookie: __Host-session=",
        "cookie: __Host-session",
        "cookie: __Host-session=\"a\"",
        "cookie: __Host-session= a",
        "cookie: __Host-session =a",
        "cookie: __Host-session=a\\b",
        "cookie: __Host-session=ä",
    ] {
        assert_eq!(found(&all(), &head("GET /", &[line])), Err(MalformedCredentials), "{line}");
    }
}

#[test]
fn a_carrier_that_is_not_configured_is_not_read() {
    let bearer = carriers([Carrier::bearer()]);
    for line in
        ["x-api-key: a", "cookie: __Host-session=a", "sec-websocket-protocol: bearer, a", "authorization: Token a"]
    {
        assert_eq!(found(&bearer, &head("GET /", &[line])), Err(MissingCredentials), "{line}");
    }
    for line in ["cookie: __host-session=a", "cookie: session=a", "cookie: x__Host-session=a", "cookie: a"] {
        assert_eq!(found(&all(), &head("GET /", &[line])), Err(MissingCredentials), "{line}");
    }
    let cookie = carriers([Carrier::cookie(COOKIE)]);
    assert_eq!(found(&cookie, &head("GET /?access_token=a", &[])), Err(TokenInQuery));
}

/// A guest presents no credential. One of another scheme is a credential all the same.
#[test]
fn only_a_request_without_a_credential_may_be_a_guest() {
    let is_guest =
        |lines: &[&str]| all().find(&head("GET /", lines), in_no_query).is_err_and(|r| r.is_without_credential());
    assert!(is_guest(&[]));
    assert!(is_guest(&["cookie: theme=dark", "sec-websocket-protocol: chat"]));
    for line in [
        "authorization: Basic YTpi",
        "authorization:",
        "cookie: __Host-session=",
        "x-api-key:",
        "sec-websocket-protocol: bearer",
        "sec-websocket-protocol: chat, bearer, a",
    ] {
        assert!(!is_guest(&[line]), "{line}");
    }
    assert!(!all().find(&head("GET /?access_token=a", &[]), in_no_query).is_err_and(|r| r.is_without_credential()));
}

#[test]
fn a_cookie_of_another_name_counts_on_this_machine_only() {
    let local = carriers([Carrier::dangerous_cookie_on_loopback("session")]);
    let with = |host: &str, peer: Option<&str>| {
        let mut parts = head("GET /", &["cookie: session=a", &format!("host: {host}")]);
        if let Some(peer) = peer {
            let peer: SocketAddr = peer.parse().expect("an address");
            parts.extensions.insert(ConnectInfo(peer));
        }
        found(&local, &parts)
    };
    for host in
        ["localhost", "localhost:3000", "LOCALHOST", "app.localhost:3000", "127.0.0.1:80", "127.8.8.8", "[::1]:3000"]
    {
        assert_eq!(with(host, None).as_deref(), Ok("0 a"), "{host}");
        assert_eq!(with(host, Some("127.0.0.1:5000")).as_deref(), Ok("0 a"), "{host}");
        assert_eq!(with(host, Some("[::ffff:127.0.0.1]:5000")).as_deref(), Ok("0 a"), "{host}");
        assert_eq!(with(host, Some("192.0.2.7:5000")), Err(MissingCredentials), "{host}");
    }
    for host in ["app.example.com", "localhost.example.com", "0.0.0.0", "10.0.0.1", "127.0.0.1.example.com", "", "a b"]
    {
        assert_eq!(with(host, Some("127.0.0.1:5000")), Err(MissingCredentials), "{host}");
    }
    let twice = head("GET /", &["cookie: session=a", "host: localhost", "host: localhost"]);
    assert_eq!(found(&local, &twice), Err(MissingCredentials));
    // A guest has no credential, and this one has.
    let refused =
        local.find(&head("GET /", &["cookie: session=a", "host: app.example.com"]), in_no_query).map(drop).unwrap_err();
    assert!(!refused.is_without_credential());
}
