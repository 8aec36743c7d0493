//! An issuer's HTTP server on a real socket, with any responses.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, oneshot};

/// The response at one path.
#[derive(Clone, Default)]
pub(crate) struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(body: &Value) -> Self {
        Self { body: body.to_string().into_bytes(), ..Self::default() }
    }

    pub(crate) fn bytes(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status: StatusCode::from_u16(status).expect("a status"), ..Self::default() }
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status: StatusCode::from_u16(status).expect("a status"), ..self }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"));
        self
    }
}

#[derive(Default)]
struct Shared {
    /// The replies at each path, in turn.
    replies: Mutex<HashMap<String, Vec<Reply>>>,
    /// The path of each request, in order.
    requests: Mutex<Vec<String>>,
    /// The headers of each request, in order.
    headers: Mutex<Vec<HeaderMap>>,
    /// The body of each request, in order.
    bodies: Mutex<Vec<String>>,
    /// Requests wait here while the server holds them.
    gate: Mutex<Option<Arc<Semaphore>>>,
}

/// A server that a test can kill with all its connections, and restart at the same address.
pub(crate) struct Publisher {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Publisher {
    pub(crate) fn start() -> Self {
        Self::at("127.0.0.1:0").expect("a socket")
    }

    /// Binds an address; fails where the machine does not have it.
    pub(crate) fn at(address: &str) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        let address = listener.local_addr().expect("an address");
        let shared = Arc::<Shared>::default();
        let running = Some(run(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, running })
    }

    /// Starts a server that publishes keys at `/jwks`.
    pub(crate) fn of(keys: &[Value]) -> Self {
        let publisher = Self::start();
        publisher.publish(keys);
        publisher
    }

    pub(crate) fn publish(&self, keys: &[Value]) {
        self.answer("/jwks", Reply::json(&json!({ "keys": keys })));
    }

    pub(crate) fn answer(&self, path: &str, reply: Reply) {
        self.answer_in_turn(path, vec![reply]);
    }

    /// Sends these replies in turn, as replicas behind a load balancer do.
    pub(crate) fn answer_in_turn(&self, path: &str, replies: Vec<Reply>) {
        self.shared.replies.lock().unwrap().insert(path.to_owned(), replies);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How often a path was requested.
    pub(crate) fn requests(&self, path: &str) -> usize {
        self.shared.requests.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    /// The header of each request, in order.
    pub(crate) fn headers(&self, name: &HeaderName) -> Vec<Option<String>> {
        let text = |headers: &HeaderMap| headers.get(name).map(|value| value.to_str().expect("text").to_owned());
        self.shared.headers.lock().unwrap().iter().map(text).collect()
    }

    /// The body of each request, in order.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.shared.bodies.lock().unwrap().clone()
    }

    pub(crate) fn all_requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Counts the next requests, and holds them.
    pub(crate) fn hold(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.shared.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    pub(crate) fn kill(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            test_support::join_within("the publisher ends", thread);
        }
    }

    pub(crate) fn restart(&mut self) {
        let listener = std::net::TcpListener::bind(self.address).expect("the same address");
        self.running = Some(run(listener, Arc::clone(&self.shared)));
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A separate runtime. When it ends, all its connections end.
fn run(listener: std::net::TcpListener, shared: Arc<Shared>) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            listener.set_nonblocking(true).expect("a socket");
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            let app = Router::new().fallback(answer).with_state(shared);
            tokio::select! {
                _ = axum::serve(listener, app) => {}
                _ = stopped => {}
            }
        });
    });
    (stop, thread)
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let turn = {
        let mut requests = shared.requests.lock().unwrap();
        requests.push(path.clone());
        requests.iter().filter(|asked| **asked == path).count() - 1
    };
    shared.headers.lock().unwrap().push(request.headers().clone());
    let known = request.headers().get(IF_NONE_MATCH).cloned();
    let body = axum::body::to_bytes(request.into_body(), 1024 * 1024).await.expect("a body");
    shared.bodies.lock().unwrap().push(String::from_utf8_lossy(&body).into_owned());
    let gate = shared.gate.lock().unwrap().clone();
    if let Some(gate) = gate {
        gate.acquire().await.expect("an open gate").forget();
    }
    let reply = shared.replies.lock().unwrap().get(&path).map(|replies| replies[turn % replies.len()].clone());
    let Some(reply) = reply else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if known.is_some() && known.as_ref() == reply.headers.get(ETAG) {
        return (StatusCode::NOT_MODIFIED, reply.headers).into_response();
    }
    (reply.status, reply.headers, reply.body).into_response()
}
