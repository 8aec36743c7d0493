//! Tests that a token has exactly one spelling: three segments of canonical base64url.

use crate::support::{
    Bench, INVALID_TOKEN, Mint, PROBLEM_401, Server, base64url, claims, get_with, header, segments, with,
};
use auth_runtime::TokenType;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;
use std::time::{Duration, Instant};

/// The payload is read after its signature is verified, so either error may be found first.
const MODIFIED_PAYLOAD: [Reason; 2] = [Reason::MalformedToken, Reason::BadSignature];

#[tokio::test]
async fn t34_padding_and_the_other_alphabet_are_rejected() {
    let server = Server::start().await;
    // Bytes that have different characters in the two alphabets of base64.
    let payload = with(claims(), "note", "\u{fb}\u{ff}\u{bf}???>>>~~~").to_string();
    let header = header(Algorithm::Ed25519).to_string();
    let good = server.mint.signed(&header, &payload);
    server.accepts(&good).await;
    let [h, p, s] = segments(&good);
    let standard = server.mint.completed(&format!("{h}.{}", STANDARD_NO_PAD.encode(&payload)));
    assert!(segments(&standard)[1].contains(['+', '/']), "the two alphabets differ here");
    let bad = [
        standard,
        server.mint.completed(&format!("{h}=.{p}")),
        server.mint.completed(&format!("{h}.{p}=")),
        server.mint.completed(&format!("{h}.{p}==")),
        format!("{h}=.{p}.{s}"),
        format!("{h}.{p}.{s}="),
        format!("{h}.{p}.{s}=="),
        format!("{h}.{p}.{}", s.replace('-', "+").replace('_', "/") + "+"),
        format!(".{p}.{s}"),
        format!("{h}..{s}"),
        format!("{h}.{p}."),
        "..".to_owned(),
        server.mint.completed(&format!(".{p}")),
        server.mint.completed(&format!("{h}.")),
        server.mint.completed("."),
    ];
    server.refuses_each(bad.into_iter().map(|token| (token, Reason::MalformedToken))).await;
    server.refuses_for_one_of(&format!("{h}.{p}=.{s}"), &MODIFIED_PAYLOAD).await;
}

#[tokio::test]
async fn t34_one_spelling_of_the_last_character_is_accepted() {
    let server = Server::start().await;
    // Lengths that leave unused bits: 1 or 2 modulo 3.
    let payload = (0..3)
        .map(|length| with(claims(), "jti", "x".repeat(length + 1)).to_string())
        .find(|payload| payload.len() % 3 == 1)
        .expect("one in three");
    let padded_header = (0..3)
        .map(|length| with(header(Algorithm::Ed25519), "x", "x".repeat(length)).to_string())
        .find(|header| header.len() % 3 == 1)
        .expect("one in three");
    let good = server.mint.signed(padded_header, payload);
    server.accepts(&good).await;
    let parts = segments(&good);
    let mut accepted = 0;
    for index in 0..3 {
        for last in URL_SAFE.as_str().chars() {
            let mut spelled = parts.map(str::to_owned);
            spelled[index].pop();
            spelled[index].push(last);
            let token = spelled.join(".");
            if token == good {
                accepted += 1;
                continue;
            }
            server.refuses_for_one_of(&token, &MODIFIED_PAYLOAD).await;
        }
    }
    assert_eq!(accepted, 3, "only the good token, once for each segment");
    server.accepts(&good).await;
}

/// HTTP removes white space around a value and allows no line breaks inside.
///
/// The verifier does not trim a token from another source either.
#[test]
fn t34_white_space_in_a_token_is_rejected() {
    let mint = Mint::of(Algorithm::Ed25519);
    let bench = Bench::new(mint.key(), TokenType::AccessToken);
    let good = mint.token(&claims());
    assert_eq!(bench.verify(&good), Ok(()));
    for space in [" ", "\n", "\r\n", "\t", "\u{b}", "\u{c}", "\0", "\u{a0}", "\u{200b}", "\u{feff}"] {
        for place in 0..=good.len() {
            let with_space = format!("{}{space}{}", &good[..place], &good[place..]);
            let refused = bench.verify(&with_space).expect_err("it was accepted");
            assert!(MODIFIED_PAYLOAD.contains(&refused.reason), "{space:?} at {place}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn t34_white_space_inside_a_token_is_refused_where_it_arrives() {
    let server = Server::start().await;
    let good = server.good();
    let ends = [good.find('.').expect("a dot"), good.rfind('.').expect("a dot") + 1];
    for space in [" ", "\t", " \t "] {
        for place in ends.into_iter().chain([10, good.len() / 2]) {
            let with_space = format!("{}{space}{}", &good[..place], &good[place..]);
            server.refuses(&with_space, Reason::MalformedCredentials).await;
        }
    }
    server.accepts(&good).await;
}

#[tokio::test]
async fn t35_a_token_in_one_of_the_json_forms_is_refused() {
    let server = Server::start().await;
    let good = server.good();
    let [protected, payload, signature] = segments(&good);
    let flattened = json!({"payload": payload, "protected": protected, "signature": signature});
    let general = json!({"payload": payload, "signatures": [{"protected": protected, "signature": signature}]});
    let confused = format!(r#"{{"x":"{good}"}}"#);
    let with_space = serde_json::to_string_pretty(&general).expect("JSON").replace('\n', "");
    for token in
        [flattened.to_string(), general.to_string(), with_space, confused, format!("{{{good}}}"), format!("\"{good}\"")]
    {
        let runs = server.runs.so_far();
        let response = server.exchange(get_with("/me", &token)).await;
        let event = server.only_event();
        assert_eq!(server.runs.so_far(), runs);
        assert_eq!(response.status, 401, "{token} {event:?}");
        assert_eq!((response.header("www-authenticate"), response.text()), (Some(INVALID_TOKEN), PROBLEM_401));
    }
    server.accepts_the_good_token().await;
}

#[tokio::test]
async fn t36_an_invalid_byte_is_rejected_at_every_position() {
    let server = Server::start().await;
    let good = server.good();
    server.accepts(&good).await;
    let outside = (b'!'..=b'~').filter(|byte| !byte.is_ascii_alphanumeric() && !b"-_.".contains(byte));
    for byte in outside.chain([0x80, 0xa0, 0xc3, 0xff]) {
        for place in [0, 10, good.len() / 2, good.len()] {
            let (before, after) = good.as_bytes().split_at(place);
            let request =
                [b"GET /me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ", before, &[byte], after, b"\r\n\r\n"];
            let response = server.exchange(request.concat()).await;
            assert_eq!(response.status, 401, "byte {byte:#x} at {place}");
            assert_eq!((response.header("www-authenticate"), response.text()), (Some(INVALID_TOKEN), PROBLEM_401));
            let reason = server.only_event().reason;
            assert!(
                MODIFIED_PAYLOAD.contains(&reason) || reason == Reason::MalformedCredentials,
                "{reason} for {byte:#x}"
            );
        }
    }
    assert_eq!(server.runs.so_far(), 1);
    server.accepts(&good).await;
}

#[tokio::test]
async fn t36_a_token_has_three_segments() {
    let server = Server::start().await;
    let good = server.good();
    let [h, p, s] = segments(&good);
    let dots = ".".repeat(10_000);
    let bad = [
        h.to_owned(),
        format!("{h}.{p}"),
        format!("{good}.{s}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.."),
        format!("{h}.{p}.{s}.{h}.{p}"),
        format!("{h}..{p}.{s}"),
        server.mint.completed(&format!("{h}.{p}.{p}")),
        server.mint.completed(h),
        server.mint.completed(&format!("{good}.{p}")),
        ".".to_owned(),
        dots.clone(),
        format!("{h}{dots}"),
    ];
    let placeholders = ["null", "undefined", "[object Object]", "[object%20Object]"];
    let started = Instant::now();
    server.refuses_each(bad.into_iter().map(|token| (token, Reason::MalformedToken))).await;
    server.refuses_each(placeholders.map(|word| (word, Reason::PlaceholderToken))).await;
    let long = [".".repeat(100_000), "a".repeat(64 * 1024), format!("{h}.{}", "a.".repeat(32 * 1024))];
    server.refuses_each(long.into_iter().map(|token| (token, Reason::TokenTooLong))).await;
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

/// The verifier only counts dots, and stops at the third (CVE-2025-30204).
#[test]
fn t36_many_dots_cost_no_time() {
    let mint = Mint::of(Algorithm::Ed25519);
    let bench = Bench::up_to(1024 * 1024, mint.key());
    let header = base64url(header(Algorithm::Ed25519).to_string());
    let many = [
        ".".repeat(100_000),
        ".".repeat(1_000_000),
        format!("{header}{}", ".".repeat(1_000_000)),
        "a.".repeat(500_000),
    ];
    for token in &many {
        let started = Instant::now();
        for _ in 0..1000 {
            assert_eq!(bench.verify(token).expect_err("dots").reason, Reason::MalformedToken);
        }
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "more than ten milliseconds each: {:?}",
            started.elapsed()
        );
    }
    assert_eq!(bench.verify(&".".repeat(1024 * 1024 + 1)).expect_err("too many").reason, Reason::TokenTooLong);
}
