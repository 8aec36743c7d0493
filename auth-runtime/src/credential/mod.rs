//! Credentials: how a request carries them, and their kinds.

pub(crate) mod api_key;
pub(crate) mod carrier;
pub(crate) mod lookup;
pub(crate) mod token;
