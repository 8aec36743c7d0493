//! Tests that requests are independent, also on one connection and in parallel.

use crate::support::{Connection, Mint, NOW, Server, claims, get, get_with, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use futures_util::future::join_all;
use std::collections::HashMap;

#[tokio::test]
async fn h28_a_connection_does_not_keep_its_caller() {
    let server = Server::start().await;
    let good = server.good();
    let mut connection = Connection::open(server.address).await;
    for _ in 0..3 {
        for (request, status) in
            [(get_with("/me", &good), 200), (get("/me"), 401), (get_with("/me", "garbage"), 401), (get("/health"), 200)]
        {
            assert_eq!(connection.exchange(&request).await.status, status, "{request}");
        }
    }
    let reasons: Vec<_> = server.events().iter().map(|event| event.reason).collect();
    assert_eq!(reasons, [Reason::MissingCredentials, Reason::MalformedToken].repeat(3));
}

#[tokio::test]
async fn h28_pipelined_requests_are_decided_one_by_one() {
    let server = Server::start().await;
    let (alice, bob) = (server.good(), server.mint.token(&with(claims(), "sub", "bob")));
    let mut connection = Connection::open(server.address).await;
    let requests = [
        get_with("/me", &alice),
        get("/me"),
        get_with("/me", &bob),
        get_with("/me", "garbage"),
        get_with("/me", &alice),
    ];
    connection.send(requests.concat()).await;
    for expected in [Some("alice"), None, Some("bob"), None, Some("alice")] {
        let response = connection.receive().await;
        match expected {
            Some(name) => assert_eq!((response.status, response.text()), (200, name)),
            None => assert_eq!(response.status, 401),
        }
    }
    assert_eq!(server.runs.so_far(), 3);
}

const CONNECTIONS: usize = 40;
const REQUESTS: usize = 25;

/// Returns the request of this number, and the expected reason of its rejection.
fn numbered(mint: &Mint, number: usize) -> (String, Option<Reason>) {
    let own = with(with(claims(), "sub", format!("caller-{number}")), "jti", format!("{number}"));
    match number % 8 {
        0 => (get("/me"), Some(Reason::MissingCredentials)),
        1 => (get_with("/me", &Mint::untrusted(Algorithm::Ed25519).token(&own)), Some(Reason::BadSignature)),
        2 => {
            let old = with(with(own, "iat", NOW - 900), "exp", NOW - 600);
            (get_with("/me", &mint.token(&old)), Some(Reason::Expired))
        }
        3 => (get_with("/me", &mint.token(&with(own, "aud", "payments"))), Some(Reason::WrongAudience)),
        4 => (get_with("/orders", &mint.token(&own)).replacen("GET", "POST", 1), Some(Reason::Denied)),
        _ => (get_with("/me", &mint.token(&own)), None),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn h29_a_thousand_concurrent_requests_each_get_their_own_response() {
    let server = Server::start().await;
    let (address, mint) = (server.address, server.mint);
    let connections = (0..CONNECTIONS).map(|connection| {
        tokio::spawn(async move {
            let mut stream = Connection::open(address).await;
            for request in 0..REQUESTS {
                let number = request * CONNECTIONS + connection;
                let (request, refused) = numbered(mint, number);
                let response = stream.exchange(request).await;
                match refused {
                    None => assert_eq!((response.status, response.text()), (200, &*format!("caller-{number}"))),
                    Some(Reason::Denied) => assert_eq!(response.status, 403, "{number}"),
                    Some(_) => assert_eq!(response.status, 401, "{number}"),
                }
            }
        })
    });
    for connection in join_all(connections).await {
        connection.expect("each response belongs to its request");
    }

    let mut expected: HashMap<Option<Reason>, usize> = HashMap::new();
    for number in 0..CONNECTIONS * REQUESTS {
        *expected.entry(numbered(mint, number).1).or_default() += 1;
    }
    assert_eq!(server.runs.so_far(), expected.remove(&None).expect("good ones"), "allowed and run are the same number");
    let events = server.events();
    for (reason, count) in expected {
        assert_eq!(events.iter().filter(|event| Some(event.reason) == reason).count(), count, "{reason:?}");
    }
    // The event of a denial names the caller.
    for event in events.iter().filter(|event| event.reason == Reason::Denied) {
        let number: usize = event.subject.as_deref().expect("known")["caller-".len()..].parse().expect("a number");
        assert_eq!(number % 8, 4);
    }
}
