//! Services whose verifiers read other carriers, and requests as browsers send them.

use crate::support::{Response, Runs, Server, Service, routes};
use auth_runtime::credentials::Carrier;
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Rejection, Visitor, authenticated, public};
use axum::extract::State;
use http::HeaderMap;

pub(super) const ORIGIN: &str = "https://app.example.com";

pub(super) fn cookie() -> Carrier {
    Carrier::cookie("__Host-session").origin(ORIGIN)
}

/// Starts the standard service with these carriers, and the routes of this file.
pub(super) async fn server(carriers: impl IntoIterator<Item = Carrier>) -> Server {
    let carriers: Vec<_> = carriers.into_iter().collect();
    Server::with(Algorithm::Ed25519)
        .verifier(|builder| builder.carriers(carriers))
        .app(|service| more_routes().with_state(service))
        .start()
        .await
}

/// The standard routes, and those of this file.
pub(super) fn more_routes() -> AuthRouter<Service> {
    routes()
        .route("/article", get(article))
        .route("/comments", post(comment))
        .route("/seen", get(seen))
        .route("/ended", get(ended))
}

#[public(reason = "articles are for everyone", optional = Claims)]
async fn article(visitor: Visitor<Claims>) -> String {
    visitor.caller().map_or_else(|| "a guest".to_owned(), |caller| caller.sub.clone())
}

#[public(reason = "comments are for everyone", optional = Claims)]
async fn comment(visitor: Visitor<Claims>, State(runs): State<Runs>) -> String {
    runs.count();
    visitor.caller().map_or_else(|| "a guest".to_owned(), |caller| caller.sub.clone())
}

/// Answers what a log line of the handler would contain.
#[authenticated]
pub(super) async fn seen(headers: HeaderMap) -> String {
    format!("{headers:?}")
}

/// Returns a rejection of its own.
#[authenticated]
async fn ended(_auth: Authenticated<Claims>) -> Result<(), Rejection> {
    Err(Rejection::InvalidToken(Reason::Revoked))
}

/// Sends `METHOD target` with these header lines.
pub(super) async fn sent(server: &Server, request: &str, lines: &[&str]) -> Response {
    let lines = lines.iter().fold(String::new(), |lines, line| format!("{lines}{line}\r\n"));
    server.exchange(format!("{request} HTTP/1.1\r\nhost: localhost\r\n{lines}content-length: 0\r\n\r\n")).await
}
