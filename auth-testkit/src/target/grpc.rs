//! Reads the responses of gRPC methods, which have HTTP 200 beside their own status.

use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};

/// The content type of requests to gRPC methods.
pub(crate) const GRPC: &str = "application/grpc";

/// A message without fields: not compressed, of length zero.
pub(crate) const EMPTY_MESSAGE: [u8; 5] = [0; 5];

pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value == GRPC)
}

/// Returns the HTTP status that means the same as the gRPC status in the headers.
///
/// Without one the response has messages, and its HTTP status counts.
pub(super) fn status(status: StatusCode, headers: &HeaderMap) -> StatusCode {
    let has = |name, text: &str| {
        headers.get_all(name).iter().any(|value| value.to_str().is_ok_and(|value| value.contains(text)))
    };
    let code = headers.get("grpc-status").map(http::HeaderValue::as_bytes);
    match code.filter(|_| status == StatusCode::OK) {
        None | Some(b"0") => status,
        Some(b"16") if has(WWW_AUTHENTICATE, r#"error="invalid_request""#) => StatusCode::BAD_REQUEST,
        Some(b"16") => StatusCode::UNAUTHORIZED,
        Some(b"7") => StatusCode::FORBIDDEN,
        Some(b"14") => StatusCode::SERVICE_UNAVAILABLE,
        Some(b"5") => StatusCode::NOT_FOUND,
        Some(b"12") => StatusCode::NOT_IMPLEMENTED,
        Some(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::status;
    use http::{HeaderMap, Response, StatusCode};

    #[test]
    fn grpc_status_in_the_headers_counts_and_not_http_200() {
        let of = |http: u16, code: &str| {
            let response = Response::builder().status(http).header("grpc-status", code).body(()).expect("a response");
            status(response.status(), response.headers())
        };
        assert_eq!(of(200, "16"), StatusCode::UNAUTHORIZED);
        assert_eq!(of(200, "7"), StatusCode::FORBIDDEN);
        assert_eq!(of(200, "0"), StatusCode::OK);
        // A status that the kit does not know is an error, so that it cannot hide behind HTTP 200.
        assert_eq!(of(200, "99"), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(of(401, "0"), StatusCode::UNAUTHORIZED);
        assert_eq!(status(StatusCode::OK, &HeaderMap::new()), StatusCode::OK);
    }
}
