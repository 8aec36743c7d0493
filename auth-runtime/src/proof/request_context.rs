//! Describes the request of a decision, for its events.

use super::Probe;
use super::trace_context::trace_id;
use axum::extract::{ConnectInfo, MatchedPath};
use http::Method;
use http::request::Parts;
use std::borrow::Cow;
use std::net::SocketAddr;

/// The parameter for the path below the prefix of a service.
///
/// axum hides parameters of this prefix from `Path`, because they belong to the router. With
/// another name, `Path<u64>` in a router that is mounted as a service would find two parameters.
pub(crate) const REST_PARAMETER: &str = "{*__private__axum_nest_tail_param_rest}";

/// The method, route, peer and trace of a request, which its events contain.
#[derive(Debug, Clone)]
pub(crate) struct RequestContext {
    method: Option<&'static str>,
    route: Option<MatchedPath>,
    peer: Option<SocketAddr>,
    trace_id: Option<u128>,
    probe: Probe,
}

impl RequestContext {
    pub(super) fn of(parts: Option<&Parts>) -> Self {
        Self {
            method: parts.map(|parts| registered(&parts.method)),
            route: parts.and_then(|parts| parts.extensions.get::<MatchedPath>()).cloned(),
            peer: parts.and_then(|parts| parts.extensions.get::<ConnectInfo<SocketAddr>>()).map(|peer| peer.0),
            trace_id: parts.and_then(|parts| trace_id(&parts.headers)),
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

    /// Returns the trace that the request belongs to, as its caller states.
    pub(super) fn trace_id(&self) -> Option<u128> {
        self.trace_id
    }

    /// Returns the template of the route, as the posture writes it.
    pub(crate) fn route(&self) -> Option<Cow<'_, str>> {
        let route = self.route.as_ref()?.as_str();
        let of_service = route.strip_suffix(REST_PARAMETER).map(|prefix| format!("{prefix}{{*rest}}").into());
        Some(of_service.unwrap_or(Cow::Borrowed(route)))
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
