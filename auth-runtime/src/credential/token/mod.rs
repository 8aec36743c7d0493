//! JWTs as credentials: their form, their keys and their claims.

mod claims;
mod clocks;
#[cfg(feature = "issue")]
mod issue;
mod issuers;
pub(crate) mod json;
pub(crate) mod jws;
pub(crate) mod keys;
mod legacy_tokens;
mod scopes;
mod token_type;
mod verified_claims;

pub use claims::Claims;
pub(crate) use claims::claims_name;
#[cfg(feature = "issue")]
pub use issue::{IssueError, IssuedToken, SigningKey, TokenIssuer, TokenIssuerBuilder};
pub use issuers::TrustedIssuer;
pub(crate) use issuers::{Issuer, Issuers};
pub(crate) use legacy_tokens::LegacyTokens;
pub(crate) use scopes::{Members, scopes};
pub use token_type::TokenType;
pub(crate) use verified_claims::{ClaimsPolicy, Signed, VerifiedClaims, short_hash};
