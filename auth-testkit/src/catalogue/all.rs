//! The list of all attacks.

use super::{
    Attack, algorithms, claims, crossed, encrypted, form, header, method_overrides, presentation, proxy_headers,
    signatures,
};

/// Returns every attack, in the order of their ids.
#[must_use]
pub fn catalogue() -> Vec<Attack> {
    let mut attacks = [
        algorithms::attacks(),
        signatures::attacks(),
        header::attacks(),
        claims::attacks(),
        form::attacks(),
        encrypted::attacks(),
        presentation::attacks(),
        proxy_headers::attacks(),
        method_overrides::attacks(),
        crossed::attacks(),
    ]
    .concat();
    attacks.sort_by(|a, b| (a.id().starts_with('H'), a.id()).cmp(&(b.id().starts_with('H'), b.id())));
    attacks
}

/// Attacks of the list that are not one request to one route, and where they are tested.
pub const COVERED_ELSEWHERE: &[(&str, &str)] = &[
    ("T10", "keys without `alg` are rejected when they are configured"),
    ("T11", "weak keys are rejected when they are configured"),
    ("T15", "floods of unknown key ids need a fetched key set: the tests of auth-runtime"),
    ("T28", "identities of several issuers: the tests of auth-runtime"),
    ("T50", "revocation needs the service's own store: log out in a test, and use the token again"),
    ("T51", "a store or a key source that fails: the tests of auth-runtime"),
    ("T53", "needs the service's clock: the tests of auth-runtime"),
    ("H07", "answered below the router, by the HTTP server"),
    ("H19", "does not compile on an AuthRouter"),
    ("H21", "WebSockets: the handshake is attacked like any request; the frames after it are not"),
    ("H22", "streams that outlive their token: `Authenticated::guard`"),
    ("H25", "framing is handled below the router, by the HTTP server"),
    ("H26", "HTTP/2 is handled below the router, by the HTTP server"),
];
