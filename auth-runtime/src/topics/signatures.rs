//! Verifies signed requests, such as webhooks.
//!
//! [`signature!`](crate::signature) names a [`Sender`] with its [`Scheme`]. [`Signatures`] verifies
//! the requests of one sender, with a [`SigningSecret`] that the service shares with it. A
//! [`ReplayStore`] keeps the deliveries that were handled.
//!
//! # Replays
//!
//! A delivery is claimed before its handler runs. A response of 2xx marks it as handled. After any
//! other response, a panic or a closed connection, the sender may repeat it. A claim that is not
//! ended, because the instance was killed, ends after 5 minutes.
//!
//! | scheme | a delivery is known by | the same one again |
//! |---|---|---|
//! | Standard Webhooks, Svix, own schemes with an id | its id | 200, without the handler |
//! | GitHub, Shopify, own schemes without a timestamp | its signature | 200, without the handler |
//! | Stripe, Slack, own schemes with a timestamp | its signature | 401 |
//!
//! The first two senders repeat a delivery until they get 2xx, so 200 is the answer that they need.
//! Its event has the reason `already_delivered`. While the handler runs, the same delivery gets 401
//! `replayed_signature`, and the sender tries later. They are known for
//! [`keep_deliveries_for`](SignaturesBuilder::keep_deliveries_for).
//!
//! Stripe and Slack sign each attempt anew, so the same signature is a replay. A repeated event of
//! them runs the handler: make it recognise the id in the body.

pub use crate::credential::signature::{
    DeliveryKey, MemoryReplays, ReplayError, ReplayStore, Scheme, Sender, Signatures, SignaturesBuilder, SigningSecret,
};
#[cfg(feature = "redis")]
pub use crate::credential::signature::{RedisReplayOptions, RedisReplays};
pub use crate::proof::MalformedJson;
