//! Tests keys in production: published, rotated, unreachable and forged.

mod at_start;
mod credentials;
mod discovery;
mod doubts;
mod emptied;
mod encodings;
mod floods;
mod messages;
mod outages;
mod plain_http;
mod replaced;
mod replicas;
mod rotation;
mod tls;

use crate::support::{Mint, Publisher, Server};
use auth_runtime::KeySet;
use auth_runtime::keys::{Algorithm, RemoteKeySet};
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(50);

/// Makes a key set with intervals that a test can wait for.
fn eager(publisher: &Publisher) -> RemoteKeySet {
    KeySet::remote(publisher.url("/jwks"))
        .cooldown(SHORT)
        .refresh_between(SHORT, Duration::from_secs(60 * 60))
        .timeout(Duration::from_secs(10))
}

/// Makes a key set that is fetched on demand only, and once.
fn patient(publisher: &Publisher) -> RemoteKeySet {
    KeySet::remote(publisher.url("/jwks")).cooldown(Duration::from_secs(60 * 60))
}

async fn server(keys: KeySet) -> Server {
    Server::with(Algorithm::Ed25519).keys(keys).start().await
}

fn mint() -> &'static Mint {
    Mint::of(Algorithm::Ed25519)
}

/// Waits for an effect of another task.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not in a minute: {what}");
}
