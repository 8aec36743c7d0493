//! Tests that header and payload have one meaning, or are rejected.

use crate::support::{Bench, Connection, Mint, Server, base64url, claims, get, get_with, header, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Signs a token with text after the opening brace of the header or the payload.
fn with_first_members(server: &Server, in_header: &str, in_payload: &str) -> String {
    let put = |json: String, first: &str| json.replacen('{', &format!("{{{first}"), 1);
    server.mint.signed(put(header(Algorithm::Ed25519).to_string(), in_header), put(claims().to_string(), in_payload))
}

#[tokio::test]
async fn t30_a_duplicate_member_is_rejected() {
    let server = Server::start().await;
    let twice = [
        with_first_members(&server, r#""alg":"none","#, ""),
        with_first_members(&server, r#""alg":"Ed25519","#, ""),
        with_first_members(&server, r#""\u0061lg":"none","#, ""),
        with_first_members(&server, r#""kid":"another","#, ""),
        with_first_members(&server, r#""typ":"JWT","#, ""),
        with_first_members(&server, r#""a":1,"a":1,"#, ""),
        with_first_members(&server, r#""a":{"b":1,"b":1},"#, ""),
        with_first_members(&server, "", r#""exp":1,"#),
        with_first_members(&server, "", r#""e\u0078p":1,"#),
        with_first_members(&server, "", r#""sub":"admin","#),
        with_first_members(&server, "", r#""scope":"orders:write","#),
        with_first_members(&server, "", r#""role":"user","role":"admin","#),
        with_first_members(&server, "", r#""role":"user","r\u006fle":"admin","#),
        with_first_members(&server, "", r#""a":{"b":1,"b":2},"#),
        with_first_members(&server, "", r#""a":[{"b":[{"c":1,"c":1}]}],"#),
        with_first_members(&server, "", r#""":1,"":2,"#),
    ];
    server.refuses_each(twice.into_iter().map(|token| (token, Reason::MalformedToken))).await;
    // The same name in nested objects is not a duplicate.
    server.accepts(&with_first_members(&server, "", r#""a":{"b":1},"c":{"b":1},"#)).await;
}

#[tokio::test]
async fn t32_t33_header_and_payload_are_one_strict_json_object_each() {
    let server = Server::start().await;
    let good_header = header(Algorithm::Ed25519).to_string();
    let good_payload = claims().to_string();
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let malformed = |good: &str| -> Vec<Vec<u8>> {
        let inside = |text: &str| good.replacen('{', &format!("{{{text},"), 1).into_bytes();
        vec![
            format!("{good}x").into_bytes(),
            format!("{good}{good}").into_bytes(),
            format!("{good}\0").into_bytes(),
            format!("[{good}]").into_bytes(),
            format!("\u{feff}{good}").into_bytes(),
            format!("// comment\n{good}").into_bytes(),
            format!("{good}/* comment */").into_bytes(),
            good.replace('"', "'").into_bytes(),
            good[..good.len() - 1].to_owned().into_bytes(),
            good.replacen('}', ",}", 1).into_bytes(),
            b"[]".to_vec(),
            b"null".to_vec(),
            b"5".to_vec(),
            b"true".to_vec(),
            b"\"{}\"".to_vec(),
            b" ".to_vec(),
            inside("a:1"),
            inside("\"a\":.5"),
            inside("\"a\":\"\\ud800\""),
            inside("\"a\":\"\\ud800\\u0041\""),
            inside("\"a\":\"tab\there\""),
            inside("\"a\":undefined"),
            inside(&format!("\"a\":{}", deep(1000))),
            [&inside("\"a\":\"")[..], b"\xff\xfe"].concat(),
            good.replace("\"a", "\"\u{0}a").into_bytes(),
            // RFC 8725 section 3.7: UTF-8 and nothing else (T33).
            good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            good.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            [&good.as_bytes()[..1], b"\"caf\xe9\":1,", &good.as_bytes()[1..]].concat(),
            [&good.as_bytes()[..1], b"\"overlong\xc0\xaf\":1,", &good.as_bytes()[1..]].concat(),
        ]
    };
    let bad_headers = malformed(&good_header).into_iter().map(|header| server.mint.signed(header, &good_payload));
    let bad_payloads = malformed(&good_payload).into_iter().map(|payload| server.mint.signed(&good_header, payload));
    server.refuses_each(bad_headers.chain(bad_payloads).map(|token| (token, Reason::MalformedToken))).await;
}

#[tokio::test]
async fn t32_claims_as_an_array_are_rejected() {
    let server = Server::start().await;
    let c = claims();
    let positional =
        json!([c["iss"], c["sub"], c["aud"], c["exp"], null, c["iat"], c["jti"], c["client_id"], c["scope"]]);
    let token = server.mint.signed(header(Algorithm::Ed25519).to_string(), positional.to_string());
    server.refuses_each([(token, Reason::MalformedToken)]).await;
}

#[tokio::test]
async fn t32_depth_and_length_cost_no_time() {
    let server =
        Server::with(Algorithm::Ed25519).verifier(|builder| builder.max_token_bytes(1024 * 1024)).start().await;
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let deep = |open: &str| format!(r#"{{"a":{}}}"#, open.repeat(100_000));
    let started = Instant::now();
    for json in [format!(r#"{{"a":{}}}"#, nested(10_000)), deep("[")] {
        server.refuses(&server.mint.signed(&json, "{}"), Reason::MalformedToken).await;
        let token = server.mint.signed(header(Algorithm::Ed25519).to_string(), &json);
        server.refuses(&token, Reason::MalformedToken).await;
    }
    // More depth than any token needs is rejected long before it is dangerous.
    for (depth, in_bounds) in [(31, true), (32, false), (100, false)] {
        let token =
            server.mint.token(&with(claims(), "a", serde_json::from_str::<Value>(&nested(depth)).expect("JSON")));
        if in_bounds {
            server.accepts(&token).await;
        } else {
            server.refuses(&token, Reason::MalformedToken).await;
        }
    }
    // A long token is accepted if the operator allows it.
    server.accepts(&server.mint.token(&with(claims(), "biography", "x".repeat(150_000)))).await;
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

/// Deeper and longer than HTTP can carry.
#[test]
fn t32_depth_and_length_do_not_overflow_the_stack() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mint = Mint::of(Algorithm::Ed25519);
    let bench = Bench::up_to(1024 * 1024, mint.key());
    for json in [nested(100_000), r#"{"a":"#.repeat(100_000), format!(r#"{{"a":{}"#, "[{\"a\":".repeat(90_000))] {
        for token in [mint.signed(&json, "{}"), mint.signed(header(Algorithm::Ed25519).to_string(), &json)] {
            assert!(token.len() > 200_000, "{}", token.len());
            assert_eq!(bench.verify(&token).expect_err("it was accepted").reason, Reason::MalformedToken);
        }
    }
    let long = |length| mint.token(&with(claims(), "biography", "x".repeat(length)));
    assert_eq!(bench.verify(&long(700_000)), Ok(()));
    assert_eq!(bench.verify(&long(1024 * 1024)).expect_err("a mebibyte").reason, Reason::TokenTooLong);
}

#[tokio::test]
async fn t32_h08_a_token_longer_than_the_limit_is_not_read() {
    let server = Server::start().await;
    server.accepts_the_good_token().await;
    server.accepts(&server.mint.token(&with(claims(), "biography", "x".repeat(8 * 1024)))).await;
    for length in [16 * 1024, 64 * 1024, 250 * 1024] {
        let long = server.mint.token(&with(claims(), "biography", "x".repeat(length)));
        server.refuses(&long, Reason::TokenTooLong).await;
        server.refuses(&"a".repeat(length + 1), Reason::TokenTooLong).await;
    }
    // Beyond the limit of HTTP itself, the request does not reach the gate.
    for length in [512 * 1024, 1024 * 1024] {
        let mut connection = Connection::open(server.address).await;
        connection.send(get_with("/me", &base64url("x".repeat(length)))).await;
        let answer = String::from_utf8(connection.rest().await).expect("text");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    assert!(server.events().is_empty());
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn h08_another_header_does_not_change_the_decision_however_long() {
    let server = Server::start().await;
    let good = server.good();
    for length in [8, 64, 250].map(|kibibytes| kibibytes * 1024) {
        let long = format!("x-long: {}\r\n\r\n", "x".repeat(length));
        let request = |request: String| request.trim_end().to_owned() + "\r\n" + &long;
        assert_eq!(server.exchange(request(get("/me"))).await.status, 401, "{length}");
        assert_eq!(server.only_event().reason, Reason::MissingCredentials);
        assert_eq!(server.exchange(request(get_with("/me", &good))).await.text(), "alice", "{length}");
    }
    assert_eq!(server.runs.so_far(), 3);
}

#[tokio::test]
async fn h08_many_headers_are_rejected_before_the_gate() {
    let server = Server::start().await;
    let many = "x: y\r\n".repeat(150);
    let response = server.exchange(format!("GET /me HTTP/1.1\r\nhost: localhost\r\n{many}\r\n")).await;
    assert_eq!(response.status, 431);
    server.accepts_the_good_token().await;
}
