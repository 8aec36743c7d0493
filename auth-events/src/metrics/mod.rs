//! What is counted with the feature `metrics`, through the [`metrics`](https://docs.rs/metrics) facade: for alerts that
//! watch from outside, where a service that has stopped is seen too.
//!
//! | name | labels | what |
//! |---|---|---|
//! | [`auth_decisions_total`](DECISIONS) | `outcome`, `class`, `reason`, `verifier` | decisions; zero of each from the start |
//! | [`auth_route_decisions_total`](ON_ROUTES) | `outcome`, `class`, `route`, `verifier` | the same, by the template of the route |
//! | [`auth_abandoned_total`](ABANDONED) | `verifier` | decisions whose client closed its connection before there was an outcome |
//! | [`auth_verification_seconds`](SECONDS) | `outcome`, `verifier` | how long a decision took: a histogram |
//! | [`auth_notices_total`](NOTICES) | `notice` | what happened to authentication itself ([`NoticeKind`](crate::NoticeKind)) |
//! | [`auth_events_lost_total`](LOST) | | events that could not be told |
//! | [`auth_events_queue_depth`](QUEUE) | | events that wait to be told |
//! | [`auth_events_rounds_total`](ROUNDS) | | a pulse of the stream's thread, one a second |
//! | [`auth_key_set_read_timestamp_seconds`](KEYS_READ) | `issuer` | when the keys of an issuer were last read |
//! | [`auth_key_set_usable_keys`](KEYS_USABLE) | `issuer` | how many published keys can verify tokens: 0 rejects all |
//!
//! `outcome` is `accepted` or `refused`; `class` and `reason` are those of the events, `none` of what was accepted;
//! `verifier` is its audiences and issuers, as configured; `route` is `none` where no route matched. These are closed sets:
//! nothing that a stranger sends becomes a label. A request that is accepted, and refused by a
//! `Rule` or in the middle of a stream later, is one of each.
//!
//! # Install the recorder first
//!
//! All of [`auth_decisions_total`](DECISIONS) is there with zero when the verifier is built, so that the first failure of
//! a kind is an increase. The route is no label of it for that reason: templates are known late, and a series that
//! appears with a one has never increased. A recorder that is installed later counts from then on, and gets the zeros from
//! `Verifier::register_metrics`.
//!
//! ```
//! # use auth_runtime::{ConfigError, Claims, Verifier, VerifyingKey, Events};
//! # fn verifier(pem: &[u8]) -> Result<Verifier<Claims>, Box<dyn std::error::Error>> {
//! use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
//!
//! let seconds = Matcher::Full(auth_runtime::metrics::SECONDS.to_owned());
//! let handle = PrometheusBuilder::new()
//!     .set_buckets_for_metric(seconds, &auth_runtime::metrics::BUCKETS)?
//!     .install_recorder()?;
//! // And only now:
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
//! Decisions are counted where they are made, not by the stream's thread: a watcher from outside has to see them most of
//! all when that thread stands still. Without the feature nothing is counted.

#[cfg(feature = "metrics")]
mod names;
#[cfg(not(feature = "metrics"))]
pub(crate) mod noop;
#[cfg(feature = "metrics")]
pub(crate) mod recorder;

#[cfg(feature = "metrics")]
pub use names::{
    ABANDONED, BUCKETS, DECISIONS, KEYS_READ, KEYS_USABLE, LOST, NOTICES, ON_ROUTES, QUEUE, ROUNDS, SECONDS,
};
#[cfg(not(feature = "metrics"))]
pub(crate) use noop::*;
#[cfg(feature = "metrics")]
pub(crate) use recorder::*;
