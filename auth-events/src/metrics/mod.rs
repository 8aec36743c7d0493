//! Metrics through the [`metrics`](https://docs.rs/metrics) facade (feature `metrics`).
//!
//! They are for alerts outside the service, which also see a service that has stopped.
//!
//! | metric | labels | meaning |
//! |---|---|---|
//! | [`auth_decisions_total`] | outcome, class, reason, verifier | decisions, from zero on |
//! | [`auth_route_decisions_total`] | outcome, class, route, verifier | decisions by route |
//! | [`auth_abandoned_total`] | verifier | decisions without an outcome: the client left |
//! | [`auth_claims_refused_total`] | claim, verifier | refused claims after a good signature |
//! | [`auth_verification_seconds`] | outcome, verifier | duration of a decision: a histogram |
//! | [`auth_notices_total`] | notice | notices ([`NoticeKind`](crate::NoticeKind)) |
//! | [`auth_events_dropped_total`] | | dropped events |
//! | [`auth_events_queue_depth`] | | events in the queue |
//! | [`auth_events_heartbeats_total`] | | heartbeats of the stream's thread, one a second |
//! | [`auth_key_set_read_timestamp_seconds`] | issuer | when its keys were last read |
//! | [`auth_key_set_usable_keys`] | issuer | how many of its keys are usable: 0 rejects all |
//!
//! [`auth_decisions_total`]: DECISIONS
//! [`auth_route_decisions_total`]: ON_ROUTES
//! [`auth_abandoned_total`]: ABANDONED
//! [`auth_claims_refused_total`]: CLAIMS_REFUSED
//! [`auth_verification_seconds`]: SECONDS
//! [`auth_notices_total`]: NOTICES
//! [`auth_events_dropped_total`]: DROPPED
//! [`auth_events_queue_depth`]: QUEUE
//! [`auth_events_heartbeats_total`]: HEARTBEATS
//! [`auth_key_set_read_timestamp_seconds`]: KEYS_READ
//! [`auth_key_set_usable_keys`]: KEYS_USABLE
//!
//! `outcome` is `accepted`, `rejected` or `guest`. A guest presents no credential, on a route that
//! recognises callers. `class` and `reason` are those of the events, and `none` for accepted
//! requests. A guest has the class `guest` and the reason `none`. `verifier` is its configured
//! audiences and issuers. `route` is `none` where no route matched. These are closed sets: a client
//! cannot choose a label.
//!
//! A request that is accepted, and later rejected by a `Rule` or within an open
//! stream, counts once for each outcome.
//!
//! # Install the recorder first
//!
//! All series of [`auth_decisions_total`](DECISIONS) are registered with zero when the verifier is
//! built, so that the first failure of a kind is an increase. It has no label `route` for that
//! reason: templates are known later, and a series that appears with one has not increased. A
//! recorder that is installed later counts from then on, and gets the zeros from
//! `Verifier::register_metrics`.
//!
//! ```
//! # use auth_runtime::{ConfigError, Claims, Verifier, VerifyingKey, Events};
//! # fn verifier(pem: &[u8]) -> Result<Verifier<Claims>, Box<dyn std::error::Error>> {
//! use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
//!
//! let seconds = Matcher::Full(auth_runtime::events::metrics::SECONDS.to_owned());
//! let handle = PrometheusBuilder::new()
//!     .set_buckets_for_metric(seconds, &auth_runtime::events::metrics::BUCKETS)?
//!     .install_recorder()?;
//! // Only after that:
//! let verifier = Verifier::builder()
//!     .issuer("https://id.example.com/")
//!     .audience("orders")
//!     .keys(VerifyingKey::ed25519_pem(pem)?)
//!     .events(Events::stderr())
//!     .build()?;
//! # Ok(verifier)
//! # }
//! ```
//!
//! Decisions are counted where they are made and not by the stream's thread, because an alert
//! outside the service must see them even if that thread is stuck. Without the feature nothing is
//! counted.

#[cfg(feature = "metrics")]
mod names;
#[cfg(not(feature = "metrics"))]
pub(crate) mod noop;
#[cfg(feature = "metrics")]
pub(crate) mod recorder;

#[cfg(feature = "metrics")]
pub use names::{
    ABANDONED, BUCKETS, CLAIMS_REFUSED, DECISIONS, DROPPED, HEARTBEATS, KEYS_READ, KEYS_USABLE, NOTICES, ON_ROUTES,
    QUEUE, SECONDS,
};
#[cfg(not(feature = "metrics"))]
pub(crate) use noop::*;
#[cfg(feature = "metrics")]
pub(crate) use recorder::*;
