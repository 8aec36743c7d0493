//! The algorithms of keys, and the key sets that are fetched from an issuer.
//!
//! [`VerifyingKey`](crate::VerifyingKey) binds a key to one [`Algorithm`], because the header of a
//! token must not choose it (RFC 8725 section 3.1). [`KeySet`](crate::KeySet) holds the keys of one
//! issuer. With the feature `remote-keys`, `KeySet::discover` and `KeySet::remote` fetch the keys
//! in the background.

pub use crate::base::Algorithm;
#[cfg(feature = "remote-keys")]
pub use crate::credential::token::keys::RemoteKeySet;
/// Built with `--cfg fuzzing` only, which cargo-fuzz sets.
#[cfg(all(fuzzing, feature = "remote-keys"))]
#[doc(hidden)]
pub use crate::credential::token::keys::fuzzing;
