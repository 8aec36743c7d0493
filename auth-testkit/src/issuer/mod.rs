//! An issuer for tests, with real keys, valid tokens and malformed ones.

mod bad_credential;
mod credential_source;
mod encryption;
mod key;
mod signed_draft;
mod test_api_keys;
mod test_credentials;
mod test_issuer;
mod test_sender;
mod test_setup;
mod test_token;

pub(crate) use bad_credential::same_bytes;
pub(crate) use credential_source::CredentialSource;
pub(crate) use encryption::KeyManagement;
pub(crate) use key::{PublicKey, SigningKey, base64url};
pub(crate) use signed_draft::{SignedDraft, header};
pub use test_api_keys::TestApiKeys;
pub use test_credentials::TestCredentials;
pub use test_issuer::TestIssuer;
pub use test_sender::TestSender;
pub use test_setup::TestSetup;
pub use test_token::TestToken;
pub(crate) use test_token::seconds_since_1970;
