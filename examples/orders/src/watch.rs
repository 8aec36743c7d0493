//! A page for whoever runs the service: what it lets through, the last refusals, and how many there are.

use auth_runtime::{AuthEvent, Counts, EventSink, Events, Notice, Posture, Summary, public};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::response::{Html, IntoResponse};
use serde::Serialize;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::interval;

/// How many refusals are shown, and how many seconds.
const REFUSALS: usize = 20;
const SECONDS: usize = 120;

/// What the page shows. Cheap to clone; clones share it.
#[derive(Clone, Default)]
pub struct Watch {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    posture: OnceLock<String>,
    refusals: Mutex<VecDeque<Refusal>>,
    seconds: Mutex<VecDeque<Second>>,
}

/// A refusal or a notice, without what is private about it.
#[derive(Clone, Serialize)]
struct Refusal {
    event: serde_json::Value,
}

/// What there was of in one second.
#[derive(Clone, Copy, Serialize)]
struct Second {
    accepted: u64,
    refused: u64,
}

impl Watch {
    /// The posture, once it is known: of the router that the page itself is a part of. Without what it says of the
    /// verifier: where events go and whom a page wakes is nothing for strangers.
    pub fn shows(&self, posture: &Posture) {
        let posture = posture.to_string();
        let routes = posture.split("\nVERIFIER").next().unwrap_or_default();
        let _ = self.shared.posture.set(routes.to_owned());
    }

    /// Looks at the counts each second, for as long as it is polled.
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

/// Without who it was, from where, and what servers and files have to do with it.
fn refusal(event: &impl Serialize) -> io::Result<Refusal> {
    let mut event = serde_json::to_value(event)?;
    if let Some(members) = event.as_object_mut() {
        for private in ["subject", "peer", "detail", "key_id_hash"] {
            members.remove(private);
        }
    }
    Ok(Refusal { event })
}

impl EventSink for Watch {
    fn record(&self, event: &AuthEvent) -> io::Result<()> {
        push(&self.shared.refusals, REFUSALS, refusal(event)?);
        Ok(())
    }

    /// The counts show them.
    fn summary(&self, _: &Summary) -> io::Result<()> {
        Ok(())
    }

    fn notice(&self, notice: &Notice) -> io::Result<()> {
        push(&self.shared.refusals, REFUSALS, refusal(notice)?);
        Ok(())
    }
}

/// Nothing from elsewhere, and nobody shows it inside a page of his own.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'";

#[public(reason = "the page for whoever runs the service")]
pub(crate) async fn page() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store")], Html(include_str!("watch/page.html")))
}

#[derive(Serialize)]
struct Shown {
    posture: String,
    refusals: Vec<Refusal>,
    seconds: Vec<Second>,
}

#[public(reason = "what that page shows: no subjects, no addresses")]
pub(crate) async fn shown(State(watch): State<Watch>) -> ([(HeaderName, &'static str); 1], impl IntoResponse) {
    let Shared { posture, refusals, seconds } = &*watch.shared;
    let posture = posture.get().cloned().unwrap_or_default();
    let shown = Shown { posture, refusals: all(refusals), seconds: all(seconds) };
    ([(CACHE_CONTROL, "no-store")], Json(shown))
}
