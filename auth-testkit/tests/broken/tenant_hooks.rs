//! Webhooks with one secret for each tenant of the path.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_runtime::signature;
use auth_runtime::signatures::Scheme;
use auth_testkit::Severity::GotThrough;
use auth_testkit::{AttackBuilder, TestSender};
use aws_lc_rs::{constant_time, hmac};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

signature!(pub Shop = Scheme::github());

const SECRET: &str = "a-long-random-secret-of-a-shop";

#[derive(Clone, Copy, PartialEq)]
enum Service {
    Right,
    /// An unknown shop has an empty secret.
    EmptySecret,
    /// Deliveries of shops that have left are dropped, so that the sender ends.
    Drops,
}

fn signature(key: &str, body: &[u8]) -> String {
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), body);
    mac.as_ref().iter().fold("sha256=".to_owned(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

fn attacked(kind: Service) -> AttackBuilder {
    let service = CorrectService::new();
    let events: Arc<Mutex<HashSet<(String, Bytes)>>> = Arc::default();
    let rows = Arc::clone(&events);
    let hook = move |Path(shop): Path<String>, headers: HeaderMap, body: Bytes| async move {
        let secret = match kind {
            _ if shop == "tea" => SECRET,
            Service::EmptySecret => "",
            Service::Right => return StatusCode::UNAUTHORIZED,
            Service::Drops => return StatusCode::OK,
        };
        let mut given = headers.get_all("x-hub-signature-256").iter();
        let (first, second) = (given.next(), given.next());
        let right = signature(secret, &body);
        let is_right = first
            .filter(|_| second.is_none())
            .is_some_and(|given| constant_time::verify_slices_are_equal(given.as_bytes(), right.as_bytes()).is_ok());
        if !is_right {
            return StatusCode::UNAUTHORIZED;
        }
        rows.lock().unwrap().insert((shop, body));
        StatusCode::OK
    };
    let app = service.all_behind(|service, parts| async move { service.check(&parts).await.map(drop) });
    let sender = TestSender::of::<Shop>(SECRET).body(|number| format!(r#"{{"event":"paid","order":{number}}}"#));
    let attack = service.attack(app.route("/hooks/{shop}", post(hook))).parameter("shop", "tea");
    attack.with_sender_on("POST /hooks/{shop}", &sender).unchanged("events stored", move || {
        let count = events.lock().unwrap().len();
        async move { count }
    })
}

#[tokio::test]
async fn an_unknown_tenant_has_an_empty_secret() {
    let report = attacked(Service::EmptySecret).await;
    assert_only_caught(&report, GotThrough, &["G07"]);
    assert!(report.to_string().contains("for an unknown tenant"), "{report}");
}

#[tokio::test]
async fn an_unknown_tenant_has_no_secret() {
    for kind in [Service::Right, Service::Drops] {
        assert_twin_passes(&attacked(kind).await);
    }
}
