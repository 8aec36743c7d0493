//! P6: no bytes of headers panic, and what is found is in exactly one header.

use super::support::{ORIGIN, all};
use crate::credential::carrier::protect;
use http::{HeaderName, HeaderValue, Request};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::select;

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
        1 => Just(Vec::new()),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    vec((select(NAMES), value()), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_headers_have_a_decision(
        method in select(&["GET", "POST", "CONNECT", "OPTIONS"][..]),
        target in select(&["/", "/?access_token=a", "/a?b", "*"][..]),
        headers in headers(),
    ) {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in &headers {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                request = request.header(HeaderName::from_static(name), value);
            }
        }
        let mut parts = request.body(()).expect("a request").into_parts().0;
        if let Ok(found) = all().find(&parts) {
            let credential = found.credential.bytes();
            let carrier = ["authorization", "authorization", "x-api-key", "cookie", "sec-websocket-protocol"]
                [found.carrier.expect("a carrier")];
            let holds = |bytes: &[u8]| credential.is_empty() || bytes.windows(credential.len()).any(|part| part == credential);
            assert!(parts.headers.get_all(carrier).iter().any(|value| holds(value.as_bytes())));
            // `Authorization` is a credential in any case, so that only its own carriers may have it.
            assert!(carrier == "authorization" || !parts.headers.contains_key("authorization"));
            if let Ok(token) = found.credential.token() {
                assert!(!token.is_empty() && !token.contains([' ', ';']), "{token:?}");
            }
        }
        let view = all().client_view(None).expect("a view");
        protect(&view, &mut parts);
        let _ = view.login_for(&parts);
    }
}
