//! The name of a cookie that holds a credential.

/// The prefix of cookies that no other host can set.
///
/// Browsers accept them with `Secure`, `Path=/` and no `Domain` only (RFC 6265bis section 4.1.3.2).
const HOST: &str = "__Host-";

/// P9: checks the name, and returns what is wrong with it.
pub(super) fn check(name: &str, on_loopback: bool) -> Result<(), &'static str> {
    let bare = name.strip_prefix(HOST);
    if bare.unwrap_or(name).is_empty() || !name.bytes().all(is_token_byte) {
        return Err("its name is empty or has other bytes than a cookie name: use letters, digits, `-` and `_`");
    }
    match (bare, on_loopback) {
        (None, false) => {
            Err("its name does not begin with `__Host-`, so that other hosts could set it: rename it, or use \
             `dangerous_cookie_on_loopback(..)` for development")
        }
        (Some(_), true) => Err("its name begins with `__Host-`: use `Carrier::cookie(..)`"),
        // Browsers enforce the prefix without regard to case, and servers compare names by case.
        (None, true) if name.get(..2) == Some("__") => {
            Err("its name begins with `__`, which browsers reserve for prefixes: rename it")
        }
        _ => Ok(()),
    }
}

/// A byte of a token (RFC 9110 section 5.6.2).
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
