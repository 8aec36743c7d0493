//! Replays the seed's incident with signatures: a spike of bad ones pages.

use super::hooks::{BODY, Hooks, github, request};
use crate::support::Listener;
use auth_runtime::Events;
use auth_runtime::events::Pager;

/// The incident: fifty requests with bad signatures. No handler runs, and the on-call engineer is
/// paged once.
#[tokio::test]
async fn inc_01_fifty_bad_signatures_page_and_run_no_handler() {
    let listener = Listener::start();
    let pager = Pager::of("hooks").webhook(listener.url("/page"));
    let events = Events::builder().writer(std::io::sink()).pager(pager).expect("a pager").build().expect("events");
    let hooks = Hooks::with_events(events, |builder| builder, |app| app).await;
    assert_eq!(hooks.exchange(request("/github", &github(BODY), BODY)).await.status, 200);
    for number in 0..50 {
        let forged = github(format!("forged {number}").as_bytes());
        assert_eq!(hooks.exchange(request("/github", &forged, BODY)).await.status, 401);
    }
    assert_eq!(hooks.runs.so_far(), 1);
    let page = listener.gets(1).await.remove(0);
    assert_eq!((&page.body["alert"], &page.body["state"]), (&"invalid_spike".into(), &"triggered".into()));
    assert!(page.body["reasons"]["bad_signature"].as_u64().is_some_and(|counted| counted > 10), "{}", page.body);
    assert!(!page.body.to_string().contains("private"), "{}", page.body);
}
