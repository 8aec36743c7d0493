//! Checks the names that a service gives to the issuers of its credentials.

use crate::base::{ConfigError, check_visible};

/// P9: checks an issuer's name at start, with the rules for the issuer of a token.
pub(crate) fn check_issuer_name(issuer: &str) -> Result<(), ConfigError> {
    if issuer.trim().is_empty() {
        return Err(ConfigError::Empty("issuer"));
    }
    check_visible(issuer).map_err(|why| ConfigError::Unreadable { name: "issuer", why })?;
    // RFC 7519 section 2: a URI. The keys of revocation stores end the issuer with a space.
    if issuer.contains(char::is_whitespace) {
        return Err(ConfigError::OutOfBounds { name: "issuer", why: "use a URL without white space" });
    }
    Ok(())
}
