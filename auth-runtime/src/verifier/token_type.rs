//! Which kind of token is expected (RFC 8725 section 3.11).

use crate::rejection::{Reason, Refusal};

/// Which kind of JWT a verifier takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TokenType {
    /// RFC 9068: `typ` is `at+jwt`, and `client_id`, `iat` and `jti` are there. Nothing else can be mistaken for it.
    /// The default.
    #[default]
    AccessToken,
    /// For issuers that don't follow RFC 9068 yet: `typ` may also be `JWT` or missing. Looser: any JWT of this issuer
    /// for this audience passes, so make sure that it issues no other kind for it.
    AnyJwt,
}

impl TokenType {
    pub(super) fn check(self, typ: Option<&str>) -> Result<(), Refusal> {
        // RFC 7515 section 4.1.9: media types ignore case, and `application/` may be left out.
        let typ = typ.map(|typ| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").map_or(typ.clone(), str::to_owned)
        });
        match (self, typ.as_deref()) {
            (_, Some("at+jwt")) | (Self::AnyJwt, Some("jwt") | None) => Ok(()),
            _ => Err(Refusal::token(Reason::WrongTokenType, "typ is not what this verifier takes")),
        }
    }

    /// Beyond `iss`, `aud`, `sub` and `exp`, which are always required.
    pub(super) fn required_claims(self) -> &'static [&'static str] {
        match self {
            // RFC 9068 section 2.2.
            Self::AccessToken => &["client_id", "iat", "jti"],
            Self::AnyJwt => &[],
        }
    }
}
