//! Formats rejections with the function of a service.

use super::context::Head;
use super::{ClientView, RejectionContext, RejectionKind};
use crate::base::{OfRequest, Within};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

type Function = dyn Fn(&RejectionContext) -> Response + Send + Sync;

/// The function of a router, which travels to the gate in the request's extensions.
// P2: the type is private, so no layer can put one there. It makes responses to rejections only.
#[derive(Clone)]
pub(crate) struct RejectionFormat(Arc<Function>);

/// A function with the head of its request, taken before extractors consume the request.
pub(crate) struct FormatOfRequest {
    format: RejectionFormat,
    head: Head,
}

impl RejectionFormat {
    pub(crate) fn new<R: IntoResponse>(format: impl Fn(&RejectionContext) -> R + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |context| format(context).into_response()))
    }

    /// Returns the function of the router that the request has reached, if that router has one.
    #[inline]
    pub(crate) fn of(parts: &Parts, view: &ClientView) -> Option<Box<FormatOfRequest>> {
        let format = parts.extensions.get::<Self>()?.clone();
        Some(Box::new(FormatOfRequest { format, head: Head::of(parts, view) }))
    }
}

impl FormatOfRequest {
    /// Replaces the default response. Headers that a handler added to it are kept.
    pub(crate) fn apply(self, kind: RejectionKind, view: &ClientView, default: Response) -> Response {
        let Self { format, head } = self;
        let context = RejectionContext::new(kind, head);
        // P6: a panic in the function must not lose the rejection. P9: the function is code of the
        // request, as a handler is.
        let formatted = catch_unwind(AssertUnwindSafe(|| Within::Handler.enter(|| (format.0)(&context))));
        let Ok(mut response) = formatted else { return default };
        let (mut default, _) = default.into_parts();
        for replaced in [CONTENT_TYPE, CONTENT_LENGTH, CACHE_CONTROL, WWW_AUTHENTICATE, RETRY_AFTER] {
            default.headers.remove(replaced);
        }
        for (name, value) in &default.headers {
            response.headers_mut().append(name, value.clone());
        }
        response.extensions_mut().extend(default.extensions);
        // P8: set last, so that the function cannot forget or change them.
        kind.complete(view, &mut response);
        response.map(|body| Body::new(OfRequest::handler(body)))
    }
}

impl fmt::Debug for RejectionFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RejectionFormat")
    }
}
