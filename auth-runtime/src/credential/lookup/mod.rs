//! Credentials that are looked up in the service's records, instead of verified by a signature.

mod record;
mod source;

pub use record::CredentialRecord;
pub(crate) use source::{CredentialSource, LookedUp};
