//! Subscriptions over the protocol `graphql-transport-ws`, which end with the token.

use crate::Shop;
use async_graphql::Data;
use async_graphql::http::{WebSocket as Operations, WebSocketProtocols, WsMessage};
use auth_runtime::streams::GuardedError;
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt, future};
use std::pin::pin;
use std::sync::Arc;

/// `Forbidden` in the protocol. Its official client connects again after it, with a newer token.
const FORBIDDEN: u16 = 4403;

/// Opens a socket. The gate has verified the token of the upgrade, so the socket needs no other.
#[authenticated]
pub async fn open(auth: Authenticated<Claims>, State(shop): State<Shop>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.protocols(["graphql-transport-ws"]);
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "offer the subprotocol `graphql-transport-ws`").into_response();
    }
    upgrade.on_upgrade(async move |socket| serve(auth, shop, socket).await)
}

async fn serve(auth: Authenticated<Claims>, shop: Shop, socket: WebSocket) {
    let (mut sender, mut receiver) = auth.guard(socket).split();
    let mut data = Data::default();
    data.insert(Arc::new(auth));
    {
        let messages =
            (&mut receiver).take_while(|message| future::ready(message.is_ok())).filter_map(async |message| {
                match message {
                    Ok(Message::Text(text)) => Some(text.into()),
                    Ok(Message::Binary(bytes)) => Some(bytes),
                    _ => None,
                }
            });
        let operations = Operations::new(shop, messages, WebSocketProtocols::GraphQLWS).connection_data(data);
        let mut answers = pin!(operations);
        while let Some(answer) = answers.next().await {
            let message = match answer {
                WsMessage::Text(text) => Message::Text(text.into()),
                WsMessage::Close(code, reason) => Message::Close(Some(CloseFrame { code, reason: reason.into() })),
            };
            if sender.send(message).await.is_err() {
                break;
            }
        }
    }
    let Ok(mut socket) = sender.reunite(receiver) else { return };
    if let Err(GuardedError::Ended(_)) = socket.flush().await {
        // P8: the same for an expired and for a revoked token.
        let frame = CloseFrame { code: FORBIDDEN, reason: "Forbidden".into() };
        let _ = socket.unguarded().send(Message::Close(Some(frame))).await;
    }
}
