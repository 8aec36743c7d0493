//! Verifies signed requests, such as webhooks.
//!
//! [`signature!`](crate::signature) names a [`Sender`] with its [`Scheme`]. [`Signatures`] verifies
//! the requests of one sender, with a [`SigningSecret`] that the service shares with it. A
//! [`ReplayStore`] keeps the deliveries that were handled.

pub use crate::credential::signature::{
    DeliveryKey, MemoryReplays, ReplayError, ReplayStore, Scheme, Sender, Signatures, SignaturesBuilder, SigningSecret,
};
#[cfg(feature = "redis")]
pub use crate::credential::signature::{RedisReplayOptions, RedisReplays};
pub use crate::proof::MalformedJson;

/// Compiles the first example of the page.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/webhooks.md")]
struct WebhooksPage;
