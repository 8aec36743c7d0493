//! Serves a page for operators: the posture, the last rejections with reasons, and their counts.
//!
//! The page is public and holds no data. The data requires a token with the scope `orders:audit`,
//! because a client that sees why its token was rejected can repair the token.

use auth_runtime::events::{Counts, EventSink, Notice, Summary};
use auth_runtime::serve::ShutdownSignal;
use auth_runtime::{AuthEvent, Authenticated, Claims, Events, Posture, authenticated, public, scope};
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::sse::Event;
use axum::response::{Html, IntoResponse, Sse};
use axum::{BoxError, Json};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::Serialize;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::{Interval, interval};

/// How many rejections and how many seconds are shown.
const REJECTIONS: usize = 20;
const SECONDS: usize = 120;

scope! {
    /// May see rejections and their reasons.
    pub(crate) OrdersAudit = "orders:audit"
}

/// The data of the page. Clones share it.
#[derive(Clone, Default)]
pub struct Watch {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    posture: OnceLock<String>,
    rejections: Mutex<VecDeque<Rejected>>,
    seconds: Mutex<VecDeque<Second>>,
}

/// A rejection or a notice, without the fields that an operator of this page does not need.
#[derive(Clone, Serialize)]
struct Rejected {
    event: serde_json::Value,
}

/// The number of decisions in one second.
#[derive(Clone, Copy, Serialize)]
struct Second {
    accepted: u64,
    refused: u64,
}

impl Watch {
    /// Sets the posture, without the verifier's part: the page does not need addresses of
    /// collectors and pagers.
    pub fn set_posture(&self, posture: &Posture) {
        let posture = posture.to_string();
        let routes = posture.split("\nVERIFIER").next().unwrap_or_default();
        let _ = self.shared.posture.set(routes.to_owned());
    }

    /// Reads the counts each second, while it is polled.
    pub async fn record_counts(self, events: Events) {
        let mut tick = interval(Duration::from_secs(1));
        // What was counted before this was polled for the first time belongs to the first second.
        let mut before = Counts::default();
        loop {
            tick.tick().await;
            let now = events.counts();
            let refused = |counts: Counts| {
                let by_caller = counts.missing + counts.client_bug + counts.denied;
                by_caller + counts.invalid + counts.claims + counts.expired + counts.unavailable
            };
            let second = Second { accepted: now.accepted - before.accepted, refused: refused(now) - refused(before) };
            before = now;
            push(&self.shared.seconds, SECONDS, second);
        }
    }

    fn snapshot(&self) -> Snapshot {
        let Shared { posture, rejections, seconds } = &*self.shared;
        let posture = posture.get().cloned().unwrap_or_default();
        Snapshot { posture, refusals: all(rejections), seconds: all(seconds) }
    }
}

fn push<T>(held: &Mutex<VecDeque<T>>, most: usize, new: T) {
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    held.push_back(new);
    if held.len() > most {
        held.pop_front();
    }
}

fn all<T: Clone>(held: &Mutex<VecDeque<T>>) -> Vec<T> {
    held.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
}

/// Drops personal data and the names of servers and files.
fn rejected(event: &impl Serialize) -> io::Result<Rejected> {
    let mut event = serde_json::to_value(event)?;
    if let Some(members) = event.as_object_mut() {
        for private in ["subject", "peer", "detail", "key_id_hash"] {
            members.remove(private);
        }
    }
    Ok(Rejected { event })
}

impl EventSink for Watch {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        push(&self.shared.rejections, REJECTIONS, rejected(event)?);
        Ok(())
    }

    /// The counts include the summaries.
    fn summary(&self, _: &Summary) -> io::Result<()> {
        Ok(())
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        push(&self.shared.rejections, REJECTIONS, rejected(notice)?);
        Ok(())
    }
}

/// Allows no other origins, no frame around the page, and no form that could put the token into a
/// URL.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[public(reason = "page for operators: its data requires a token")]
pub(crate) async fn page() -> impl IntoResponse {
    let headers = [(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer")];
    (headers, Html(include_str!("watch/page.html")))
}

#[derive(Serialize)]
struct Snapshot {
    posture: String,
    refusals: Vec<Rejected>,
    seconds: Vec<Second>,
}

/// Returns the data of the page once.
#[authenticated(requires = OrdersAudit)]
pub(crate) async fn snapshot(
    _auth: Authenticated<Claims, OrdersAudit>,
    State(watch): State<Watch>,
) -> ([(HeaderName, &'static str); 1], impl IntoResponse) {
    ([(CACHE_CONTROL, "no-store")], Json(watch.snapshot()))
}

/// Streams the data each second until the token ends. This is one decision; polling would add one
/// decision a second to the data.
#[authenticated(requires = OrdersAudit)]
pub(crate) async fn feed(
    auth: Authenticated<Claims, OrdersAudit>,
    State(watch): State<Watch>,
    State(shutdown): State<ShutdownSignal>,
) -> Sse<impl Stream<Item = Result<Event, impl Into<BoxError>>>> {
    let state = (watch, interval(Duration::from_secs(1)), shutdown);
    let snapshots = try_unfold(state, async |(watch, mut tick, shutdown): (Watch, Interval, ShutdownSignal)| {
        tokio::select! {
            _ = tick.tick() => {}
            () = shutdown.requested() => return Ok::<_, BoxError>(None),
        }
        let event = Event::default().json_data(watch.snapshot())?;
        Ok(Some((event, (watch, tick, shutdown))))
    });
    Sse::new(auth.guard(snapshots))
}
