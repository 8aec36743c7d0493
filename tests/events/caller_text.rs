//! P7: whatever a caller writes, its rejection makes exactly one event, of bounded length.

use super::collector::{Collector, HEC_TOKEN, counted, folder};
use crate::support::{Mint, Server, base64url, claims, header, with};
use auth_runtime::Events;
use auth_runtime::events::Splunk;
use auth_runtime::keys::Algorithm;
use serde_json::Value;

const LONG: usize = 64 * 1024;
/// The longest line that a reader of the events must expect.
const LONGEST_LINE: usize = 4 * 1024;

/// Sixty-four KiB, of text that grows when JSON escapes it, and of plain text.
fn long() -> [String; 2] {
    ["x".repeat(LONG), "\"".repeat(LONG)]
}

fn request(line: &str, headers: &[(&str, &str)]) -> String {
    let headers = headers.iter().fold(String::new(), |lines, (name, value)| format!("{lines}{name}: {value}\r\n"));
    format!("{line} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n")
}

fn bearer(token: &str) -> String {
    request("GET /me", &[("authorization", &format!("Bearer {token}"))])
}

/// Requests that are rejected, each with 64 KiB in one field.
fn requests(mint: &Mint) -> Vec<(String, String)> {
    let forged = Mint::untrusted(Algorithm::Ed25519).token(&claims());
    let bearer_forged = format!("Bearer {forged}");
    let plain = "x".repeat(LONG);
    let mut requests = Vec::new();
    let mut add = |field: &str, request: String| requests.push((field.to_owned(), request));
    // The HTTP server refuses a longer path, before any route.
    add("path", request(&format!("GET /orders/{}", "x".repeat(LONG - 20)), &[("authorization", &bearer_forged)]));
    add("query", request(&format!("GET /me?{}", "x".repeat(LONG - 20)), &[("authorization", &bearer_forged)]));
    add("scheme", request("GET /me", &[("authorization", &format!("{plain} {forged}"))]));
    add("credentials", bearer(&plain));
    add("list of credentials", bearer(&"x,".repeat(LONG / 2)));
    add("signature", bearer(&format!("{forged}{plain}")));
    for name in ["traceparent", "user-agent", "x-forwarded-for", "cookie", "referer", "origin", "x-request-id"] {
        add(name, request("GET /me", &[("authorization", &bearer_forged), (name, &plain)]));
    }
    for text in long() {
        for name in ["kid", "typ", "alg", "jku", "crit"] {
            let header = with(header(Algorithm::Ed25519), name, text.clone());
            add(&format!("header {name}"), bearer(&mint.token_with(&header, &claims())));
        }
        for name in ["iss", "aud", "exp", "cnf"] {
            add(&format!("claim {name}"), bearer(&mint.token(&with(claims(), name, text.clone()))));
        }
        add("payload", bearer(&format!("{}.{}.x", base64url("{}"), base64url(&text))));
        // The subject of a verified token, which lacks a permission.
        let token = mint.token(&with(claims(), "sub", text.clone()));
        add("claim sub", request("POST /orders", &[("authorization", &format!("Bearer {token}"))]));
    }
    requests
}

#[tokio::test]
async fn sixty_four_kib_in_every_field_of_the_caller_make_exactly_one_event_each() {
    let server = Server::with(Algorithm::Ed25519).verifier(|builder| builder.max_token_bytes(1 << 20)).start().await;
    let mut others = Vec::new();
    for (field, request) in requests(server.mint) {
        let response = server.exchange(request).await;
        let lengths: Vec<_> = server.events().iter().map(|event| serde_json::to_string(event).unwrap().len()).collect();
        if !matches!(lengths[..], [length] if length < LONGEST_LINE) || ![400, 401, 403].contains(&response.status) {
            others.push((field, response.status, lengths));
        }
    }
    assert_eq!(others, [], "(field, status, bytes of each event)");
    let path = request(&format!("GET /{}", "x".repeat(LONG)), &[("authorization", "Bearer x")]);
    assert_eq!((server.exchange(path).await.status, server.events().len()), (414, 0));
    // A method that no route has is not a decision about a caller.
    let method = request(&format!("{} /me", "x".repeat(LONG)), &[("authorization", "Bearer x")]);
    assert_eq!((server.exchange(method).await.status, server.events().len()), (405, 0));
    for text in long() {
        let builder = auth_runtime::Verifier::<auth_runtime::Claims>::builder();
        let (events, collected) = Events::collect();
        let verifier = builder.issuer("https://id.example.com/").audience("orders").keys(server.mint.key());
        let verifier = verifier.events(events).build().unwrap();
        verifier.verify(&text).await.expect_err("not a token");
        assert_eq!(collected.take().len(), 1, "a token from elsewhere");
    }
}

#[tokio::test]
async fn every_sink_gets_an_event_whatever_its_caller_wrote() {
    let folder = folder("caller-text");
    std::fs::create_dir_all(&folder).unwrap();
    let splunk = Collector::splunk();
    // The smallest spool: a longer record would find no room.
    let spool = Splunk::at(splunk.listener.url("/"), HEC_TOKEN).spool(folder.join("spool"), LONG as u64);
    let file = folder.join("events.jsonl");
    let events = Events::builder().file(&file).unwrap().splunk(spool).unwrap().build().unwrap();
    let given = events.clone();
    let setup = Server::with(Algorithm::Ed25519);
    let server = setup.verifier(move |builder| builder.max_token_bytes(1 << 20).events(given)).start().await;
    let requests = requests(server.mint);
    let sent = requests.len();
    for (_, request) in requests {
        server.exchange(request).await;
    }
    let splunk = splunk.up();
    let rejections = || counted(&splunk.taken()).values().sum::<u64>();
    splunk.has(|taken| counted(taken).values().sum::<u64>() >= sent as u64).await;
    assert_eq!((rejections(), events.dropped()), (sent as u64, 0));
    let lines = std::fs::read_to_string(&file).unwrap();
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(events.iter().filter(|event| event["reason"].is_string()).count(), sent);
    assert!(lines.lines().all(|line| line.len() < LONGEST_LINE));
}
