//! Why an opaque token could not be introspected.

use crate::rejection::{Refusal, Rejection};
use auth_events::{NoticeKind, Reason};

/// Why the server did not answer. Each is 503 for the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server is unreachable, slow, or fails for every token.
    Server(String),
    /// The server refuses the credentials of the service itself.
    Client(String),
    /// The server fails for this token.
    ///
    /// A client chooses the token, so it is not an outage: otherwise an attacker could send a token
    /// that makes the server fail, and all callers would get 503.
    Token(String),
}

impl Fault {
    /// The notice of an outage; `None` for a fault of one token.
    pub(super) fn notice(&self) -> Option<(NoticeKind, &str)> {
        match self {
            Self::Server(why) => Some((NoticeKind::IntrospectionUnavailable, why)),
            Self::Client(why) => Some((NoticeKind::IntrospectionClientRefused, why)),
            Self::Token(_) => None,
        }
    }

    pub(super) fn why(&self) -> &str {
        match self {
            Self::Server(why) | Self::Client(why) | Self::Token(why) => why,
        }
    }

    /// P6: 503, because the token may be good.
    pub(super) fn refusal(&self) -> Refusal {
        let detail = Some(format!("the token could not be introspected: {}", self.why()).into());
        Refusal { detail, ..Rejection::Unavailable(Reason::VerifierUnavailable).into() }
    }
}
