//! Services with guests, who get the answer of the caller before them.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::Router;
use axum::routing::get;
use std::sync::{Arc, Mutex};

/// A feed for guests, and one for known readers. The state of the service has the reader.
fn feed(service: &CorrectService, is_reset: bool, is_named: bool) -> AttackBuilder {
    let current: Arc<Mutex<Option<String>>> = Arc::default();
    let reader = Arc::clone(&current);
    let feed = move || {
        let reader = reader.lock().unwrap().clone();
        async move {
            match reader {
                Some(reader) if is_named => format!("feed of {reader}: 2 messages"),
                Some(_) => "the whole article, for members".to_owned(),
                None => "the public feed".to_owned(),
            }
        }
    };
    let app = Router::new().route("/feed", get(feed)).layer(service.layer(move |service, parts| {
        let current = Arc::clone(&current);
        async move {
            let is_presented =
                parts.headers.contains_key("authorization") || parts.uri.to_string().contains("access_token=");
            if is_presented {
                let claims = service.check(&parts).await?;
                *current.lock().unwrap() = Some(claims.sub);
            } else if is_reset {
                *current.lock().unwrap() = None;
            }
            Ok(())
        }
    }));
    service.attack(app).optional("GET /feed", "known readers have their own feed")
}

#[tokio::test]
async fn a_guest_gets_the_answer_of_the_caller_before() {
    for is_named in [true, false] {
        let service = CorrectService::new();
        let report = feed(&service, false, is_named).only_in_a_test_of_the_kit(&["H29"]).await;
        assert_only_caught(&report, GotThrough, &["H29"]);
    }
}

#[tokio::test]
async fn guests_without_the_caller_before_pass() {
    let service = CorrectService::new();
    assert_twin_passes(&feed(&service, true, true).await);
}
