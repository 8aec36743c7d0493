//! Shows tests how a sender signs: [`SchemeParts`].

use super::scheme::{MacEncoding, Scheme, SecretForm, SignatureLayout, TimestampPlace};
use std::time::Duration;

/// Describes a scheme to a test that signs requests itself.
///
/// It has no secret. The kit of attacks in `auth-testkit` signs with it, so that the signatures do
/// not come from the code that verifies them.
///
/// ```
/// use auth_runtime::signatures::Scheme;
/// use auth_runtime::testing::{SchemeParts, SignatureForm};
///
/// let parts = SchemeParts::of(&Scheme::github());
/// assert_eq!((parts.header, parts.prefix), ("X-Hub-Signature-256", "sha256="));
/// assert_eq!((parts.form, parts.template), (SignatureForm::Hex, "{body}"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemeParts {
    /// The header of the signature.
    pub header: &'static str,
    /// How the header is written.
    pub form: SignatureForm,
    /// The text in front of the signature.
    pub prefix: &'static str,
    /// The signed text, with `{timestamp}`, `{id}` and `{body}`.
    pub template: &'static str,
    /// The header of the timestamp; `None` where none is sent, or the signature header has it.
    pub timestamp_header: Option<&'static str>,
    /// How far a timestamp may differ from the clock.
    pub tolerance: Option<Duration>,
    /// The header of the delivery's id.
    pub id_header: Option<&'static str>,
    /// Whether secrets are `whsec_` and base64.
    pub secret_is_whsec: bool,
}

/// Names how a signature header is written.
///
/// ```
/// use auth_runtime::signatures::Scheme;
/// use auth_runtime::testing::{SchemeParts, SignatureForm};
///
/// assert_eq!(SchemeParts::of(&Scheme::stripe()).form, SignatureForm::TimeAndHex);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureForm {
    /// The prefix, and hexadecimal digits in lower case.
    Hex,
    /// The prefix, and base64 with padding (RFC 4648 section 4).
    Base64,
    /// `t=1492774577,v1=5257a8..`, as Stripe writes it.
    TimeAndHex,
    /// `v1,K5oZfz..`, as Standard Webhooks write it.
    VersionAndBase64,
}

impl SchemeParts {
    /// Describes a scheme.
    #[must_use]
    pub const fn of(scheme: &Scheme) -> Self {
        let form = match (scheme.layout, scheme.encoding) {
            (SignatureLayout::NamedPairs, _) => SignatureForm::TimeAndHex,
            (SignatureLayout::VersionedList, _) => SignatureForm::VersionAndBase64,
            (SignatureLayout::OneMac, MacEncoding::PaddedBase64) => SignatureForm::Base64,
            (SignatureLayout::OneMac, MacEncoding::LowerHex | MacEncoding::NotChosen) => SignatureForm::Hex,
        };
        let timestamp_header = match scheme.timestamp {
            TimestampPlace::OwnHeader(name) => Some(name),
            TimestampPlace::NotSent | TimestampPlace::SignatureHeader => None,
        };
        Self {
            header: scheme.header,
            form,
            prefix: scheme.prefix,
            template: scheme.template,
            timestamp_header,
            tolerance: scheme.tolerance,
            id_header: scheme.delivery_id,
            secret_is_whsec: matches!(scheme.secret, SecretForm::Whsec),
        }
    }
}
