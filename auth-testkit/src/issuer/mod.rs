//! An issuer for tests, with real keys, valid tokens and malformed ones.

mod key;
mod test_issuer;
mod test_token;

pub(crate) use key::{PublicKey, SigningKey, base64url};
pub use test_issuer::TestIssuer;
pub use test_token::TestToken;
pub(crate) use test_token::seconds_since_1970;
