//! Tests sockets that stay open.

use super::{EXPIRED_AT, OFTEN, SELDOM, Store, ended, good_until, server};
use crate::support::{ISSUER, KID, Mint, NOW, Publisher, Server, claims, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::Revocation;
use auth_runtime::{Authenticated, Claims, KeySet, authenticated};
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::Message as Sent;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

const PATIENCE: Duration = Duration::from_secs(10);

async fn open(server: &Server, path: &str, token: &str) -> Client {
    let mut request = format!("ws://{}{path}", server.address).into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    connect_async(request).await.expect("a socket").0
}

async fn send_and_receive(client: &mut Client, text: &str) -> String {
    client.send(Sent::text(text)).await.unwrap();
    receive(client).await
}

/// Receives a text, or the close code and reason.
async fn receive(client: &mut Client) -> String {
    match tokio::time::timeout(PATIENCE, client.next()).await.expect("an answer in time") {
        Some(Ok(Sent::Text(text))) => text.to_string(),
        Some(Ok(Sent::Close(Some(frame)))) => format!("{} {}", u16::from(frame.code), frame.reason),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn h21_inc_85_a_socket_ends_when_its_token_expires() {
    let server = server(&Store::default(), OFTEN).await;
    let mut client = open(&server, "/socket", &server.good()).await;
    assert_eq!(send_and_receive(&mut client, "hello").await, "hello");
    server.clock.set(EXPIRED_AT - 1);
    assert_eq!(send_and_receive(&mut client, "still here").await, "still here");
    server.clock.set(EXPIRED_AT);
    assert_eq!(receive(&mut client).await, "4001 expired");
    ended(&server, Reason::Expired).await;
}

/// T53: a clock that is set back does not reopen a socket.
#[tokio::test]
async fn a_closed_socket_stays_closed_when_the_clock_is_set_back() {
    let server = server(&Store::default(), OFTEN).await;
    let mut client = open(&server, "/split", &server.good()).await;
    assert_eq!(receive(&mut client).await, "tick");
    server.clock.set(EXPIRED_AT);
    ended(&server, Reason::Expired).await;
    server.clock.set(NOW);
    loop {
        let received = receive(&mut client).await;
        if received != "tick" {
            break;
        }
    }
    tokio::time::sleep(OFTEN * 2).await;
    assert!(server.events().is_empty());
}

#[tokio::test]
async fn h21_a_message_that_arrives_after_the_end_is_dropped() {
    let server = server(&Store::default(), SELDOM).await;
    let mut client = open(&server, "/socket", &server.good()).await;
    assert_eq!(send_and_receive(&mut client, "hello").await, "hello");
    let runs = server.runs.so_far();
    server.clock.set(EXPIRED_AT);
    assert_eq!(send_and_receive(&mut client, "delete everything").await, "4001 expired");
    assert_eq!(server.runs.so_far(), runs, "the handler got it");
    ended(&server, Reason::Expired).await;
}

#[tokio::test]
async fn h21_inc_85_a_socket_ends_when_its_token_is_revoked() {
    let store = Store::default();
    let server = server(&store, OFTEN).await;
    for revocation in [
        Revocation::token(ISSUER, "5f3b"),
        Revocation::session(ISSUER, "s1"),
        Revocation::subject(ISSUER, "alice", server.clock.now()),
    ] {
        let token = Mint::of(Algorithm::Ed25519).token(&match &revocation {
            Revocation::Token { .. } => claims(),
            _ => with(with(claims(), "sid", "s1"), "jti", "another"),
        });
        let token = if let Revocation::Subject { .. } = revocation { good_until(NOW + 60) } else { token };
        let mut client = open(&server, "/socket", &token).await;
        assert_eq!(send_and_receive(&mut client, "hello").await, "hello");
        store.list.revoke(&revocation).unwrap();
        assert_eq!(receive(&mut client).await, "4001 revoked");
        ended(&server, Reason::Revoked).await;
    }
}

#[tokio::test]
async fn h21_a_socket_ends_when_the_revocation_check_fails() {
    let store = Store::default();
    let server = server(&store, OFTEN).await;
    let mut client = open(&server, "/socket", &server.good()).await;
    assert_eq!(send_and_receive(&mut client, "hello").await, "hello");
    store.down.store(true, Ordering::SeqCst);
    assert_eq!(receive(&mut client).await, "4001 verifier_unavailable");
    ended(&server, Reason::VerifierUnavailable).await;
}

#[tokio::test]
async fn h21_a_socket_ends_when_its_key_is_removed() {
    let mint = Mint::of(Algorithm::Ed25519);
    let publisher = Publisher::of(&[mint.published(KID), mint.published("next")]);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(OFTEN).refresh_between(OFTEN, OFTEN).await.unwrap();
    let server = Server::with(Algorithm::Ed25519)
        .keys(keys)
        .verifier(|builder| builder.recheck_every(OFTEN))
        .app(|service| {
            crate::support::routes().route("/socket", auth_runtime::routing::any(super::socket)).with_state(service)
        })
        .start()
        .await;
    let mut client = open(&server, "/socket", &server.good()).await;
    assert_eq!(send_and_receive(&mut client, "hello").await, "hello");
    // The same key under another name is the same key; a different key is not.
    publisher.publish(&[mint.published("next")]);
    server.notice(auth_runtime::events::NoticeKind::KeySetChanged).await;
    tokio::time::sleep(OFTEN * 3).await;
    assert_eq!(send_and_receive(&mut client, "still here").await, "still here");
    publisher.publish(&[Mint::untrusted(Algorithm::Ed25519).published(KID)]);
    assert_eq!(receive(&mut client).await, "4001 unknown_key");
    ended(&server, Reason::UnknownKey).await;
}

#[tokio::test]
async fn h21_a_socket_ends_when_its_issuer_empties_its_key_set() {
    let publisher = Publisher::of(&[Mint::of(Algorithm::Ed25519).published(KID)]);
    let keys = KeySet::remote(publisher.url("/jwks")).cooldown(OFTEN).refresh_between(OFTEN, OFTEN).await.unwrap();
    let server = Server::with(Algorithm::Ed25519)
        .keys(keys)
        .verifier(|builder| builder.recheck_every(OFTEN))
        .app(|service| {
            crate::support::routes().route("/socket", auth_runtime::routing::any(super::socket)).with_state(service)
        })
        .start()
        .await;
    let mut client = open(&server, "/socket", &server.good()).await;
    assert_eq!(send_and_receive(&mut client, "hello").await, "hello");
    publisher.publish(&[]);
    assert_eq!(receive(&mut client).await, "4001 unknown_key");
    ended(&server, Reason::UnknownKey).await;
}

#[tokio::test]
async fn h21_a_socket_continues_with_a_newer_token_of_its_caller() {
    let server = server(&Store::default(), OFTEN).await;
    let mut client = open(&server, "/socket", &server.good()).await;
    let renewed = format!("renew {}", good_until(NOW + 600));
    assert_eq!(send_and_receive(&mut client, &renewed).await, format!("until {}", NOW + 600));
    server.clock.set(EXPIRED_AT);
    tokio::time::sleep(OFTEN * 3).await;
    assert_eq!(send_and_receive(&mut client, "still here").await, "still here");
    server.clock.set(NOW + 630);
    assert_eq!(receive(&mut client).await, "4001 expired");
    ended(&server, Reason::Expired).await;
}

#[tokio::test]
async fn h21_a_socket_does_not_continue_with_another_token() {
    let server = server(&Store::default(), OFTEN).await;
    let mut client = open(&server, "/socket", &server.good()).await;
    let mint = Mint::of(Algorithm::Ed25519);
    let later = with(claims(), "exp", NOW + 600);
    for (token, reason) in [
        (mint.token(&with(later.clone(), "sub", "bob")), Reason::OtherCaller),
        (mint.token(&with(claims(), "exp", NOW - 60)), Reason::Expired),
        (Mint::untrusted(Algorithm::Ed25519).token(&later), Reason::BadSignature),
        ("garbage".to_owned(), Reason::MalformedToken),
        (String::new(), Reason::PlaceholderToken),
    ] {
        let answer = send_and_receive(&mut client, &format!("renew {token}")).await;
        assert_eq!(answer, format!("the token was refused: {reason}"));
        let event = server.only_event();
        assert_eq!((event.reason, event.route.as_deref()), (reason, Some("/socket")));
    }
    assert_eq!(send_and_receive(&mut client, "still here").await, "still here");
    server.clock.set(EXPIRED_AT);
    assert_eq!(receive(&mut client).await, "4001 expired");
    ended(&server, Reason::Expired).await;
}

/// Reads and writes in two tasks.
#[authenticated]
pub(super) async fn split(auth: Authenticated<Claims>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |socket| {
        let (mut writer, mut reader) = auth.guard(socket).split();
        let writer = tokio::spawn(async move {
            while writer.send(Message::Text("tick".into())).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            writer
        });
        // The client sends nothing, so only the end of the token resumes this task.
        while let Some(Ok(_)) = reader.next().await {}
        let writer = writer.await.expect("the writer");
        let mut socket = reader.reunite(writer).expect("two halves");
        let _ = socket.unguarded().send(Message::Text("both have ended".into())).await;
    })
}

#[tokio::test]
async fn h21_both_halves_of_a_socket_end_with_one_event() {
    let server = server(&Store::default(), OFTEN).await;
    let mut client = open(&server, "/split", &server.good()).await;
    assert_eq!(receive(&mut client).await, "tick");
    server.clock.set(EXPIRED_AT);
    let mut received = receive(&mut client).await;
    while received == "tick" {
        received = receive(&mut client).await;
    }
    assert_eq!(received, "both have ended");
    ended(&server, Reason::Expired).await;
}
