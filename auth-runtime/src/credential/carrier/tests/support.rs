//! Heads of requests, and what the carriers find in them.

use crate::credential::carrier::{Carrier, Carriers};
use auth_events::Reason;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};

pub(super) const COOKIE: &str = "__Host-session";
pub(super) const ORIGIN: &str = "https://app.example.com";

pub(super) fn carriers(list: impl IntoIterator<Item = Carrier>) -> Carriers {
    Carriers::new(list.into_iter().collect()).expect("carriers that can be accepted")
}

/// A verifier that accepts each kind of carrier.
pub(super) fn all() -> Carriers {
    carriers([
        Carrier::bearer(),
        Carrier::authorization("Token"),
        Carrier::header("X-Api-Key"),
        Carrier::cookie(COOKIE).origin(ORIGIN),
        Carrier::websocket(),
    ])
}

/// The head of a request `METHOD target` with these header lines.
pub(super) fn head(request: &str, lines: &[&str]) -> Parts {
    let (method, target) = request.split_once(' ').expect("a method and a target");
    let mut request = Request::builder().method(method).uri(target);
    for line in lines {
        let (name, value) = line.split_once(": ").or(line.split_once(':')).expect("a header line");
        let name = HeaderName::try_from(name).expect("a name");
        request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
    }
    request.body(()).expect("a request").into_parts().0
}

/// No parameter of a query is a credential, except `access_token`.
pub(super) fn in_no_query(_: &str, _: &str) -> bool {
    false
}

/// What is found: `index token`, or the reason.
pub(super) fn found(carriers: &Carriers, parts: &Parts) -> Result<String, Reason> {
    let found = carriers.find(parts, in_no_query).map_err(|refusal| refusal.rejection.reason())?;
    let carrier = found.carrier.expect("a carrier");
    match found.credential.token() {
        Ok(token) => Ok(format!("{carrier} {token}")),
        Err(refusal) => Err(refusal.rejection.reason()),
    }
}
