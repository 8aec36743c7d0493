//! Tests against real identity providers: their documents, tokens, keys and outages.
//!
//! The other tests sign and publish by this project's reading of the RFCs. The providers are
//! independent implementations: a certified OpenID provider (`outages`, `rotation`, `tokens`),
//! `canaille`, and Django (`django`). `tests/openid-provider/install` and
//! `tests/identity-providers/install` install them; without them these tests report that they are
//! skipped.

mod canaille;
mod django;
mod flow;
mod opaque;
mod outages;
mod peers;
mod rotation;
mod tokens;

use crate::support::{Mint, Provider, Server, base64url, segments};
use auth_runtime::events::{Notice, NoticeKind};
use auth_runtime::keys::{Algorithm, RemoteKeySet};
use auth_runtime::{KeySet, TokenType};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const COOLDOWN: Duration = Duration::from_millis(50);
const MOST: Duration = Duration::from_millis(200);

/// The resource for access tokens of this service with ES256.
const ORDERS: &str = "urn:orders:ES256";

/// Two keys of the provider.
fn old() -> &'static Mint {
    Mint::of(Algorithm::ES256)
}

fn new() -> &'static Mint {
    Mint::untrusted(Algorithm::ES256)
}

fn signing(mint: &Mint, kid: &str) -> Value {
    mint.signing(kid, Some("ES256"))
}

/// Signs the claims of a token with any key under any `kid`.
fn signed_as(mint: &Mint, kid: &str, token: &str) -> String {
    let header = json!({"typ": "at+jwt", "alg": "ES256", "kid": kid});
    mint.completed(&format!("{}.{}", base64url(header.to_string()), segments(token)[1]))
}

/// A key set with intervals that a test can wait for.
fn eager(issuer: &str) -> RemoteKeySet {
    KeySet::discover(issuer).cooldown(COOLDOWN).refresh_between(COOLDOWN, MOST)
}

/// A service that trusts the provider. It uses the system clock, because the provider does.
async fn service(provider: &Provider, keys: KeySet) -> Server {
    service_for(provider, keys, TokenType::AccessToken).await
}

async fn service_for(provider: &Provider, keys: KeySet, token_type: TokenType) -> Server {
    let issuer = provider.issuer.clone();
    let trusting = Server::with(Algorithm::Ed25519).keys(keys);
    let trusting =
        trusting.verifier(move |builder| builder.issuer(issuer).clock(SystemTime::now).token_type(token_type));
    trusting.start().await
}

/// The notices of a service about its keys, in order.
#[derive(Default)]
struct Notices(Vec<Notice>);

impl Notices {
    fn count(&mut self, server: &Server, kind: NoticeKind) -> usize {
        self.0.extend(server.notices());
        self.0.iter().filter(|notice| notice.notice == kind).count()
    }

    /// Waits for a number of notices of a kind.
    async fn until(&mut self, server: &Server, kind: NoticeKind, times: usize) {
        for _ in 0..6000 {
            if self.count(server, kind) >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{kind} not {times} times in a minute: {:?}", self.0);
    }
}
