//! P7: no part of a credential is in an event, a page or a log.

use super::collector::{Collector, HEC_TOKEN};
use crate::support::{Listener, deliberate_panics_are_silent};
use auth_runtime::events::{Otlp, Pager, Splunk};
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, scope};
use auth_testkit::{Attack, Credentials, Expected, TestIssuer, attack};
use std::path::Path;

/// Text that an attacker sends.
const MARK: &str = "a-word-of-the-senders";

scope!(OrdersWrite = "orders:write");

#[authenticated]
async fn list() {}

#[authenticated(requires = OrdersWrite)]
async fn place(_auth: Authenticated<Claims, OrdersWrite>) {}

/// Sends every attack of the kit, and one with the attacker's text in every place.
#[tokio::test]
async fn no_sink_gets_a_part_of_a_token_or_text_of_its_sender() {
    deliberate_panics_are_silent();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("no-token-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("events.jsonl");
    let (splunk, otlp, pager) = (Collector::splunk().up(), Collector::otlp().up(), Listener::start());
    let events = Events::builder()
        .file(&file)
        .unwrap()
        .splunk(Splunk::at(splunk.listener.url("/"), HEC_TOKEN))
        .unwrap()
        .otlp(Otlp::at(otlp.listener.url("/")))
        .unwrap()
        .pager(Pager::of("orders").webhook(pager.url("/")))
        .unwrap()
        .build()
        .unwrap();
    let issuer = TestIssuer::new();
    let verifier: Verifier<Claims> = issuer.verifier(events.clone()).unwrap();
    let app =
        AuthRouter::new().route("/orders", get(list).post(place)).route("/o/{id}", post(list)).with_state(verifier);
    let marked = Attack::new("X01", "a mark in every place", Expected::InvalidToken, |inputs| {
        let token = inputs.token()?.header("kid", MARK).header("typ", MARK).header("cty", MARK);
        let token = token.subject(MARK).claim("iss", MARK).claim("jti", MARK).claim("client_id", MARK).signed();
        let agent = http::header::USER_AGENT;
        Some(Credentials::bearer(&token).header(agent, MARK).header(http::header::REFERER, MARK).query(MARK))
    });
    let report = attack(app).with(&issuer).parameter("id", MARK).also(marked).await;
    report.assert_nothing_got_through();

    let refused = events.counts();
    splunk
        .accounts_for(
            refused.missing + refused.client_bug + refused.invalid + refused.claims + refused.expired + refused.denied,
            || events.dropped(),
        )
        .await;
    pager.gets(1).await;
    drop(events);
    let emitted = [
        ("the file", std::fs::read(&file).unwrap()),
        ("Splunk", splunk.bytes()),
        ("the collector", otlp.bytes()),
        ("the pager", pager.arrived().iter().flat_map(|page| page.body.to_string().into_bytes()).collect()),
    ];
    // Header and claims of any token begin with `{"`, which is `eyJ`.
    for (sink, bytes) in emitted {
        let text = String::from_utf8_lossy(&bytes);
        assert!(bytes.len() > 100, "{sink} got nothing");
        for part in ["eyJ", MARK, "key-of-the-test-issuer", "dev/null", "UNION SELECT", "evil", "X-Admin", "mallory"] {
            assert!(!text.contains(part), "{sink} got {part:?}");
        }
    }
}
