//! The challenge of one scheme (RFC 9110 section 11.6.1).

use super::ProtectedResource;
use crate::base::ConfigError;
use http::HeaderValue;

/// The challenges of one scheme, for each `error` of RFC 6750 section 3.
///
/// Made at start, because a flood of bad requests must cost little. Without `error_description`,
/// because it would help the sender of a forged token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    text: String,
    without_error: HeaderValue,
    errors: Vec<(&'static str, HeaderValue)>,
}

const ERRORS: [&str; 3] = ["invalid_request", "invalid_token", "insufficient_scope"];

impl Challenge {
    /// Makes the challenge. Without a realm and a resource, `error` is the only parameter.
    pub(super) fn new(
        scheme: &str,
        realm: Option<&str>,
        resource: Option<&ProtectedResource>,
    ) -> Result<Self, ConfigError> {
        let mut text = match realm {
            Some(realm) => format!("{scheme} realm=\"{}\"", quotable(realm)?),
            None => scheme.to_owned(),
        };
        if let Some(resource) = resource {
            // RFC 9728 section 5.1. The URL needs no escape in quotes.
            text = with_parameter(&text, "resource_metadata", resource.metadata_url());
        }
        let unreadable = |_| ConfigError::Unreadable { name: "realm", why: "use ASCII only" };
        let value = |text: &str| HeaderValue::from_str(text).map_err(unreadable);
        let without_error = value(&text)?;
        let errors = ERRORS.iter().map(|error| Ok((*error, value(&with_error(&text, error))?)));
        Ok(Self { errors: errors.collect::<Result<_, ConfigError>>()?, text, without_error })
    }

    pub(super) fn value(&self, error: &'static str, scope: Option<&'static str>) -> HeaderValue {
        // `scope!` accepts RFC 6750 scope-tokens only, so the header value is always valid.
        let with_scope = scope.and_then(|scope| {
            HeaderValue::try_from(format!("{}, scope=\"{scope}\"", with_error(&self.text, error))).ok()
        });
        with_scope.unwrap_or_else(|| {
            let known = self.errors.iter().find(|(name, _)| *name == error).map(|(_, value)| value);
            known.unwrap_or(&self.without_error).clone()
        })
    }
}

fn with_error(text: &str, error: &str) -> String {
    with_parameter(text, "error", error)
}

fn with_parameter(text: &str, name: &str, value: &str) -> String {
    let separator = if text.contains(' ') { "," } else { "" };
    format!("{text}{separator} {name}=\"{value}\"")
}

/// P9: checks that a realm can be in quotes (RFC 9110 section 5.6.4) without an escape.
fn quotable(realm: &str) -> Result<&str, ConfigError> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if realm.is_empty() {
        return Err(ConfigError::Unreadable { name: "realm", why: "it is empty: use `.omit_realm()`" });
    }
    if !realm.bytes().all(is_plain) {
        let why = "use ASCII letters, digits and spaces, without quotes and backslashes";
        return Err(ConfigError::Unreadable { name: "realm", why });
    }
    Ok(realm)
}
