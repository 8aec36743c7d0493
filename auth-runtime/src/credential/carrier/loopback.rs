//! Whether a request came from this machine.

use crate::base::is_loopback;
use axum::extract::ConnectInfo;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use std::net::SocketAddr;

/// Whether a request came from this machine to a name of this machine.
///
/// P6: both, because behind a proxy of the same machine each peer is local, and a client sets the
/// host. A peer that is not known says nothing.
pub(super) fn is_local(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.is_none_or(|peer| peer.0.ip().to_canonical().is_loopback()) && is_local_host(parts)
}

fn is_local_host(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let authority = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        // HTTP/2 has it in the URI.
        (None, _) => parts.uri.authority().cloned(),
        _ => None,
    };
    authority.is_some_and(|authority| is_loopback(authority.host()))
}
