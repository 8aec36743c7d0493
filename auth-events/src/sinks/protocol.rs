//! What differs between the receivers of network sinks: [`Protocol`].

use super::message::Message;
use std::time::Duration;

/// The protocol of a receiver, which serialises messages in its own format.
pub(super) trait Protocol: Send + Sync + 'static {
    /// The receiver's name for messages, without secrets.
    fn name(&self) -> String;

    /// Sends a batch once. If the future is dropped while it waits, the batch is sent again.
    fn send(&self, messages: &[Message]) -> impl Future<Output = Outcome> + Send;
}

/// The outcome of sending a batch.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It arrived.
    Taken,
    /// It arrived, except so many records that were rejected for good.
    #[cfg(feature = "otlp")]
    TakenInPart { rejected: u64, why: String },
    /// It may arrive later, and not before the time that the receiver has given.
    Later(String, Option<Duration>),
    /// It may arrive in smaller parts.
    TooLong(String),
    /// It will not arrive.
    Never(String),
}
