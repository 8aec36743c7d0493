//! A page for operators: the posture, the last rejections with their reasons, and how many there are.
//!
//! The page itself is public and holds no data. The data takes a token with the scope `orders:audit`,
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

/// How many rejections are shown, and how many seconds.
const REJECTIONS: usize = 20;
const SECONDS: usize = 120;

scope! {
    /// May see what was rejected, and why.
    pub(crate) OrdersAudit = "orders:audit"
}

/// What the page shows. Cheap to clone; clones share it.
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

/// A rejection or a notice, without what an operator of this page has no need to know.
#[derive(Clone, Serialize)]
struct Rejected {
    event: serde_json::Value,
}

/// The decisions of one second.
#[derive(Clone, Copy, Serialize)]
struct Second {
    accepted: u64,
    refused: u64,
}

impl Watch {
    /// Sets the posture, without the part about the verifier: the page has no need for addresses of
    /// collectors and pagers.
    pub fn shows(&self, posture: &Posture) {
        let posture = posture.to_string();
        let routes = posture.split("\nVERIFIER").next().unwrap_or_default();
        let _ = self.shared.posture.set(routes.to_owned());
    }

    /// Reads the counts each second, for as long as it is polled.
    pub async fn looks_at(self, events: Events) {
        let mut tick = interval(Duration::from_secs(1));
        let mut before = events.counts();
        loop {
            tick.tick().await;
            let now = events.counts();
            let refused =
                |counts: Counts| counts.invalid + counts.expired + counts.denied + counts.unavailable + counts.missing;
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

/// Without personal data, and without the names of servers and files.
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

    /// The counts contain them.
    fn summary(&self, _: &Summary) -> io::Result<()> {
        Ok(())
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        push(&self.shared.rejections, REJECTIONS, rejected(notice)?);
        Ok(())
    }
}

/// Nothing from other origins, no frame around the page, and no form that could put the token into a
/// URL.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[public(reason = "the page for operators, without data: that takes a token")]
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

/// What the page shows, once.
#[authenticated(requires = OrdersAudit)]
pub(crate) async fn snapshot(
    _auth: Authenticated<Claims, OrdersAudit>,
    State(watch): State<Watch>,
) -> ([(HeaderName, &'static str); 1], impl IntoResponse) {
    ([(CACHE_CONTROL, "no-store")], Json(watch.snapshot()))
}

/// The same each second, until the token ends. One decision, where a page that polls would add one
/// each second to what it shows.
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
