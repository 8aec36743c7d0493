//! An MCP server behind the gate: each tool has its own permission, and clients find the
//! authorization server by themselves.

mod denied;
pub mod permissions;
mod tools;

pub use denied::Denied;
pub use tools::Shop;

use auth_runtime::services::Proven;
use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier, scope};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use rmcp::transport::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use std::convert::Infallible;
use std::sync::Arc;
use tower::{Service, service_fn};

scope!(pub OrdersRead = "orders:read");
scope!(pub OrdersWrite = "orders:write");

/// Returns the router: the MCP server, and the metadata that name its authorization server.
///
/// `host` is that of the service, because the SDK rejects requests to another one.
pub fn app(verifier: Verifier<Claims>, shop: Shop, host: &str) -> AuthRouter {
    let scopes = shop.scopes();
    // Without sessions each request has its own token, and the answer of a tool is there before the
    // status is sent.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts([host]);
    let mcp = StreamableHttpService::new(move || Ok(shop.clone()), Arc::new(NeverSessionManager::default()), config);
    AuthRouter::new()
        .authenticated_service("/mcp", move |auth: Authenticated<Claims>| {
            let mut mcp = Proven::carry(auth, mcp.clone());
            service_fn(move |mut request: Request| {
                let denied = Denied::default();
                request.extensions_mut().insert(denied.clone());
                let answer = mcp.call(request);
                async move {
                    let answer = answer.await?;
                    Ok::<Response, Infallible>(match denied.take() {
                        Some(rejection) => rejection.into_response(),
                        None => answer.into_response(),
                    })
                }
            })
        })
        .with_state::<()>(verifier)
        .protected_resource_metadata(&scopes)
}
