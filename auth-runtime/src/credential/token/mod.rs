//! JWTs as credentials: their form, their keys and their claims.

mod claims;
mod claims_policy;
mod clocks;
#[cfg(feature = "issue")]
mod issue;
mod issuers;
pub(crate) mod json;
pub(crate) mod jws;
pub(crate) mod keys;
mod legacy_tokens;
mod provider;
mod scopes;
mod short_hash;
mod token_type;

pub use claims::Claims;
pub(crate) use claims::claims_name;
#[cfg(feature = "introspection")]
pub(crate) use claims_policy::numeric_date;
pub(crate) use claims_policy::{ClaimsPolicy, check_audience, check_record_expiry};
#[cfg(feature = "issue")]
pub use issue::{IssueError, IssuedToken, SigningKey, TokenIssuer, TokenIssuerBuilder};
pub use issuers::TrustedIssuer;
pub(crate) use issuers::{Issuer, Issuers};
#[cfg(feature = "issue")]
pub(crate) use legacy_tokens::LegacyForm;
pub(crate) use legacy_tokens::LegacyTokens;
pub(crate) use provider::MAX_LIFETIME;
pub use provider::Provider;
pub(crate) use scopes::{Members, scopes};
pub(crate) use short_hash::short_hash;
pub use token_type::TokenType;
