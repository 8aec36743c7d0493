//! Attacks each example, and compares `examples/README.md` with the folders.

#![expect(unreachable_pub, dead_code, reason = "each example is a program of its own, with a `main`")]

mod readme;

#[path = "../examples/attack.rs"]
mod attacked;
#[path = "../examples/cookies.rs"]
mod cookies;
#[path = "../examples/discover.rs"]
mod discover;
#[path = "../examples/permissions.rs"]
mod permissions;
#[path = "../examples/provider.rs"]
mod provider;
#[path = "../examples/setup.rs"]
mod setup;
#[path = "../examples/vault.rs"]
mod vault;
#[path = "../examples/websocket.rs"]
mod websocket;

use auth_runtime::credentials::Carrier;
use auth_runtime::setup::{SetupGate, SetupToken};
use auth_runtime::{AuthRouter, Claims, Events, KeySet, Verifier};
use auth_testkit::{AttackReport, TestIssuer, TestSetup, attack};
use std::path::PathBuf;
use std::time::Duration;

fn verifier(issuer: &TestIssuer, carriers: impl IntoIterator<Item = Carrier>) -> Verifier<Claims> {
    let verifier = Verifier::builder().issuer(issuer.name()).audience(issuer.audience()).keys(issuer.key_set());
    verifier.carriers(carriers).events(Events::discard("the kit reads the answers")).build().expect("a verifier")
}

/// Asserts that nothing got through, and that an attack of the topic was sent.
fn assert_repelled(report: &AttackReport, attack: &str) {
    report.assert_nothing_got_through();
    let sent = report.to_json();
    assert!(sent.contains(&format!("\"{attack}\"")), "{attack} was not sent: {report}");
}

#[test]
fn example_of_an_attack_runs() {
    attacked::main().expect("nothing got through");
}

#[tokio::test]
async fn example_of_permissions_is_attacked() {
    // The kit gives each token the scopes of its route, and not the roles.
    let customer = TestIssuer::new();
    let clerk = customer.clone().with_claim("roles", "clerk");
    let app = permissions::app(verifier(&clerk, [Carrier::bearer()]));
    let report = attack(app).with(&clerk).caller_lacking("clerk in roles", &customer).await;
    report.assert_nothing_got_through();
}

#[tokio::test]
async fn example_of_a_vault_is_attacked() {
    let issuer = TestIssuer::new();
    let report = attack(vault::app(verifier(&issuer, [Carrier::bearer()]))).with(&issuer).await;
    report.assert_nothing_got_through();
}

/// A marker file in a folder of its own, which ends with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("topics-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn inc_45_example_of_a_set_up_is_attacked_and_stays_closed_after_a_restart() {
    let (issuer, folder) = (TestIssuer::new(), Folder::new("setup"));
    let token = TestSetup::new("c1f0e7ab34d52880617cbfe94a1d3f29");
    let marker = folder.0.join("closed");
    // A process over the same file.
    let start = || {
        let own = SetupToken::from_text(token.token()).expect("a token");
        let events = Events::discard("the kit reads the answers");
        let gate = SetupGate::new(own, setup::MarkerFile(marker.clone()), events).expect("a gate");
        setup::app(verifier(&issuer, [Carrier::bearer()]), gate)
    };
    let attacked = |app| attack(app).with(&issuer).with_setup(&token).body("POST /setup", "text/plain", "alice");
    assert!(!marker.exists());
    assert_repelled(&attacked(start()).await, "U05");
    assert!(marker.exists());

    let report = attacked(start()).await;
    let rejected =
        report.findings.iter().all(|finding| finding.problem.contains("good token of the set-up was rejected: `401"));
    assert!(report.findings.len() == 1 && rejected, "{report}");
}

#[tokio::test]
async fn example_of_cookies_is_attacked() {
    let issuer = TestIssuer::new();
    let report = attack(cookies::app(verifier(&issuer, cookies::carriers()))).with(&issuer).await;
    assert_repelled(&report, "C05");
}

#[tokio::test]
async fn example_of_a_websocket_is_attacked() {
    let issuer = TestIssuer::new();
    let report = attack(websocket::app(verifier(&issuer, websocket::carriers()))).with(&issuer).await;
    report.assert_nothing_got_through();
}

/// A provider with a discovery document, over a real socket.
#[tokio::test]
async fn example_of_discovery_is_attacked_with_the_keys_that_it_fetched() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let name = format!("http://{}/", listener.local_addr().expect("an address"));
    let issuer = TestIssuer::new().named(&name).for_audience("orders");
    let provider = provider::router(&issuer);
    let provider = tokio::spawn(async move { axum::serve(listener, provider).await });

    let events = Events::discard("the kit reads the answers");
    // Each unknown `kid` is looked up at once. Within a cooldown it would be 503 for eight of them.
    let keys = KeySet::discover(&name).cooldown(Duration::from_nanos(1)).await.expect("keys");
    let verifier = discover::verifier(&name, "orders", keys, events).expect("a verifier");
    let app: AuthRouter = discover::app(verifier);
    attack(app).with(&issuer).await.assert_nothing_got_through();
    provider.abort();
}
