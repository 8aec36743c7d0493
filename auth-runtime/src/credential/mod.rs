//! Credentials: how a request carries them, and their kinds.

pub(crate) mod carrier;
pub(crate) mod lookup;
pub(crate) mod own;
#[cfg(feature = "sessions")]
pub(crate) mod session;
pub(crate) mod token;
