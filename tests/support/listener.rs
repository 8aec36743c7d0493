//! A receiver of alerts and events on a real socket, which sends the response that a test sets.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use http::{StatusCode, Uri};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A request that has arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Shared {
    arrived: Mutex<Vec<Arrived>>,
    status: Mutex<StatusCode>,
}

/// A server on its own runtime, so that a test can stop it and restart it at the same address.
pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    app: Router,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Listener {
    pub(crate) fn start() -> Self {
        let mut listener = Self::down();
        listener.restart();
        listener
    }

    /// Reserves an address without a server.
    pub(crate) fn down() -> Self {
        let shared = Arc::<Shared>::default();
        let app = Router::new().fallback(take).with_state(Arc::clone(&shared));
        Self { address: super::program::free_address(), shared, app, running: None }
    }

    /// Creates a server with a response, which a test starts.
    pub(crate) fn of(app: Router) -> Self {
        Self { address: super::program::free_address(), shared: Arc::default(), app, running: None }
    }

    pub(crate) fn restart(&mut self) {
        let listener = std::net::TcpListener::bind(self.address).expect("the address");
        let (stop, stopped) = oneshot::channel::<()>();
        let app = self.app.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                listener.set_nonblocking(true).expect("a socket");
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                tokio::select! {
                    _ = axum::serve(listener, app) => {}
                    _ = stopped => {}
                }
            });
        });
        self.running = Some((stop, thread));
    }

    pub(crate) fn kill(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            test_support::join_within("the listener ends", thread);
        }
    }

    /// Sets the response for the next requests.
    pub(crate) fn answers(&self, status: u16) {
        *self.shared.status.lock().unwrap() = StatusCode::from_u16(status).expect("a status");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.shared.arrived.lock().unwrap().clone()
    }

    /// Waits for a number of requests.
    pub(crate) async fn gets(&self, count: usize) -> Vec<Arrived> {
        for _ in 0..1500 {
            if self.arrived().len() >= count {
                return self.arrived();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("not {count} in 30 seconds: {:#?}", self.arrived());
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn take(State(shared): State<Arc<Shared>>, uri: Uri, body: Bytes) -> StatusCode {
    let status = *shared.status.lock().unwrap();
    if status.is_success() {
        let body = serde_json::from_slice(&body).unwrap_or_default();
        shared.arrived.lock().unwrap().push(Arrived { at: Instant::now(), path: uri.path().to_owned(), body });
    }
    status
}
