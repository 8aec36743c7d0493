//! Tests that `Authorization` accepts only `Bearer`, spaces and a good token.

use super::for_all;
use crate::support::{Bench, Mint, claims, with};
use auth_runtime::TokenType;
use auth_runtime::keys::Algorithm;
use http::header::{AUTHORIZATION, HeaderValue};
use http::{HeaderMap, Request};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use std::cell::Cell;
use test_support::cases;

fn bench() -> (Bench, [String; 2]) {
    let mint = Mint::of(Algorithm::HS256);
    let good = ["alice", "bob"].map(|sub| mint.token(&with(claims(), "sub", sub)));
    (Bench::new(mint.key(), TokenType::AccessToken), good)
}

/// Implements RFC 9110 section 11.4 and RFC 6750 section 2.1 literally.
fn is_a_credential(header: &[u8], good: &[String]) -> bool {
    let Some((scheme, rest)) = header.split_at_checked(6) else { return false };
    let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
    scheme.eq_ignore_ascii_case(b"bearer") && spaces > 0 && good.iter().any(|token| token.as_bytes() == &rest[spaces..])
}

/// Generates any bytes, and headers from the pieces of a good one.
fn header(good: &[String; 2]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let scheme = prop_oneof![
        8 => select(vec!["Bearer", "bearer", "BEARER", "bEaReR"]).prop_map(str::to_owned),
        1 => select(vec!["Basic", "DPoP", "Bearer:", "Bearer,", "Bearer\t", " Bearer", "Bearer Bearer", "Bear", "", "\"Bearer\"", "Token"]).prop_map(str::to_owned),
    ];
    let between =
        prop_oneof![8 => select(vec![" ", "  ", "    "]), 1 => select(vec!["", "\t", " \t", ",", ", ", "=", "\u{a0}"])];
    let token = prop_oneof![8 => select(good.to_vec()), 1 => Just(String::new()), 1 => any::<String>()];
    let after = prop_oneof![
        8 => Just(String::new()),
        1 => select(vec![" ", "\t", ",", ".", "=", ";", "\"", ", Bearer x", " x", "\u{ff}"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop_oneof![
        1 => vec(any::<u8>(), 0..80),
        6 => (scheme, between, token, after).prop_map(|(scheme, between, token, after)| format!("{scheme}{between}{token}{after}").into_bytes()),
    ]
}

#[test]
fn only_bearer_spaces_and_a_good_token_are_accepted() {
    let (bench, good) = bench();
    let (passed, stopped, no_header) = (Cell::new(0), Cell::new(0), Cell::new(0));
    for_all(6_000, &header(&good), |header| {
        let count = match bench.authenticate_with(&header) {
            None => &no_header,
            Some(outcome) => {
                assert_eq!(outcome.is_ok(), is_a_credential(&header, &good), "{outcome:?}");
                if outcome.is_ok() { &passed } else { &stopped }
            }
        };
        count.set(count.get() + 1);
    });
    assert!(
        passed.get() > cases(500) && stopped.get() > cases(1_000),
        "{passed:?} accepted, {stopped:?} rejected, {no_header:?} not a header"
    );
}

/// P6: it is unknown which of two credentials counts.
#[test]
fn two_headers_are_rejected() {
    let (bench, good) = bench();
    for_all(1_000, &(header(&good), header(&good)), |(one, other)| {
        let mut headers = HeaderMap::new();
        for value in [one, other].iter().filter_map(|bytes| HeaderValue::from_bytes(bytes).ok()) {
            headers.append(AUTHORIZATION, value);
        }
        if headers.len() == 2 {
            let (mut parts, ()) = Request::new(()).into_parts();
            parts.headers = headers;
            assert!(bench.authenticate(&parts).is_err());
        }
    });
}
