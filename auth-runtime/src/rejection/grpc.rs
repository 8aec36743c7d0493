//! Writes rejections as gRPC clients read them: a status in the headers, with HTTP 200.
//!
//! <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>

use super::{ClientView, Rejection, RejectionKind};
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode};
use tonic::{Code, Status};

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// Marks the requests of a router that has a gRPC service.
///
/// Only there a client gets HTTP 200 for a rejection, because a monitor of other services counts
/// HTTP statuses.
// P8: all routes of the router, so that unmatched paths are answered as the methods are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GrpcRejections;

impl GrpcRejections {
    pub(crate) fn insert_into(extensions: &mut Extensions) {
        extensions.insert(Self);
    }

    /// Whether the client of this request reads `grpc-status`.
    pub(crate) fn apply_to(parts: &Parts) -> bool {
        parts.extensions.get::<Self>().is_some() && is_grpc(&parts.headers)
    }
}

/// Whether the content type is `application/grpc`, with or without a suffix or parameters.
///
/// gRPC-Web is another protocol. Its clients read the HTTP status.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let Some((name, rest)) = value.split_at_checked(GRPC.len()) else { return false };
    name.eq_ignore_ascii_case(GRPC.as_bytes()) && matches!(rest.first(), None | Some(b'+' | b';' | b' '))
}

impl RejectionKind {
    /// P8: constant for each kind.
    fn grpc(self) -> (Code, &'static str) {
        match self {
            // More than one credential is a fault of the credentials too.
            Self::MissingCredentials | Self::InvalidToken | Self::InvalidRequest | Self::InvalidSignature => {
                (Code::Unauthenticated, "unauthenticated")
            }
            Self::InsufficientScope { .. } | Self::NotPermitted => (Code::PermissionDenied, "permission denied"),
            Self::NotFound => (Code::NotFound, "not found"),
            Self::Unavailable => (Code::Unavailable, "unavailable"),
            // No method of a gRPC service is a signed request; another route of its router may be.
            Self::AlreadyDelivered => (Code::AlreadyExists, "already delivered"),
            Self::BodyTooLarge => (Code::ResourceExhausted, "body too large"),
            Self::BodyNotReceived => (Code::DeadlineExceeded, "body not received"),
            Self::AnswerWithheld => (Code::Internal, "answer withheld"),
        }
    }

    /// Returns the trailers that end a stream.
    pub(crate) fn grpc_trailers(self) -> HeaderMap {
        let (code, message) = self.grpc();
        let code = HeaderValue::from(code as i32);
        HeaderMap::from_iter([(GRPC_STATUS, code), (GRPC_MESSAGE, HeaderValue::from_static(message))])
    }

    /// Makes the response without messages ("Trailers-Only") from a default one.
    ///
    /// The challenge is kept, as metadata.
    pub(crate) fn grpc_response(self, view: &ClientView, mut response: Response) -> Response {
        self.complete(view, &mut response);
        *response.status_mut() = StatusCode::OK;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().insert(CONTENT_TYPE, GRPC);
        response.headers_mut().extend(self.grpc_trailers());
        response
    }
}

/// For handlers of gRPC methods: `auth.require::<Admin>()?`.
// P8: the status of the kind, and not of the reason.
impl From<Rejection> for Status {
    fn from(rejection: Rejection) -> Self {
        let (code, message) = rejection.kind().grpc();
        Self::new(code, message)
    }
}

#[cfg(test)]
mod tests {
    use super::{Rejection, is_grpc};
    use crate::access::NotProven;
    use auth_events::Reason;
    use http::HeaderMap;
    use http::header::CONTENT_TYPE;
    use tonic::{Code, Status};

    #[test]
    fn each_rejection_has_the_status_of_the_manual() {
        for (rejection, code) in [
            (Rejection::MissingCredentials, Code::Unauthenticated),
            (Rejection::InvalidToken(Reason::Expired), Code::Unauthenticated),
            (Rejection::InvalidToken(Reason::BadSignature), Code::Unauthenticated),
            (Rejection::InvalidRequest(Reason::SeveralCredentials), Code::Unauthenticated),
            (Rejection::NotPermitted { rule: "own order" }, Code::PermissionDenied),
            (Rejection::Unavailable(Reason::VerifierTimeout), Code::Unavailable),
            (Rejection::InsufficientScope { permission: "orders:read", scope: None }, Code::PermissionDenied),
            (Rejection::Hidden { rule: "own order", reason: Reason::Denied }, Code::NotFound),
            (Rejection::NotFound, Code::NotFound),
        ] {
            assert_eq!(Status::from(rejection).code(), code);
        }
        let mistake = Status::from(NotProven::NoProof);
        assert_eq!((mistake.code(), mistake.message()), (Code::Internal, ""));
    }

    #[test]
    fn content_type_of_grpc_is_found() {
        let is = |value: &str| is_grpc(&HeaderMap::from_iter([(CONTENT_TYPE, value.parse().expect("a value"))]));
        for value in ["application/grpc", "application/grpc+proto", "Application/GRPC;x=1"] {
            assert!(is(value), "{value}");
        }
        for value in ["application/json", "application/grpc-web", "application/grpcx", "application/grp", ""] {
            assert!(!is(value), "{value}");
        }
        assert!(!is_grpc(&HeaderMap::new()));
    }
}
