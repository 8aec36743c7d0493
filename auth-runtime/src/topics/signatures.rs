//! Verifies signed requests, such as webhooks.
//!
//! [`signature!`](crate::signature) names a [`Sender`] with its [`Scheme`]. [`Signatures`] verifies
//! the requests of one sender, with a [`SigningSecret`] that the service shares with it.

pub use crate::credential::signature::{Scheme, Sender, Signatures, SignaturesBuilder, SigningSecret};
pub use crate::proof::MalformedJson;
