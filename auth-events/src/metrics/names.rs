//! The names of the metrics.

/// Decisions about callers.
pub const DECISIONS: &str = "auth_decisions_total";
/// Decisions by route: to see where, not to be alerted by.
pub const ON_ROUTES: &str = "auth_route_decisions_total";
/// Decisions that were dropped before there was an outcome. They make no event.
pub const ABANDONED: &str = "auth_abandoned_total";
/// How long decisions took.
pub const SECONDS: &str = "auth_verification_seconds";
/// What happened to authentication itself.
pub const NOTICES: &str = "auth_notices_total";
/// Events that could not be told.
pub const LOST: &str = "auth_events_lost_total";
/// Events that wait to be told. Of several streams in a process, the one that has said so last.
pub const QUEUE: &str = "auth_events_queue_depth";
/// How often the stream's thread has been around. Events that are told at once ([`Events::tracing`](crate::Events::tracing))
/// have no thread, and no pulse.
pub const ROUNDS: &str = "auth_events_rounds_total";
/// When the keys of an issuer were last read.
pub const KEYS_READ: &str = "auth_key_set_read_timestamp_seconds";
/// How many published keys of an issuer can verify tokens.
pub const KEYS_USABLE: &str = "auth_key_set_usable_keys";

/// Buckets for [`SECONDS`]: a signature takes some 50 microseconds, and a store of revocations some milliseconds.
pub const BUCKETS: [f64; 12] = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0];
