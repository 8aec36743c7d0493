//! What a request presents: the carriers that bring a credential, and the kinds of credentials.

pub(crate) mod carrier;
pub(crate) mod token;
