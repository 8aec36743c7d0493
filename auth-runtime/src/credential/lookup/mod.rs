//! Credentials that are looked up in the service's records, instead of verified by a signature.

mod issuer_name;
mod record;
mod source;

pub(crate) use issuer_name::check_issuer_name;
pub use record::CredentialRecord;
pub(crate) use source::{CredentialSource, LookedUp};
