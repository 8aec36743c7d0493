//! Tests that the pager sends a page in time and once, and resolves it.

mod alerts;
mod delivery;

use crate::support::{Listener, Mint, Server, claims, get_with};
use auth_runtime::Events;
use auth_runtime::events::Pager;
use auth_runtime::keys::Algorithm;
use std::time::Duration;

/// How long until an alert is resolved. Short, so that a test can wait for it.
const CALM: Duration = Duration::from_secs(1);

fn pager() -> Pager {
    Pager::of("orders").calm_after(CALM)
}

fn events(pager: Pager) -> Events {
    Events::builder().writer(std::io::sink()).pager(pager).expect("a pager").build().expect("events")
}

async fn server(events: &Events) -> Server {
    let events = events.clone();
    Server::with(Algorithm::Ed25519).verifier(move |builder| builder.events(events)).start().await
}

fn forged() -> String {
    Mint::untrusted(Algorithm::Ed25519).token(&claims())
}

async fn attack(server: &Server, times: usize) {
    for _ in 0..times {
        assert_eq!(server.exchange(get_with("/me", &forged())).await.status, 401);
    }
}

/// Lists the pages that a webhook got, as alert and state.
fn alert_states(listener: &Listener) -> Vec<String> {
    let pages = listener.arrived().into_iter();
    pages
        .map(|page| format!("{} {}", page.body["alert"].as_str().unwrap(), page.body["state"].as_str().unwrap()))
        .collect()
}
