//! Where an operation takes its credential: [`SecurityCarrier`].

use crate::credential::carrier::Carrier;
use crate::verifier::VerifierPosture;
use serde_json::{Value, json};

/// States where in a request a credential is, in the words of OpenAPI's security schemes.
///
/// ```
/// use auth_runtime::openapi::SecurityCarrier;
///
/// let key = SecurityCarrier::Header { name: "x-api-key".to_owned() };
/// let scheme = serde_json::json!({ "type": "apiKey", "in": "header", "name": "x-api-key" });
/// assert_eq!(key.scheme(), scheme);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SecurityCarrier {
    /// `Authorization` with a scheme: `type: http`.
    Authorization {
        /// The scheme, such as `Bearer`.
        scheme: String,
        /// Whether each accepted credential is a JWT.
        is_jwt: bool,
    },
    /// A header of its own: `type: apiKey`. Also the subprotocols of a WebSocket.
    Header {
        /// The name of the header.
        name: String,
    },
    /// A cookie: `type: apiKey`.
    Cookie {
        /// The name of the cookie.
        name: String,
    },
}

impl SecurityCarrier {
    /// Returns where the credentials of a verifier are, each place once.
    pub(super) fn all(verifier: &VerifierPosture) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for kind in &verifier.credentials {
            for carrier in kind.places.iter().map(|carrier| Self::of(carrier, kind.records.is_none())) {
                match all.iter_mut().find(|other| other.name() == carrier.name()) {
                    Some(other) => other.restrict_to_jwt(&carrier),
                    None => all.push(carrier),
                }
            }
        }
        all
    }

    fn of(carrier: &Carrier, is_jwt: bool) -> Self {
        carrier.described(
            |scheme| Self::Authorization { scheme: scheme.to_owned(), is_jwt },
            |name| Self::Header { name: name.to_owned() },
            |name| Self::Cookie { name: name.to_owned() },
        )
    }

    /// The carrier that a router without its state documents.
    pub(super) fn bearer() -> Self {
        Self::Authorization { scheme: "Bearer".to_owned(), is_jwt: true }
    }

    /// Keeps the format JWT only where both have it.
    pub(super) fn restrict_to_jwt(&mut self, other: &Self) {
        if let (Self::Authorization { is_jwt, .. }, Self::Authorization { is_jwt: false, .. }) = (self, other) {
            *is_jwt = false;
        }
    }

    pub(super) fn is_bearer(&self) -> bool {
        matches!(self, Self::Authorization { scheme, .. } if scheme == "Bearer")
    }

    /// Returns the name of its scheme, if the document has none: `bearerAuth`, `header-x-api-key`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Authorization { scheme, .. } => format!("{}Auth", scheme.to_ascii_lowercase()),
            Self::Header { name } => format!("header-{name}"),
            // The names of components have letters, digits and `-._` (OpenAPI 3.1 section 4.8.7.1).
            Self::Cookie { name } => {
                let plain = |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' };
                format!("cookie-{}", name.chars().map(plain).collect::<String>())
            }
        }
    }

    /// Returns its security scheme.
    #[must_use]
    pub fn scheme(&self) -> Value {
        match self {
            Self::Authorization { scheme, is_jwt: true } if scheme == "Bearer" => {
                json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" })
            }
            Self::Authorization { scheme, .. } => json!({ "type": "http", "scheme": scheme.to_ascii_lowercase() }),
            Self::Header { name } => json!({ "type": "apiKey", "in": "header", "name": name }),
            Self::Cookie { name } => json!({ "type": "apiKey", "in": "cookie", "name": name }),
        }
    }

    /// Whether a scheme of the document describes this carrier.
    pub(super) fn is_described_by(&self, scheme: &Value) -> bool {
        let has =
            |member: &str, value: &str| scheme[member].as_str().is_some_and(|own| own.eq_ignore_ascii_case(value));
        match self {
            // OAuth 2.0 and OpenID Connect use bearer tokens.
            Self::Authorization { .. } if self.is_bearer() => {
                (has("type", "http") && has("scheme", "bearer"))
                    || has("type", "oauth2")
                    || has("type", "openIdConnect")
            }
            Self::Authorization { scheme: own, .. } => has("type", "http") && has("scheme", own),
            Self::Header { name } => has("type", "apiKey") && has("in", "header") && has("name", name),
            // The names of cookies have case.
            Self::Cookie { name } => has("type", "apiKey") && has("in", "cookie") && scheme["name"] == name.as_str(),
        }
    }
}
