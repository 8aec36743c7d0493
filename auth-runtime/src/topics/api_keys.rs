//! API keys: mints them, describes what a service stores, and finds them in its store.
//!
//! [`ApiKey::mint`] makes the text for the owner, and the [`ApiKeyRecord`] that the service stores.
//! [`ApiKeyRecords`] finds a record by its id. [`ApiKeys`] is the kind of credential that a
//! verifier accepts.

pub use crate::credential::api_key::{
    ApiKey, ApiKeyRecord, ApiKeyRecords, ApiKeys, InvalidHash, MemoryApiKeys, MintError, PreviousSecret, SecretHash,
    Unavailable,
};
