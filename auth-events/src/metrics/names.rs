//! Names of the metrics.

/// Counts decisions about callers.
pub const DECISIONS: &str = "auth_decisions_total";
/// Counts decisions by route. It is for diagnosis, not for alerts.
pub const ON_ROUTES: &str = "auth_route_decisions_total";
/// Counts decisions that were dropped before there was an outcome. They make no event.
pub const ABANDONED: &str = "auth_abandoned_total";
/// Counts tokens with a good signature, by the claim for which they are refused.
pub const CLAIMS_REFUSED: &str = "auth_claims_refused_total";
/// Measures how long decisions took, in seconds.
pub const SECONDS: &str = "auth_verification_seconds";
/// Counts notices about authentication itself.
pub const NOTICES: &str = "auth_notices_total";
/// Counts dropped events.
pub const DROPPED: &str = "auth_events_dropped_total";
/// Measures how many events are in the queue. Of several streams, the last one that has reported.
pub const QUEUE: &str = "auth_events_queue_depth";
/// Counts heartbeats of the stream's thread.
///
/// Events that are emitted by the request ([`Events::tracing`](crate::Events::tracing)) have no
/// thread and no heartbeat.
pub const HEARTBEATS: &str = "auth_events_heartbeats_total";
/// Gives when the keys of an issuer were last read, in seconds since 1970.
pub const KEYS_READ: &str = "auth_key_set_read_timestamp_seconds";
/// Gives how many published keys of an issuer can verify tokens.
pub const KEYS_USABLE: &str = "auth_key_set_usable_keys";

/// Buckets for [`SECONDS`].
///
/// A signature takes some 50 microseconds, and a request to a revocation store some milliseconds.
pub const BUCKETS: [f64; 12] = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0];
