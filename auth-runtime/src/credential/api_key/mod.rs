//! API keys: their text, the service's records of them, and their look-up.

mod alphabet;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod api_key;
mod api_keys;
mod errors;
#[cfg(test)]
mod finder_tests;
mod look_up;
#[cfg(test)]
mod look_up_tests;
mod memory;
mod prefix;
mod record;
mod records;
mod secret_hash;
#[cfg(test)]
mod test_store;
mod text;
mod usage;

pub use api_key::ApiKey;
pub use api_keys::ApiKeys;
pub use errors::{InvalidHash, MintError, Unavailable};
pub use memory::MemoryApiKeys;
pub use record::{ApiKeyRecord, PreviousSecret};
pub use records::ApiKeyRecords;
pub use secret_hash::SecretHash;
