//! Services that log credentials with `tracing`, and what still reaches their own subscriber.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, token_of, unverified};
use auth_testkit::Severity::Wrong;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// Counts the events of the service's own subscriber, by message and the name of their span.
#[derive(Clone, Default)]
struct Own(Arc<Mutex<BTreeMap<(String, String), usize>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Own {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        struct Message(String);
        impl Visit for Message {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        let span = context.event_span(event).map(|span| span.name().to_owned()).unwrap_or_default();
        *self.0.lock().unwrap().entry((message.0, span)).or_default() += 1;
    }
}

/// Logs a rejected token at a level that the service itself does not print.
#[tokio::test]
async fn a_rejected_token_is_logged() {
    let own = Own::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(own.clone()));
    let service = CorrectService::new();
    let app = |broken: bool| {
        service.behind(move |service, parts| async move {
            let span = tracing::info_span!("check");
            let hidden = tracing::debug_span!(parent: &span, "details");
            let checked = service.check(&parts).await.map(drop);
            let _entered = span.enter();
            if let (Some(token), Err(_)) = (token_of(&parts), &checked) {
                tracing::info!("rejected");
                if broken {
                    tracing::debug!(parent: &hidden, %token, "invalid token");
                } else {
                    let subject = unverified(token).map(|(_, claims)| claims["sub"].clone());
                    tracing::debug!(parent: &hidden, ?subject, "invalid token");
                }
            }
            checked
        })
    };
    let report = service.attack(app(true)).await;
    assert_only_caught(&report, Wrong, &["L01"]);
    let text = report.to_string();
    assert!(text.starts_with("nothing got through, but the log has credentials: 1 cause\n"), "{text}");
    assert!(text.contains("credential is in the log: target `broken::logs`, field `token`: "), "{text}");
    assert!(text.contains("(debug at ") && text.contains("tests/broken/logs.rs:"), "{text}");
    let read = report.routes.iter().find(|report| report.route.to_string() == "GET /orders").unwrap().tried["L01"];
    assert!(read.failed > 100 && read.failed < read.sent, "{read:?}");

    assert_twin_passes(&service.attack(app(false)).await);
    let own = own.0.lock().unwrap();
    let names: Vec<_> = own.keys().collect();
    assert_eq!(names, [&("rejected".to_owned(), "check".to_owned())], "only what it wants, in its spans");
    assert!(own.values().sum::<usize>() > 1000, "{own:?}");
}

/// A span that has the whole header, on the way to a handler that answers.
#[tokio::test]
async fn a_good_token_is_in_a_span() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        let span = tracing::trace_span!("request", authorization = tracing::field::Empty);
        let checked = service.check(&parts).await.map(drop);
        if checked.is_ok() {
            span.record("authorization", tracing::field::debug(&parts.headers["authorization"]));
        }
        checked
    });
    let report = service.attack(app).await;
    assert_only_caught(&report, Wrong, &["L01"]);
    assert!(report.to_string().contains("field `authorization`"), "{report}");
}

/// The address of a request is logged by most services, and a client chooses its query.
#[tokio::test]
async fn an_address_with_a_token_in_its_query_is_logged() {
    let service = CorrectService::new();
    let app = service.behind(|service, parts| async move {
        tracing::info!(uri = %parts.uri, "request");
        service.check(&parts).await.map(drop)
    });
    let attack = service.attack(app).only_in_a_test_of_the_kit(&["H05", "H09", "L01", "T02"]);
    attack.await.assert_nothing_got_through();
}
