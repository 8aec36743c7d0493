//! What is counted with the feature `metrics`, through the [`metrics`](https://docs.rs/metrics) facade: for alerts that
//! watch from outside, where a service that has stopped is seen too.
//!
//! | name | labels | what |
//! |---|---|---|
//! | [`auth_decisions_total`](DECISIONS) | `outcome`, `class`, `reason`, `verifier` | decisions; zero of each from the start |
//! | [`auth_route_decisions_total`](ON_ROUTES) | `outcome`, `class`, `route`, `verifier` | the same, by the template of the route |
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
//! [`Rule`](crate::Rule) or in the middle of a stream later, is one of each.
//!
//! # Install the recorder first
//!
//! All of [`auth_decisions_total`](DECISIONS) is there with zero when the verifier is built, so that the first failure of
//! a kind is an increase. The route is no label of it for that reason: templates are known late, and a series that
//! appears with a one has never increased. A recorder that is installed later counts from then on, and gets the zeros from
//! [`Verifier::register_metrics`].
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

use crate::verifier::Verifier;

/// Decisions about callers.
pub const DECISIONS: &str = "auth_decisions_total";
/// Decisions by route: to see where, not to be alerted by.
pub const ON_ROUTES: &str = "auth_route_decisions_total";
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

impl<C> Verifier<C> {
    /// Puts this verifier's metrics there with zero, once more: for a recorder that was installed after it was built. What
    /// has been counted meanwhile stays as it is.
    pub fn register_metrics(&self) {
        self.meters().register();
    }
}
