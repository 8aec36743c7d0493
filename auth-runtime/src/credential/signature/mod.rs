//! Signed requests: schemes, secrets and the checks of a signature.

mod builder;
mod claim;
mod claiming;
mod delivery;
mod form;
mod head;
mod keys;
mod parts;
mod pending;
mod reload;
mod replay;
mod scheme;
mod scheme_checks;
#[cfg(feature = "request-probe")]
mod scheme_parts;
mod scheme_words;
mod secret;
mod sender;
mod signatures;
mod template;
#[cfg(test)]
mod tests;

pub use builder::SignaturesBuilder;
pub(crate) use claim::DeliveryClaim;
pub(crate) use delivery::Delivery;
pub(crate) use pending::{PendingSignature, VerifiedDelivery};
pub use replay::{DeliveryKey, MemoryReplays, ReplayError, ReplayStore};
#[cfg(feature = "redis")]
pub use replay::{RedisReplayOptions, RedisReplays};
pub use scheme::Scheme;
pub use scheme_checks::assert_scheme;
#[cfg(feature = "request-probe")]
pub use scheme_parts::{SchemeParts, SignatureForm};
pub use secret::SigningSecret;
pub use sender::Sender;
pub use signatures::Signatures;
