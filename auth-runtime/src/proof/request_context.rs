//! Describes the request of a decision, for its events.

use super::Probe;
use axum::extract::{ConnectInfo, MatchedPath};
use http::Method;
use http::request::Parts;
use std::net::SocketAddr;

/// The method, route and peer of a request, which its events contain.
#[derive(Debug, Clone)]
pub(crate) struct RequestContext {
    method: Option<&'static str>,
    route: Option<MatchedPath>,
    peer: Option<SocketAddr>,
    probe: Probe,
}

impl RequestContext {
    pub(super) fn of(parts: Option<&Parts>) -> Self {
        Self {
            method: parts.map(|parts| registered(&parts.method)),
            route: parts.and_then(|parts| parts.extensions.get::<MatchedPath>()).cloned(),
            peer: parts.and_then(|parts| parts.extensions.get::<ConnectInfo<SocketAddr>>()).map(|peer| peer.0),
            probe: parts.map(|parts| Probe::of(&parts.extensions)).unwrap_or_default(),
        }
    }

    pub(super) fn probe(&self) -> &Probe {
        &self.probe
    }

    pub(super) fn method(&self) -> Option<&'static str> {
        self.method
    }

    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Returns the template of the route.
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
