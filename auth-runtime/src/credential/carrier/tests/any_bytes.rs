//! P6: no bytes of headers panic, and what is found is in exactly one header.

use super::support::{ORIGIN, all, in_no_query};
use crate::credential::carrier::protect;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use std::cell::Cell;

const NAMES: &[&str] = &[
    "authorization",
    "x-api-key",
    "cookie",
    "sec-websocket-protocol",
    "upgrade",
    "origin",
    "sec-fetch-site",
    "host",
    "sec-fetch-mode",
    "sec-fetch-dest",
];

const PIECES: &[&str] = &[
    "Bearer",
    "bearer",
    "Token",
    "Basic",
    " ",
    "  ",
    ",",
    ", ",
    ";",
    "; ",
    "=",
    "__Host-session",
    "__Host-session=",
    "a.b.c",
    "\"",
    "websocket",
    "same-origin",
    ORIGIN,
    "null",
    "\t",
    "access_token=a",
    "localhost",
];

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => vec(any::<u8>(), 0..60),
        4 => vec(select(PIECES), 0..8).prop_map(|pieces| pieces.concat().into_bytes()),
        2 => select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => Just(Vec::new()),
    ]
}

/// Lines of good requests, because pieces make a whole one too seldom.
const GOOD: &[(&str, &str)] = &[
    ("authorization", "Bearer a.b.c"),
    ("authorization", "Token a.b.c"),
    ("x-api-key", "a.b.c"),
    ("cookie", "__Host-session=a.b.c"),
    ("sec-websocket-protocol", "bearer, a.b.c"),
    ("upgrade", "websocket"),
    ("origin", ORIGIN),
];

fn line() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    prop_oneof![
        3 => (select(NAMES), value()),
        2 => select(GOOD).prop_map(|(name, value)| (name, value.as_bytes().to_vec())),
    ]
}

fn requests() -> impl Strategy<Value = Parts> {
    let methods = select(&["GET", "POST", "CONNECT", "OPTIONS"][..]);
    let targets = select(&["/", "/", "/", "/?access_token=a", "*"][..]);
    (methods, targets, vec(line(), 0..6)).prop_map(|(method, target, headers)| {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in &headers {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                request = request.header(HeaderName::from_static(name), value);
            }
        }
        request.body(()).expect("a request").into_parts().0
    })
}

/// The headers of the carriers of [`all`], by index.
const HEADERS: [&str; 5] = ["authorization", "authorization", "x-api-key", "cookie", "sec-websocket-protocol"];

#[test]
fn any_headers_have_a_decision() {
    let config = ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() };
    let (carriers, view) = (all(), all().client_view(None, None).expect("a view"));
    let tokens = [const { Cell::new(0) }; HEADERS.len()];
    let checked = TestRunner::new(config).run(&requests(), |mut parts| {
        if let Ok(found) = carriers.find(&parts, in_no_query) {
            let (index, credential) = (found.carrier.expect("a carrier"), found.credential.bytes());
            let header = HEADERS[index];
            let holds = |value: &HeaderValue| {
                credential.is_empty() || value.as_bytes().windows(credential.len()).any(|part| part == credential)
            };
            prop_assert!(parts.headers.get_all(header).iter().any(holds));
            // With any scheme it is a credential, so that no other carrier may count beside it.
            prop_assert!(header == "authorization" || !parts.headers.contains_key("authorization"));
            if let Ok(token) = found.credential.token() {
                tokens[index].set(tokens[index].get() + 1);
                prop_assert!(!token.is_empty() && !token.contains([' ', '\t']), "{token:?}");
                prop_assert!(header == "authorization" || !token.contains([',', ';', '"', '\\']), "{token:?}");
            }
        }
        protect(&view, &mut parts);
        let _ = view.login_for(&parts);
        Ok(())
    });
    checked.unwrap();
    assert!(tokens.iter().all(|count| count.get() > 20), "a carrier had few tokens: {tokens:?}");
}
