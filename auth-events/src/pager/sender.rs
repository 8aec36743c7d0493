//! Sends pages, each to the first target that takes it.

use super::super::diagnostics;
use super::page::{Alert, Page, PageState};
use super::target::Target;
use super::thread::{DrillTracker, Progress};
use auth_base::http::backoff::backoff;
use auth_base::http::client::HttpClient;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// How long a page waits before it is tried again, if no target accepts it.
const RETRY: Duration = Duration::from_secs(5);
/// How many pages may wait. An alert makes two pages each time that it begins and ends, so more
/// than this means that all targets have been down for hours.
const WAITING: usize = 64;

/// Sends pages one after another, so that the end of an alert does not arrive before its beginning.
pub(super) async fn send(
    targets: Vec<Target>,
    client: HttpClient,
    mut pages: UnboundedReceiver<Page>,
    drills: DrillTracker,
    progress: Arc<Progress>,
) {
    let mut waiting = VecDeque::new();
    // The index of the target that accepted the beginning of an alert.
    let mut takers = BTreeMap::new();
    loop {
        if waiting.is_empty() {
            match pages.recv().await {
                Some(page) => queue(&mut waiting, page, &progress),
                None => return,
            }
        }
        while let Ok(page) = pages.try_recv() {
            queue(&mut waiting, page, &progress);
        }
        let Some(page) = waiting.front() else { continue };
        let taker = deliver(&targets, &client, page, takers.get(&page.alert).copied()).await;
        // If no target accepts the page, the heartbeat stops, so that the dead man's switch fires.
        // A reminder does not count, because not every target wants reminders.
        if taker.is_some() || page.state != PageState::Ongoing {
            progress.stuck.store(taker.is_none(), Ordering::Relaxed);
        }
        // A reminder is not kept, because the next one follows, and other alerts must not wait for
        // it.
        if taker.is_some() || page.state == PageState::Ongoing {
            match (page.state, taker) {
                (PageState::Triggered | PageState::Ongoing, Some(taker)) => drop(takers.insert(page.alert, taker)),
                (PageState::Resolved, _) => drop(takers.remove(&page.alert)),
                _ => {}
            }
            // The end of a drill says nothing about whether the next one arrives.
            if (page.alert, page.state) == (Alert::Drill, PageState::Triggered) {
                drills.arrived();
            }
            waiting.pop_front();
            progress.unsent.fetch_sub(1, Ordering::Relaxed);
        } else {
            // P7: kept until a target accepts it, or until the stream ends.
            tokio::select! {
                () = tokio::time::sleep(backoff(RETRY, RETRY, 1)) => {}
                page = pages.recv() => match page {
                    Some(page) => queue(&mut waiting, page, &progress),
                    None => tokio::time::sleep(RETRY).await,
                }
            }
        }
    }
}

/// Queues a page.
///
/// P7: reminders repeat while an alert continues, and must not push out the page that it has begun.
fn queue(waiting: &mut VecDeque<Page>, page: Page, progress: &Progress) {
    if page.state == PageState::Ongoing && waiting.iter().any(|waiting| waiting.alert == page.alert) {
        progress.unsent.fetch_sub(1, Ordering::Relaxed);
        return;
    }
    waiting.push_back(page);
    if waiting.len() > WAITING {
        waiting.pop_front();
        progress.unsent.fetch_sub(1, Ordering::Relaxed);
        diagnostics::report("a page was dropped: no target has accepted pages for too long");
    }
}

/// Sends a page to the first target that accepts it, and returns its index.
async fn deliver(targets: &[Target], client: &HttpClient, page: &Page, before: Option<usize>) -> Option<usize> {
    for turn in turns(targets, page, before) {
        let target = &targets[turn];
        match target.deliver(client, page).await {
            Ok(()) => return Some(turn),
            // P7: an operator may see on stderr that a page did not arrive.
            Err(why) => {
                diagnostics::report(&format!("{} did not accept the page \"{}\": {why}", target.name(), page.summary));
            }
        }
    }
    None
}

/// Returns the order of targets for a page, as indices.
///
/// The target that got the beginning of an alert gets its end first, because some receivers treat
/// an alert without an end as the same incident when it triggers again, and do not page.
fn turns(targets: &[Target], page: &Page, before: Option<usize>) -> Vec<usize> {
    let all = 0..targets.len();
    match (page.state, before) {
        (PageState::Ongoing, Some(before)) => {
            [before].into_iter().filter(|turn| targets[*turn].is_reminded()).collect()
        }
        (PageState::Resolved, Some(before)) => [before].into_iter().chain(all.filter(|turn| *turn != before)).collect(),
        // P7: also for a reminder of an alert whose beginning no target has accepted.
        _ => all.collect(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::{DrillTracker, send};
    use crate::Pager;
    use crate::pager::{Alert, Drills, Page, PageState};
    use crate::{AuthEvent, Events, Reason};
    use std::io::{Read, Write};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};
    use tokio::sync::mpsc::unbounded_channel;
    use tokio::sync::oneshot;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("auth-pager-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// A target that writes pages down; `only_if` that file is there.
    fn writes(pager: Pager, to: &Path, only_if: Option<&Path>) -> Pager {
        let asks = only_if.map(|file| format!("test -e {} && ", file.display())).unwrap_or_default();
        pager.command("sh", ["-c".to_owned(), format!("{asks}cat >> {}", to.display())])
    }

    /// Returns the written pages, as alert and state.
    fn written(file: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let pages = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>();
        let word = |page: &serde_json::Value, name: &str| page[name].as_str().unwrap().to_owned();
        pages.flatten().map(|page| format!("{} {}", word(&page, "alert"), word(&page, "state"))).collect()
    }

    async fn arrives(file: &Path, expected: &[&str]) {
        for _ in 0..400 {
            if written(file) == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{:?}, not {expected:?}", written(file));
    }

    fn page(alert: Alert, state: PageState) -> Page {
        Page::new(&"orders".into(), alert, state, SystemTime::now(), "text")
    }

    /// Starts the sender of a pager.
    fn sending(pager: Pager, drills: Drills) -> tokio::sync::mpsc::UnboundedSender<Page> {
        let (found, waiting) = unbounded_channel();
        let targets = pager.checked().unwrap_or_else(|error| panic!("{error}")).targets;
        let drills = DrillTracker { waiting: drills, record: None };
        tokio::spawn(send(targets, super::super::thread::client().unwrap(), waiting, drills, Arc::default()));
        found
    }

    /// Starts a server that takes one page and ends.
    fn takes_one() -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            drop(listener);
            let _ = stream.read(&mut [0; 4096]);
        });
        url
    }

    #[tokio::test]
    async fn a_reminder_that_its_receiver_does_not_accept_delays_no_other_alert() {
        let file = folder("reminder").join("pages");
        let found = sending(writes(Pager::of("orders").alertmanager(takes_one()), &file, None), Drills::default());
        found.send(page(Alert::InvalidSpike, PageState::Triggered)).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        found.send(page(Alert::InvalidSpike, PageState::Ongoing)).unwrap();
        found.send(page(Alert::Blackout, PageState::Triggered)).unwrap();
        arrives(&file, &["blackout triggered"]).await;
    }

    #[tokio::test]
    async fn only_the_target_that_accepted_the_beginning_of_an_alert_is_reminded() {
        let file = folder("reminded").join("pages");
        let reminded = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", reminded.local_addr().unwrap());
        let found = sending(writes(Pager::of("orders"), &file, None).alertmanager(url), Drills::default());
        for state in [PageState::Triggered, PageState::Ongoing, PageState::Resolved] {
            found.send(page(Alert::Blackout, state)).unwrap();
        }
        arrives(&file, &["blackout triggered", "blackout resolved"]).await;
        reminded.set_nonblocking(true).unwrap();
        assert!(reminded.accept().is_err(), "it never got the beginning of the alert");
    }

    #[tokio::test]
    async fn the_end_of_an_alert_goes_to_the_target_of_its_beginning() {
        let folder = folder("end");
        let (first, second, up) = (folder.join("first"), folder.join("second"), folder.join("up"));
        let pager = writes(writes(Pager::of("orders"), &first, Some(&up)), &second, None);
        let found = sending(pager, Drills::default());
        found.send(page(Alert::Blackout, PageState::Triggered)).unwrap();
        arrives(&second, &["blackout triggered"]).await;
        std::fs::write(&up, "").unwrap();
        found.send(page(Alert::Blackout, PageState::Resolved)).unwrap();
        arrives(&second, &["blackout triggered", "blackout resolved"]).await;
        found.send(page(Alert::Blackout, PageState::Triggered)).unwrap();
        arrives(&first, &["blackout triggered"]).await;
    }

    #[tokio::test]
    async fn reminders_push_out_no_alert_while_no_target_accepts_pages() {
        let folder = folder("pushed");
        let (file, up) = (folder.join("pages"), folder.join("up"));
        let found = sending(writes(Pager::of("orders"), &file, Some(&up)), Drills::default());
        found.send(page(Alert::Blackout, PageState::Triggered)).unwrap();
        for _ in 0..100 {
            found.send(page(Alert::Blackout, PageState::Ongoing)).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        std::fs::write(&up, "").unwrap();
        arrives(&file, &["blackout triggered"]).await;
    }

    #[tokio::test]
    async fn the_end_of_an_earlier_drill_does_not_complete_a_later_one() {
        let file = folder("drill").join("pages");
        let (drills, (taken, mut waits)) = (Drills::default(), oneshot::channel());
        drills.lock().unwrap().push((tokio::time::Instant::now(), taken));
        let found = sending(writes(Pager::of("orders"), &file, None), drills);
        found.send(page(Alert::Drill, PageState::Resolved)).unwrap();
        arrives(&file, &["drill resolved"]).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(waits.try_recv().is_err());
        found.send(page(Alert::Drill, PageState::Triggered)).unwrap();
        waits.await.unwrap();
    }

    #[test]
    fn an_attack_in_the_last_second_of_a_service_still_pages() {
        let file = folder("last").join("pages");
        let pager = writes(Pager::of("orders").tolerate_invalid(5), &file, None);
        let events = Events::builder().writer(std::io::sink()).pager(pager).unwrap().build().unwrap();
        // The detector looks at once, and then a second later.
        std::thread::sleep(Duration::from_millis(200));
        for _ in 0..6 {
            let forged = Reason::BadSignature;
            events.refused(forged, None, || AuthEvent::example(forged));
        }
        drop(events);
        assert!(written(&file).contains(&"invalid_spike triggered".to_owned()), "{:?}", written(&file));
    }
}
