//! Keys, each bound to one algorithm, and the key sets of issuers.

#[cfg(feature = "ed25519-dalek")]
mod ed25519;
mod jwk;
mod jwk_set;
mod key_index;
pub(super) mod key_origin;
mod key_set;
#[cfg(feature = "remote-keys")]
mod remote;
mod strength;
mod verifying_key;

pub use key_set::KeySet;
#[cfg(feature = "remote-keys")]
pub use remote::RemoteKeySet;
#[cfg(all(fuzzing, feature = "remote-keys"))]
pub use remote::fuzzing;
pub(crate) use verifying_key::Fingerprint;
use verifying_key::Material;
pub use verifying_key::VerifyingKey;
