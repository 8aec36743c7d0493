//! Serves metrics for Prometheus on a separate listener.
//!
//! Metrics count rejections by reason, so a client that reads them learns why its token was
//! rejected. They are not served on the port of the API. An address beyond loopback needs an
//! explicit option.

use crate::start_error::StartError;
use auth_runtime::events::metrics::{BUCKETS, SECONDS};
use auth_runtime::routing::get;
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{AuthRouter, Posture, public};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// The metrics and their listener, before they are served.
pub(crate) struct Metrics {
    listener: TcpListener,
    address: SocketAddr,
    handle: PrometheusHandle,
    router: AuthRouter,
    posture: Posture,
}

#[public(reason = "Prometheus reads it, on a listener of its own that clients must not reach")]
async fn metrics(State(handle): State<PrometheusHandle>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render())
}

impl Metrics {
    /// Must be called before a verifier is built, so that all of its counters start at zero.
    pub(crate) async fn at(address: String, beyond_loopback: bool) -> Result<Self, StartError> {
        let listener = TcpListener::bind(&address).await;
        let listener = listener.map_err(|error| StartError::Metrics { address, error: Box::new(error) })?;
        let address = listener.local_addr().map_err(StartError::Serve)?;
        // P8: a client must not learn why its token was rejected.
        if !address.ip().is_loopback() && !beyond_loopback {
            return Err(StartError::MetricsExposed(address));
        }
        let failed = |error| StartError::Metrics { address: address.to_string(), error: Box::new(error) };
        let seconds = Matcher::Full(SECONDS.to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &BUCKETS).map_err(failed)?;
        let handle = builder.install_recorder().map_err(failed)?;
        let router = AuthRouter::new().route("/metrics", get(metrics)).with_state(handle.clone());
        let posture = router.posture();
        Ok(Self { listener, address, handle, router, posture })
    }

    pub(crate) async fn serve(self, shutdown: ShutdownSignal) -> io::Result<()> {
        let upkeep = async {
            loop {
                // The recorder keeps each duration until a scrape, or until this call.
                self.handle.run_upkeep();
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        };
        tokio::select! {
            outcome = auth_runtime::serve(self.listener, self.router).with_graceful_shutdown(shutdown) => outcome,
            () = upkeep => Ok(()),
        }
    }
}

/// Formats the address and the posture for the operator.
impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "On a listener of its own, metrics at http://{}/metrics:\n\n{}", self.address, self.posture)
    }
}
