//! Every error that a handler answers with: `application/problem+json` (RFC 9457).

use crate::database::DatabaseError;
use auth_runtime::{Rejection, RevokeError};
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;
use std::io::Write;

#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: Option<Cow<'static, str>>,
}

/// What a rule refused is answered as it says, except that an order which is a secret is one that is not there.
impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotFound | Rejection::Concealed { .. } => Self::NO_SUCH_ORDER,
            rejection => Self { status: rejection.status(), detail: None },
        }
    }
}

impl Problem {
    pub(crate) const NO_SUCH_ORDER: Self = Self::new(StatusCode::NOT_FOUND, "there is no such order");
    pub(crate) const REFUNDED_BEFORE: Self = Self::new(StatusCode::CONFLICT, "this order has been refunded already");

    const fn new(status: StatusCode, detail: &'static str) -> Self {
        Self { status, detail: Some(Cow::Borrowed(detail)) }
    }

    /// The request is well-formed, and asks for what can't be.
    pub(crate) const fn unprocessable(detail: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The detail is for the people who run the service; the client could do nothing with it, or too much.
    fn internal(why: &dyn std::error::Error) -> Self {
        // Not `eprintln!`: it panics when stderr is gone.
        let _ = writeln!(std::io::stderr(), "orders: {why}");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, detail: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            r#type: &'static str,
            title: Option<&'static str>,
            status: u16,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<Cow<'static, str>>,
        }
        let Self { status, detail } = self;
        let body = Body { r#type: "about:blank", title: status.canonical_reason(), status: status.as_u16(), detail };
        (status, [(CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        Self::internal(&error)
    }
}

/// The token still holds, and its holder has to know.
impl From<RevokeError> for Problem {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::NoTokenId => Self::unprocessable("the token has no `jti` to take it back by"),
            error => Self { status: StatusCode::SERVICE_UNAVAILABLE, ..Self::internal(&error) },
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self { status: rejection.status(), detail: Some(rejection.body_text().into()) }
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        match rejection {
            // What is no id is the id of no order.
            PathRejection::FailedToDeserializePathParams(_) => Self::NO_SUCH_ORDER,
            // The route and its handler disagree about parameters.
            _ => Self::internal(&rejection),
        }
    }
}
