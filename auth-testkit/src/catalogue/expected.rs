//! The expected response to an attack.

use http::StatusCode;

/// Names the response that an attack must get.
///
/// ```
/// use auth_testkit::{Attack, Credentials, Expected};
///
/// let basic = Attack::new("X02", "Basic credentials", Expected::Refused, |_| {
///     Some(Credentials::authorization("Basic YWxpY2U6c2VjcmV0"))
/// });
/// assert_eq!(basic.expected(), Expected::Refused);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expected {
    /// 401 with `error="invalid_token"` (RFC 6750 section 3.1).
    InvalidToken,
    /// 401 with a challenge without `error`, because there were no credentials (RFC 6750 section
    /// 3).
    NoCredentials,
    /// 400 with `error="invalid_request"` (RFC 6750 section 3.1).
    InvalidRequest,
    /// Any of the three above, because the RFCs allow each.
    Refused,
    /// 403 with `error="insufficient_scope"`: an authenticated caller without the permission.
    Denied,
    /// 403 by the permission, or 401 by the claims type, because the token lacks claims of the
    /// issuer.
    LacksClaims,
    /// 403: a cookie is good, but a page of another site may have sent the request.
    CrossSite,
    /// The response to a good token, because the credentials are valid in an unusual form.
    Admitted,
}

impl Expected {
    pub(crate) fn statuses(self) -> &'static [StatusCode] {
        match self {
            Self::InvalidToken | Self::NoCredentials => &[StatusCode::UNAUTHORIZED],
            Self::InvalidRequest => &[StatusCode::BAD_REQUEST],
            Self::Refused => &[StatusCode::UNAUTHORIZED, StatusCode::BAD_REQUEST],
            Self::Denied | Self::CrossSite => &[StatusCode::FORBIDDEN],
            Self::LacksClaims => &[StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED],
            Self::Admitted => &[],
        }
    }

    /// The `error` of the challenge; `None` where several are allowed.
    pub(crate) fn error(self) -> Option<&'static str> {
        match self {
            Self::InvalidToken => Some("invalid_token"),
            Self::InvalidRequest => Some("invalid_request"),
            Self::Denied => Some("insufficient_scope"),
            Self::NoCredentials | Self::Refused | Self::LacksClaims | Self::CrossSite | Self::Admitted => None,
        }
    }
}
