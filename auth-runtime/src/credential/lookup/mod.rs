//! Credentials that are looked up in the service's records, instead of verified by a signature.

mod credential_kind;
mod finder;
mod issuer_name;
mod looked_up_by;
mod record;
mod source;

pub use credential_kind::CredentialKind;
pub(crate) use finder::Finder;
pub(crate) use issuer_name::check_issuer_name;
pub(crate) use looked_up_by::LookedUpBy;
pub use record::CredentialRecord;
pub(crate) use source::{CredentialSource, LookedUp};
