//! The head of a request is judged before its body, and the body before the handler (P4, P8).

use super::hooks::{BODY, Hooks, MAX_BODY, SECRET, bank, github, mac, request};
use crate::support::{Connection, NOW, PROBLEM_401};
use auth_runtime::events::Reason;
use std::fmt::Write as _;

#[tokio::test]
async fn a_handler_gets_exactly_the_bytes_that_were_signed() {
    let hooks = Hooks::start().await;
    for (path, body) in [
        ("/github", BODY),
        ("/github", b""),
        ("/closure", b"\xff\x00\r\n"),
        ("/closure", &vec![7; MAX_BODY]),
        ("/github", &[8; 3]),
    ] {
        let response = hooks.exchange(request(path, &github(body), body)).await;
        assert_eq!((response.status, &response.body[..]), (200, body), "{path} {} bytes", body.len());
        assert_eq!(hooks.bytes_read(), body.len());
    }
    assert_eq!((hooks.runs.so_far(), hooks.collected().len()), (3, 0));
    assert_eq!(hooks.events.counts().accepted, 5);
}

#[tokio::test]
async fn a_handler_gets_the_bytes_of_a_chunked_body() {
    let hooks = Hooks::start().await;
    let mut head = format!(
        "POST /github HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n{}\r\n",
        github(b"hello, world")
    );
    let mut connection = Connection::open(hooks.address).await;
    for chunk in ["hello", ", ", "world"] {
        let _ = write!(head, "{:x}\r\n{chunk}\r\n", chunk.len());
    }
    let response = connection.exchange(head + "0\r\n\r\n").await;
    assert_eq!((response.status, response.text()), (200, "hello, world"));
}

#[tokio::test]
async fn a_bad_signature_is_rejected_before_the_handler_with_one_event() {
    let hooks = Hooks::start().await;
    let good = mac(SECRET.as_bytes(), BODY);
    let header = |value: &str| format!("X-Hub-Signature-256: {value}\r\n");
    let reserialized = serde_json::from_slice::<serde_json::Value>(BODY).expect("JSON").to_string();
    let signed = |secret: &[u8], body: &[u8]| header(&format!("sha256={}", mac(secret, body)));
    let mut answers = Vec::new();
    for (case, lines, reason) in [
        ("missing", String::new(), Reason::MissingSignature),
        ("a bearer token instead", "authorization: Bearer x\r\n".to_owned(), Reason::MissingSignature),
        (
            "under another name",
            github(BODY).replace("X-Hub-Signature-256", "X-Hub-Signature"),
            Reason::MissingSignature,
        ),
        ("empty", header(""), Reason::MalformedSignature),
        ("twice", github(BODY) + &github(BODY), Reason::MalformedSignature),
        ("without the prefix", header(&good), Reason::MalformedSignature),
        ("of SHA-1", header(&format!("sha1={}", &good[..40])), Reason::MalformedSignature),
        ("truncated", header(&format!("sha256={}", &good[..62])), Reason::MalformedSignature),
        ("in upper case", header(&format!("sha256={}", good.to_uppercase())), Reason::MalformedSignature),
        ("of another secret", signed(b"another-secret-of-some-length", BODY), Reason::BadSignature),
        ("of the empty secret", signed(b"", BODY), Reason::BadSignature),
        ("of another body", signed(SECRET.as_bytes(), b"{}"), Reason::BadSignature),
        ("of the same JSON", signed(SECRET.as_bytes(), reserialized.as_bytes()), Reason::BadSignature),
        ("of a shorter body", signed(SECRET.as_bytes(), &BODY[..BODY.len() - 1]), Reason::BadSignature),
    ] {
        answers.push(hooks.refuses(request("/github", &lines, BODY), reason, case).await.visible());
        let head_only = reason != Reason::BadSignature;
        assert_eq!(hooks.bytes_read(), if head_only { 0 } else { BODY.len() }, "{case}");
    }
    // P8: the answer does not show what was wrong.
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(hooks.exchange(request("/github", &github(BODY), BODY)).await.status, 200);
}

#[tokio::test]
async fn the_time_is_judged_before_the_body_and_is_a_part_of_the_signature() {
    let hooks = Hooks::start().await;
    let good = request("/bank/7", &bank(&NOW.to_string(), BODY), BODY);
    let response = hooks.exchange(&good).await;
    assert_eq!((response.status, response.text()), (200, &*format!("order 7 of {} bytes at {NOW}", BODY.len())));
    hooks.bytes_read();
    let moved = bank(&NOW.to_string(), BODY).replace(&NOW.to_string(), &(NOW + 1).to_string());
    for (case, lines, reason) in [
        ("old", bank(&(NOW - 301).to_string(), BODY), Reason::StaleSignature),
        ("in the future", bank(&(NOW + 301).to_string(), BODY), Reason::StaleSignature),
        ("in milliseconds", bank(&(NOW * 1000).to_string(), BODY), Reason::MalformedSignature),
        ("not a number", bank("now", BODY), Reason::MalformedSignature),
        ("negative", bank(&format!("-{NOW}"), BODY), Reason::MalformedSignature),
        ("moved after signing", moved, Reason::BadSignature),
    ] {
        hooks.refuses(request("/bank/7", &lines, BODY), reason, case).await;
        assert_eq!(hooks.bytes_read(), if reason == Reason::BadSignature { BODY.len() } else { 0 }, "{case}");
    }
    // The path is judged after the signature.
    hooks.refuses(request("/bank/seven", &moved_path(), BODY), Reason::BadSignature, "a bad path").await;
    let bad_path = hooks.exchange(request("/bank/seven", &bank(&NOW.to_string(), b"{}"), b"{}")).await;
    assert_eq!(bad_path.status, 400);
    assert_eq!((hooks.runs.so_far(), hooks.collected().len()), (1, 0));
}

fn moved_path() -> String {
    bank(&NOW.to_string(), b"another body")
}

#[tokio::test]
async fn an_unsigned_request_is_rejected_without_waiting_for_its_body() {
    let hooks = Hooks::start().await;
    for lines in [
        "content-length: 1000000\r\n",
        "transfer-encoding: chunked\r\n",
        "content-length: 5\r\nexpect: 100-continue\r\n",
    ] {
        let mut connection = Connection::open(hooks.address).await;
        connection.send(format!("POST /github HTTP/1.1\r\nhost: localhost\r\n{lines}\r\n")).await;
        let response = connection.receive().await;
        assert_eq!((response.status, response.text()), (401, PROBLEM_401), "{lines}");
        hooks.one_event(Reason::MissingSignature, 401, lines);
    }
    assert_eq!((hooks.bytes_read(), hooks.runs.so_far()), (0, 0));
}

#[tokio::test]
async fn a_signed_request_gets_its_100_continue() {
    let hooks = Hooks::start().await;
    let mut connection = Connection::open(hooks.address).await;
    let lines = format!("expect: 100-continue\r\n{}", github(b"hello"));
    connection.send(&request("/github", &lines, b"hello")[..request("/github", &lines, b"").len()]).await;
    assert_eq!(connection.receive_head().await.status, 100);
    connection.send("hello").await;
    let response = connection.receive().await;
    assert_eq!((response.status, response.text()), (200, "hello"));
}

#[tokio::test]
async fn a_signature_of_one_sender_is_not_that_of_another() {
    let hooks = Hooks::start().await;
    hooks.refuses(request("/bank/7", &github(BODY), BODY), Reason::MissingSignature, "of GitHub").await;
    hooks
        .refuses(request("/github", &bank(&NOW.to_string(), BODY), BODY), Reason::MissingSignature, "of the bank")
        .await;
}
