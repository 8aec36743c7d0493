//! Responses that were checked already.
//!
//! Most rejections of a service are equal, and a text of each would be made only to compare it.

use super::probe::Probe;
use crate::target::ServiceResponse;
use axum::body::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// A response without a visible problem: all that such problems depend on.
pub(super) struct Passed {
    route: (String, String),
    method: Method,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Passed {
    pub(super) fn is_like(&self, probe: &Probe<'_>, response: &ServiceResponse) -> bool {
        self.status == response.status
            && self.method == probe.method
            && self.body == response.body
            && self.route.1 == probe.route.path
            && self.route.0 == probe.route.method
            && self.headers == response.headers
    }

    pub(super) fn new(probe: &Probe<'_>, response: &ServiceResponse) -> Self {
        Self {
            route: (probe.route.method.clone(), probe.route.path.clone()),
            method: probe.method.clone(),
            status: response.status,
            headers: response.headers.clone(),
            body: response.body.clone(),
        }
    }
}
