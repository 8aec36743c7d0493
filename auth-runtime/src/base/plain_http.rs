//! The permission to use an issuer's servers without TLS, for development.

use super::http::url::Permit;
use super::{ConfigError, label};

/// Why requests to an issuer may be sent without TLS to any host.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PlainHttp {
    pub(crate) reason: Option<&'static str>,
    /// The second reason, for release builds.
    pub(crate) in_release: Option<&'static str>,
}

impl PlainHttp {
    /// Returns the permission that this configuration gives to a build.
    ///
    /// P6: without TLS, any host on the path can choose the keys and the answers. A release build
    /// needs a statement of its own, because a setting for development must not reach production
    /// unnoticed.
    pub(crate) fn permit(self, is_release: bool) -> Result<Permit, ConfigError> {
        for (name, reason) in
            [("dangerous_plain_http", self.reason), ("dangerous_plain_http_in_release", self.in_release)]
        {
            if let Some(reason) = reason {
                label(name, reason)?;
            }
        }
        match (self.reason, self.in_release) {
            (None, None) => Ok(Permit::Nothing),
            (Some(_), None) if is_release => Err(ConfigError::OutOfBounds {
                name: "dangerous_plain_http",
                why: "this is a release build: use `https://`, or state the reason again with \
                      `.dangerous_plain_http_in_release(\"..\")`",
            }),
            _ => Ok(Permit::PlainHttp),
        }
    }

    /// The reason, for the posture and the notice at start.
    pub(crate) fn stated(self) -> Option<&'static str> {
        self.in_release.or(self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permit(reason: Option<&'static str>, in_release: Option<&'static str>, optimised: bool) -> Result<bool, String> {
        let plain = PlainHttp { reason, in_release };
        plain.permit(optimised).map(|permit| permit == Permit::PlainHttp).map_err(|error| error.to_string())
    }

    #[test]
    fn a_release_build_needs_a_statement_of_its_own() {
        let reason = Some("compose network");
        assert_eq!(permit(None, None, false), Ok(false));
        assert_eq!(permit(None, None, true), Ok(false));
        assert_eq!(permit(reason, None, false), Ok(true));
        let refused = permit(reason, None, true).unwrap_err();
        assert!(refused.contains(".dangerous_plain_http_in_release("), "{refused}");
        for release in [false, true] {
            assert_eq!(permit(reason, reason, release), Ok(true));
            assert_eq!(permit(None, reason, release), Ok(true));
            for blank in ["", " ", "\u{200b}"] {
                permit(Some(blank), None, release).unwrap_err();
                permit(reason, Some(blank), release).unwrap_err();
            }
        }
    }
}
