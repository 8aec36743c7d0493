//! Fuzzes `Authorization` and the query.
//!
//! Only `Bearer`, spaces, and a good token, once, are accepted.

#![no_main]

use auth_fuzz::bench::Bench;
use auth_fuzz::fixtures::{GOOD, KID, secret_key};
use auth_fuzz::policy::credential;
use auth_runtime::{Claims, TokenType};
use http::header::{AUTHORIZATION, HeaderValue};
use http::{Request, Uri};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static BENCH: LazyLock<Bench<Claims>> =
    LazyLock::new(|| Bench::new(secret_key().with_kid(KID), TokenType::AccessToken));

// Each line is the value of a header; one that begins with `?` is the query.
fuzz_target!(|bytes: &[u8]| {
    if gets_in(bytes) {
        // The fuzzer rarely finds a near miss, so add one byte around the scheme and at the end.
        for at in (0..=9).chain([bytes.len()]).filter(|at| *at <= bytes.len()) {
            for byte in *b"\t \n,=.;\"\xa0?" {
                let (before, after) = bytes.split_at(at);
                gets_in(&[before, &[byte], after].concat());
            }
        }
    }
});

fn gets_in(bytes: &[u8]) -> bool {
    let mut request = Request::builder();
    let mut headers = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if line.starts_with(b"?") {
            let uri = std::str::from_utf8(line).ok().and_then(|line| format!("/orders{line}").parse::<Uri>().ok());
            if let Some(uri) = uri {
                request = request.uri(uri);
            }
        } else if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.push(line);
            request = request.header(AUTHORIZATION, value);
        }
    }
    let (parts, ()) = request.body(()).expect("a request").into_parts();

    // As HTTP hands it over: without what follows a `#`.
    let query = parts.uri.query().unwrap_or_default();
    let in_query = query.split('&').any(|pair| pair.split('=').next() == Some("access_token"));
    let good = match headers[..] {
        [header] if !in_query => credential(header).and_then(|token| GOOD.iter().find(|good| good.as_bytes() == token)),
        _ => None,
    };
    match (BENCH.authenticate(&parts), good) {
        (Ok(proof), Some(_)) => assert!(["alice", "bob", "carol"].contains(&proof.subject())),
        (Err(_), None) => {}
        (Ok(proof), None) => panic!("{} got in", proof.subject()),
        (Err(event), Some(good)) => panic!("{good} did not get in: {event:?}"),
    }
    good.is_some()
}
