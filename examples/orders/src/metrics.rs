//! What Prometheus reads: on a listener of its own.
//!
//! Not on the port of the API, where a stranger could watch how well an attack goes, and who our issuers are. It is a
//! router like any other all the same, so that its one open route has a reason, and stands in the posture.

use crate::start_error::StartError;
use auth_runtime::metrics::{BUCKETS, SECONDS};
use auth_runtime::routing::get;
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

/// Ready to be read.
pub(crate) struct Metrics {
    listener: TcpListener,
    address: SocketAddr,
    handle: PrometheusHandle,
    router: AuthRouter,
    posture: Posture,
}

#[public(reason = "Prometheus reads it, on a listener of its own")]
async fn metrics(State(handle): State<PrometheusHandle>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render())
}

impl Metrics {
    /// To be called before a verifier is built, so that all of its counts stand there with zero.
    pub(crate) async fn at(address: String) -> Result<Self, StartError> {
        let listener = TcpListener::bind(&address).await;
        let listener = listener.map_err(|error| StartError::Metrics { address, error: Box::new(error) })?;
        let address = listener.local_addr().map_err(StartError::Serve)?;
        let failed = |error| StartError::Metrics { address: address.to_string(), error: Box::new(error) };
        let seconds = Matcher::Full(SECONDS.to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &BUCKETS).map_err(failed)?;
        let handle = builder.install_recorder().map_err(failed)?;
        let router = AuthRouter::new().route("/metrics", get(metrics)).with_state(handle.clone());
        let posture = router.posture();
        Ok(Self { listener, address, handle, router, posture })
    }

    pub(crate) async fn serve(self) -> io::Result<()> {
        let upkeep = async {
            loop {
                // Times are kept one by one until somebody reads them, or this is called.
                self.handle.run_upkeep();
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        };
        tokio::select! {
            outcome = auth_runtime::serve(self.listener, self.router) => outcome,
            () = upkeep => Ok(()),
        }
    }
}

/// For whoever has started it.
impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "On a listener of its own, metrics at http://{}/metrics:\n\n{}", self.address, self.posture)
    }
}
