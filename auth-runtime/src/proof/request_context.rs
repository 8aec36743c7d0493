//! The request that a decision is about, as far as its events may say.

use super::RequestProbe;
use axum::extract::{ConnectInfo, MatchedPath};
use http::Method;
use http::request::Parts;
use std::net::SocketAddr;

/// Where a token was presented: what its events have in common.
#[derive(Debug, Clone)]
pub(crate) struct RequestContext {
    method: Option<&'static str>,
    route: Option<MatchedPath>,
    peer: Option<SocketAddr>,
    witness: Option<RequestProbe>,
}

impl RequestContext {
    pub(super) fn of(parts: Option<&Parts>) -> Self {
        Self {
            method: parts.map(|parts| registered(&parts.method)),
            route: parts.and_then(|parts| parts.extensions.get::<MatchedPath>()).cloned(),
            peer: parts.and_then(|parts| parts.extensions.get::<ConnectInfo<SocketAddr>>()).map(|peer| peer.0),
            witness: parts.and_then(|parts| RequestProbe::of(&parts.extensions)),
        }
    }

    /// Who watches the request, in a test.
    pub(crate) fn witness(&self) -> Option<&RequestProbe> {
        self.witness.as_ref()
    }

    pub(super) fn method(&self) -> Option<&'static str> {
        self.method
    }

    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The template of the route.
    pub(crate) fn route(&self) -> Option<&str> {
        self.route.as_ref().map(MatchedPath::as_str)
    }
}

fn registered(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::CONNECT => "CONNECT",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}
