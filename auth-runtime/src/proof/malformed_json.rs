//! The error of a signed body that is not the expected JSON: [`MalformedJson`].

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::error::Category;

/// Reports a signed body that is not the JSON of the expected type: 400.
///
/// It has the place and never a value of the body, so that it can be logged. It is not a
/// [`Rejection`](crate::Rejection) and makes no event, because the signature is good.
///
/// ```
/// use auth_runtime::signatures::{MalformedJson, Scheme};
/// use auth_runtime::{Signed, signature, signed};
///
/// signature!(pub GitHub = Scheme::github());
///
/// #[derive(serde::Deserialize)]
/// struct Push {
///     after: String,
/// }
///
/// #[signed(GitHub)]
/// async fn pushed(event: Signed<GitHub>) -> Result<String, MalformedJson> {
///     let push: Push = event.json()?;
///     Ok(push.after)
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signed body is refused: line {line}, column {column}: {why}")]
pub struct MalformedJson {
    line: usize,
    column: usize,
    why: &'static str,
}

impl MalformedJson {
    /// Keeps the place of an error. Its text may contain values of the body.
    pub(super) fn of(error: &serde_json::Error) -> Self {
        let why = match error.classify() {
            Category::Eof => "the JSON ends too early",
            Category::Data => "the JSON does not fit the expected type",
            Category::Syntax | Category::Io => "not JSON",
        };
        Self { line: error.line(), column: error.column(), why }
    }

    /// Returns the line in the body, from 1.
    #[must_use]
    pub fn line(self) -> usize {
        self.line
    }

    /// Returns the column in the line, from 1.
    #[must_use]
    pub fn column(self) -> usize {
        self.column
    }
}

impl IntoResponse for MalformedJson {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(r#"{"type":"about:blank","title":"Bad Request","status":400}"#));
        *response.status_mut() = StatusCode::BAD_REQUEST;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::MalformedJson;

    /// serde quotes the value that does not fit.
    #[test]
    fn the_error_has_the_place_and_no_value_of_the_body() {
        for (body, place) in [("{\"n\":\n \"private\"}", (2, 10)), ("private", (1, 1)), ("{\"n\": 1", (1, 7))] {
            let error =
                serde_json::from_str::<std::collections::BTreeMap<String, u8>>(body).expect_err("not this JSON");
            let shown = MalformedJson::of(&error);
            assert_eq!((shown.line(), shown.column()), place, "{shown}");
            assert!(!format!("{shown} {shown:?}").contains("private"), "{shown:?}");
        }
    }
}
