//! Ends a WebSocket together with its token, and lets the client renew it.
//!
//! `cargo run -p topics --example websocket`

use auth_runtime::credentials::Carrier;
use auth_runtime::routing::get;
use auth_runtime::streams::GuardedError;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use std::error::Error;
use topics::Custom;

/// Where the verifier finds tokens. A page of a browser cannot set `Authorization` for a WebSocket.
pub fn carriers() -> [Carrier; 2] {
    [Carrier::bearer(), Carrier::websocket()]
}

#[authenticated]
async fn echo(auth: Authenticated<Claims>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |socket| run(auth, socket).await)
}

async fn run(auth: Authenticated<Claims>, socket: WebSocket) {
    let mut socket = auth.guard(socket);
    while let Some(message) = socket.next().await {
        let continues = match message {
            Ok(Message::Text(text)) => match text.strip_prefix("renew ") {
                Some(token) => socket.renew(token).await.is_ok(),
                None => socket.send(Message::Text(text)).await.is_ok(),
            },
            Ok(_) => true,
            Err(GuardedError::Ended(_)) => {
                // 4000 to 4999 are for applications (RFC 6455 section 7.4.2).
                let frame = CloseFrame { code: 4001, reason: "the token has ended".into() };
                let _ = socket.unguarded().send(Message::Close(Some(frame))).await;
                false
            }
            Err(_) => false,
        };
        if !continues {
            break;
        }
    }
}

/// The service.
pub fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new().route("/echo", get(echo)).with_state(verifier)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = topics::issuer()?;
    let token = issuer.issue("alice", &Custom::default())?.token;
    println!("npx wscat -c ws://127.0.0.1:3000/echo -s bearer -s {token}\n");
    let verifier = issuer.verifier(Events::stderr()).carriers(carriers()).build()?;
    topics::serve(app(verifier)).await
}
