//! Issues access tokens: [`TokenIssuer`].

mod builder;
mod issued_token;
mod legacy_options;
mod parts;
mod private_key;
mod signing_key;
mod token_issuer;

pub use builder::TokenIssuerBuilder;
pub use issued_token::{IssueError, IssuedToken};
pub use signing_key::SigningKey;
pub use token_issuer::TokenIssuer;
