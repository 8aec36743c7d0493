//! The errors of the handlers: `application/problem+json` (RFC 9457).

use crate::log::log;
use crate::sqlite::DatabaseError;
use auth_runtime::Rejection;
use auth_runtime::revocation::RevokeError;
use auth_runtime::signatures::MalformedJson;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: Option<Cow<'static, str>>,
}

/// A hidden order has the same response as an order that does not exist.
impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotFound | Rejection::Hidden { .. } => Self::NO_SUCH_ORDER,
            rejection => Self { status: rejection.status(), detail: None },
        }
    }
}

impl Problem {
    pub(crate) const NO_SUCH_ORDER: Self = Self::new(StatusCode::NOT_FOUND, "there is no such order");
    pub(crate) const REFUNDED_BEFORE: Self = Self::new(StatusCode::CONFLICT, "this order has been refunded already");
    pub(crate) const OTHER_PRICE: Self = Self::unprocessable("`cents` is not the price of this order");

    /// A key outlives the revoked tokens in memory, so its logout would end with the process.
    pub(crate) const NOT_A_LOGIN: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "an API key does not log out; its operator revokes it with `orders api-key revoke`",
    );

    /// The login of a browser got a text that no cookie can hold.
    pub(crate) const NOT_A_COOKIE: Self =
        Self::unprocessable("`token` is empty, too long for a cookie, or has characters that no token has");

    const fn new(status: StatusCode, detail: &'static str) -> Self {
        Self { status, detail: Some(Cow::Borrowed(detail)) }
    }

    /// The request is well-formed but its content is invalid.
    pub(crate) const fn unprocessable(detail: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The detail is logged for the operator and not sent, because it could help an attacker.
    fn internal(why: &dyn std::error::Error) -> Self {
        log(why);
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

/// The token is still valid, and the caller must learn that.
impl From<RevokeError> for Problem {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::NoTokenId => Self::unprocessable("the token has no `jti` to revoke it by"),
            error => Self { status: StatusCode::SERVICE_UNAVAILABLE, ..Self::internal(&error) },
        }
    }
}

/// The error has the place in the body, and none of its values.
impl From<MalformedJson> for Problem {
    fn from(error: MalformedJson) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: Some(error.to_string().into()) }
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
            // An order with an invalid id does not exist.
            PathRejection::FailedToDeserializePathParams(_) => Self::NO_SUCH_ORDER,
            // The route and its handler disagree about parameters.
            _ => Self::internal(&rejection),
        }
    }
}
