//! Tests of the order and the receivers of pages.

use super::drills::{DrillTracker, Drills};
use super::page_sender::{PageSender, client};
use crate::pager::{Alert, Page, PageState};
use crate::worker::{Deadline, Ledger, Next, Settings, Task, Worker};
use crate::{AuthEvent, Events, Pager, Reason};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

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

/// A task that only sends pages.
struct Sending(PageSender);

impl Task for Sending {
    type Item = Page;
    type Done = Option<usize>;

    fn take(&mut self, page: Page) {
        self.0.push(page);
    }

    fn act(&mut self, now: Instant) -> Next<Option<usize>> {
        self.0.act(now, |taker| taker)
    }

    fn done(&mut self, taker: Option<usize>) {
        self.0.done(taker);
    }
}

/// Starts the sender of a pager.
fn sending(pager: Pager, drills: Drills) -> Worker<Page> {
    let targets = pager.checked().unwrap_or_else(|error| panic!("{error}")).targets;
    let ledger = Arc::<Ledger>::default();
    let drills = DrillTracker { waiting: drills, record: None };
    let task = Sending(PageSender::new(targets, client().unwrap(), drills, Arc::clone(&ledger)));
    Worker::with_jobs(Settings { name: "test", capacity: 256, ledger, deadline: Deadline::default() }, task).unwrap()
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
    found.send(page(Alert::InvalidSpike, PageState::Triggered), 0).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    found.send(page(Alert::InvalidSpike, PageState::Ongoing), 0).unwrap();
    found.send(page(Alert::Blackout, PageState::Triggered), 0).unwrap();
    arrives(&file, &["blackout triggered"]).await;
}

#[tokio::test]
async fn only_the_target_that_accepted_the_beginning_of_an_alert_is_reminded() {
    let file = folder("reminded").join("pages");
    let reminded = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", reminded.local_addr().unwrap());
    let found = sending(writes(Pager::of("orders"), &file, None).alertmanager(url), Drills::default());
    for state in [PageState::Triggered, PageState::Ongoing, PageState::Resolved] {
        found.send(page(Alert::Blackout, state), 0).unwrap();
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
    found.send(page(Alert::Blackout, PageState::Triggered), 0).unwrap();
    arrives(&second, &["blackout triggered"]).await;
    std::fs::write(&up, "").unwrap();
    found.send(page(Alert::Blackout, PageState::Resolved), 0).unwrap();
    arrives(&second, &["blackout triggered", "blackout resolved"]).await;
    found.send(page(Alert::Blackout, PageState::Triggered), 0).unwrap();
    arrives(&first, &["blackout triggered"]).await;
}

#[tokio::test]
async fn reminders_push_out_no_alert_while_no_target_accepts_pages() {
    let folder = folder("pushed");
    let (file, up) = (folder.join("pages"), folder.join("up"));
    let found = sending(writes(Pager::of("orders"), &file, Some(&up)), Drills::default());
    found.send(page(Alert::Blackout, PageState::Triggered), 0).unwrap();
    for _ in 0..100 {
        found.send(page(Alert::Blackout, PageState::Ongoing), 0).unwrap();
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    std::fs::write(&up, "").unwrap();
    arrives(&file, &["blackout triggered"]).await;
}

#[tokio::test]
async fn the_end_of_an_earlier_drill_does_not_complete_a_later_one() {
    let file = folder("drill").join("pages");
    let drills = Drills::default();
    let mut waits = drills.start();
    let found = sending(writes(Pager::of("orders"), &file, None), drills);
    found.send(page(Alert::Drill, PageState::Resolved), 0).unwrap();
    arrives(&file, &["drill resolved"]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(waits.try_recv().is_err());
    found.send(page(Alert::Drill, PageState::Triggered), 0).unwrap();
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
        events.refused(forged.into(), None, || AuthEvent::example(forged));
    }
    drop(events);
    assert!(written(&file).contains(&"invalid_spike triggered".to_owned()), "{:?}", written(&file));
}
