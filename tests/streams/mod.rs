//! Tests that a stream ends with its token, also after its request (H21, H22, INC-85).

mod bodies;
mod guards;
mod sockets;

use crate::support::{Mint, NOW, Server, Service, claims, routes, with};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::revocation::{RevocationError, RevocationList, Revocations, TokenIdentity};
use auth_runtime::routing::any;
use auth_runtime::streams::GuardedError;
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A store that a test can take down.
#[derive(Clone, Default)]
struct Store {
    list: RevocationList,
    down: Arc<AtomicBool>,
}

impl Revocations for Store {
    fn check<'a>(
        &'a self,
        token: &'a TokenIdentity<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + Send + 'a>> {
        if self.down.load(Ordering::SeqCst) {
            return Box::pin(ready(Err(RevocationError::Unavailable("connection refused".into()))));
        }
        self.list.check(token)
    }

    fn attach_verifier(&self) {
        self.list.attach_verifier();
    }
}

/// Echoes each message, and accepts a newer token from the client.
async fn echo(auth: Authenticated<Claims>, socket: WebSocket, service: Service) {
    let mut socket = auth.guard(socket);
    while let Some(message) = socket.next().await {
        match message {
            Ok(Message::Text(text)) => {
                service.runs.count();
                let answer = match text.strip_prefix("renew ") {
                    Some(token) => match socket.renew(token).await {
                        Ok(()) => format!("until {:?}", socket.claims().exp).into(),
                        Err(rejection) => rejection.to_string().into(),
                    },
                    None => text,
                };
                if socket.send(Message::Text(answer)).await.is_err() {
                    return;
                }
            }
            Ok(_) => {}
            Err(GuardedError::Ended(why)) => {
                let frame = CloseFrame { code: 4001, reason: why.reason().as_str().into() };
                let _ = socket.unguarded().send(Message::Close(Some(frame))).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[authenticated]
async fn socket(auth: Authenticated<Claims>, State(service): State<Service>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |socket| echo(auth, socket, service).await)
}

/// Starts a service that checks open streams at this interval.
async fn server(store: &Store, often: Duration) -> Server {
    let store = store.clone();
    Server::with(Algorithm::Ed25519)
        .verifier(move |builder| builder.revocations(store).recheck_every(often))
        .app(|service| {
            routes()
                .route("/socket", any(socket))
                .route("/split", any(sockets::split))
                .route("/ticks", any(bodies::ticks))
                .route("/bytes", any(bodies::bytes))
                .route("/work", any(bodies::work))
                .with_state(service)
        })
        .start()
        .await
}

const OFTEN: Duration = Duration::from_millis(20);
/// Longer than a test runs.
const SELDOM: Duration = Duration::from_secs(5 * 60);
/// When the good token expires: it is valid for five minutes, and the leeway is 30 seconds.
const EXPIRED_AT: u64 = NOW + 330;

/// Asserts one event, about a stream that was open.
async fn ended(server: &Server, reason: Reason) {
    let mut events = Vec::new();
    for _ in 0..500 {
        events.extend(server.events());
        if !events.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(OFTEN * 3).await;
    events.extend(server.events());
    assert_eq!(events.len(), 1, "an end makes one event: {events:?}");
    assert_eq!(events[0].reason, reason, "{events:?}");
    assert_eq!(events[0].subject.as_deref(), Some("alice"));
    assert!(
        events[0].detail.as_deref().is_some_and(|detail| detail.ends_with("while its stream was open")),
        "{events:?}"
    );
    assert!(events[0].route.is_some() && events[0].key_id_hash.is_some(), "{events:?}");
}

fn good_until(exp: u64) -> String {
    Mint::of(Algorithm::Ed25519).token(&with(with(claims(), "exp", exp), "jti", "renewed"))
}
