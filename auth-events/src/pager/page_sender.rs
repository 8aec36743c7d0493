//! Sends pages, each to the first target that accepts it.

use super::drills::DrillTracker;
use super::page::{Alert, Page, PageState};
use super::target::Target;
use crate::diagnostics;
use crate::worker::{Ledger, Next};
use auth_base::http::backoff::backoff;
use auth_base::http::client::{HttpClient, HttpClientError, HttpOptions, Redirects};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a request may take. Pages have a shorter limit of their own.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a page waits before it is tried again, if no target accepts it.
const RETRY: Duration = Duration::from_secs(5);
/// How many pages may wait. An alert makes two pages each time that it begins and ends, so more
/// than this means that all targets have been down for hours.
const WAITING: usize = 64;

/// Makes the client of all targets, without redirects, which could send a page elsewhere.
pub(super) fn client() -> Result<HttpClient, HttpClientError> {
    HttpClient::new(&HttpOptions {
        connect_timeout: TIMEOUT,
        timeout: TIMEOUT,
        redirects: Redirects::Refused,
        root_certificates: &[],
    })
}

/// Sends pages one after another, so that the end of an alert does not arrive before its beginning.
pub(super) struct PageSender {
    targets: Arc<[Target]>,
    client: HttpClient,
    drills: DrillTracker,
    /// Holds each page until it is delivered or dropped.
    ledger: Arc<Ledger>,
    waiting: VecDeque<Page>,
    sending: Option<Page>,
    /// When the oldest page is tried again.
    retry_at: Option<Instant>,
    /// The index of the target that accepted the beginning of an alert.
    takers: BTreeMap<Alert, usize>,
    is_stuck: bool,
}

impl PageSender {
    pub(super) fn new(targets: Vec<Target>, client: HttpClient, drills: DrillTracker, ledger: Arc<Ledger>) -> Self {
        Self {
            targets: targets.into(),
            client,
            drills,
            ledger,
            waiting: VecDeque::new(),
            sending: None,
            retry_at: None,
            takers: BTreeMap::new(),
            is_stuck: false,
        }
    }

    /// Returns whether no target has accepted the last page.
    pub(super) fn is_stuck(&self) -> bool {
        self.is_stuck
    }

    /// Queues a page.
    ///
    /// P7: reminders repeat while an alert continues, and must not push out the page that it has
    /// begun.
    pub(super) fn push(&mut self, page: Page) {
        if page.state == PageState::Ongoing && self.waiting.iter().any(|waiting| waiting.alert == page.alert) {
            return;
        }
        self.ledger.hold(1);
        self.waiting.push_back(page);
        self.retry_now();
        self.limit();
    }

    /// Tries the oldest page at once.
    pub(super) fn retry_now(&mut self) {
        self.retry_at = None;
    }

    /// Starts to send the oldest page, and passes the index of its taker to `done`.
    pub(super) fn act<D: Send + 'static>(&mut self, now: Instant, done: fn(Option<usize>) -> D) -> Next<D> {
        if self.sending.is_some() {
            return Next::Waiting;
        }
        if let (Some(retry), false) = (self.retry_at.filter(|retry| *retry > now), self.waiting.is_empty()) {
            return Next::At(retry);
        }
        let Some(page) = self.waiting.pop_front() else { return Next::Idle };
        self.sending = Some(page.clone());
        let (targets, client) = (Arc::clone(&self.targets), self.client.clone());
        let before = self.takers.get(&page.alert).copied();
        let job = async move { done(deliver(&targets, &client, &page, before).await) };
        Next::Start(Box::pin(job), done(None))
    }

    /// Takes the index of the target that has accepted the page.
    pub(super) fn done(&mut self, taker: Option<usize>) {
        let Some(page) = self.sending.take() else { return };
        // If no target accepts the page, the heartbeat stops, so that the dead man's switch fires.
        // A reminder does not count, because not every target wants reminders.
        if taker.is_some() || page.state != PageState::Ongoing {
            self.is_stuck = taker.is_none();
        }
        // A reminder is not kept, because the next one follows, and other alerts must not wait for
        // it.
        if taker.is_none() && page.state != PageState::Ongoing {
            self.put_back(page);
            return;
        }
        match (page.state, taker) {
            (PageState::Triggered | PageState::Ongoing, Some(taker)) => drop(self.takers.insert(page.alert, taker)),
            (PageState::Resolved, _) => drop(self.takers.remove(&page.alert)),
            _ => {}
        }
        self.ledger.release(1);
        // The end of a drill says nothing about whether the next one arrives.
        if (page.alert, page.state) == (Alert::Drill, PageState::Triggered) {
            self.drills.arrived();
        }
    }

    /// P7: keeps a page until a target accepts it, or until the stream ends.
    fn put_back(&mut self, page: Page) {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| (waiting.alert, waiting.state) != (page.alert, PageState::Ongoing));
        self.ledger.release((before - self.waiting.len()) as u64);
        self.waiting.push_front(page);
        self.retry_at = Some(Instant::now() + backoff(RETRY, RETRY, 1));
        self.limit();
    }

    fn limit(&mut self) {
        if self.waiting.len() > WAITING {
            self.waiting.pop_front();
            self.ledger.drop_held(1);
            diagnostics::report("a page was dropped: no target has accepted pages for too long");
        }
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
