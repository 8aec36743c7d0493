//! Concurrent requests during an outage or a rotation, and their statuses.

use crate::support::{Connection, Server, get_with};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Clients that send the same tokens repeatedly, each on one connection.
pub(super) struct Flow {
    shared: Arc<Shared>,
    clients: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    tokens: Mutex<Vec<(&'static str, String)>>,
    answers: Mutex<Vec<Answer>>,
}

#[derive(Clone, Copy)]
struct Answer {
    to: &'static str,
    status: u16,
    sent: Instant,
}

/// The number of responses by status.
pub(super) type Outcomes = BTreeMap<u16, usize>;

impl Flow {
    pub(super) fn start(server: &Server, clients: usize) -> Self {
        let shared = Arc::<Shared>::default();
        let address = server.address;
        let clients = (0..clients).map(|_| client(address, Arc::clone(&shared))).collect();
        Self { shared, clients }
    }

    /// Adds a token to those that are sent.
    pub(super) fn send(&self, name: &'static str, token: String) {
        self.shared.tokens.lock().unwrap().push((name, token));
    }

    /// The responses to requests that were sent after a moment.
    pub(super) fn outcomes(&self, name: &str, from: Instant) -> Outcomes {
        let answers = self.shared.answers.lock().unwrap();
        let mut outcomes = Outcomes::new();
        for answer in answers.iter().filter(|answer| answer.to == name && answer.sent >= from) {
            *outcomes.entry(answer.status).or_default() += 1;
        }
        outcomes
    }

    /// Waits until every token was sent and answered a number of times.
    pub(super) async fn wait_for_rounds(&mut self, times: usize) {
        let from = Instant::now();
        for _ in 0..6000 {
            if let Some(ended) = self.clients.try_join_next() {
                ended.expect("a running client");
            }
            let names: Vec<_> = self.shared.tokens.lock().unwrap().iter().map(|(name, _)| *name).collect();
            if names.iter().all(|name| self.outcomes(name, from).values().sum::<usize>() >= times) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("not {times} responses of each kind in a minute");
    }

    /// Waits until a token gets a status, and returns how long it took.
    pub(super) async fn until(&self, name: &str, status: u16) -> Duration {
        let from = Instant::now();
        for _ in 0..6000 {
            if self.outcomes(name, from).contains_key(&status) {
                return from.elapsed();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no {status} for {name} in 30 seconds: {:?}", self.outcomes(name, from));
    }

    /// Stops the clients, and returns the number of rejected requests.
    pub(super) async fn stop(mut self) -> usize {
        // Each client ends between two requests, so that the service has counted every rejection.
        self.shared.tokens.lock().unwrap().clear();
        while let Some(ended) = self.clients.join_next().await {
            ended.expect("a client that was stopped");
        }
        self.shared.answers.lock().unwrap().iter().filter(|answer| answer.status != 200).count()
    }
}

async fn client(address: SocketAddr, shared: Arc<Shared>) {
    let mut connection = Connection::open(address).await;
    let mut begun = false;
    loop {
        let tokens = shared.tokens.lock().unwrap().clone();
        if tokens.is_empty() && begun {
            return;
        }
        begun |= !tokens.is_empty();
        for (to, token) in tokens {
            let sent = Instant::now();
            let status = connection.exchange(get_with("/me", &token)).await.status;
            shared.answers.lock().unwrap().push(Answer { to, status, sent });
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
