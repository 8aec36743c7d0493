//! Whether the server answers: back-off during an outage, and its notices.

use super::fault::Fault;
use crate::base::http::backoff::backoff;
use auth_events::internal::{self, Report};
use auth_events::{Events, NoticeKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The first wait after a failure, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));

/// The state of the server as the last requests found it.
///
/// P6: while it fails, tokens get 503 at once, and one request at a time tries again. So an outage
/// does not pile up requests, and the server is not flooded when it returns.
pub(super) struct Health {
    issuer: Arc<str>,
    /// The time limit of one attempt.
    limit: Duration,
    state: Mutex<State>,
    /// The events of each verifier with this kind.
    listeners: Mutex<Vec<Events>>,
}

#[derive(Default)]
struct State {
    outage: Option<Outage>,
}

struct Outage {
    fault: Fault,
    failures: u32,
    failed_at: Instant,
    retry_at: Instant,
}

/// An attempt to ask the server.
pub(super) struct Attempt {
    began: Instant,
    /// Whether the last attempt failed.
    pub(super) is_retry: bool,
}

impl Health {
    pub(super) fn new(issuer: Arc<str>, limit: Duration) -> Self {
        Self { issuer, limit, state: Mutex::default(), listeners: Mutex::default() }
    }

    /// Returns the fault if the server is not asked now.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match &self.state().outage {
            Some(outage) if Instant::now() < outage.retry_at => Err(outage.fault.clone()),
            _ => Ok(()),
        }
    }

    /// Begins an attempt. During an outage, one at a time may begin.
    pub(super) fn begin(&self) -> Result<Attempt, Fault> {
        let began = Instant::now();
        let mut state = self.state();
        let is_retry = state.outage.is_some();
        if let Some(outage) = &mut state.outage {
            if began < outage.retry_at {
                return Err(outage.fault.clone());
            }
            // The others wait for its end. If it does not end, the next one begins after its limit.
            outage.retry_at = began + self.limit;
        }
        Ok(Attempt { began, is_retry })
    }

    /// Records the end of an attempt: `None` if the server has answered.
    pub(super) fn settle(&self, attempt: &Attempt, fault: Option<&Fault>) {
        let notice = {
            let mut state = self.state();
            // A server that fails for one token is reachable.
            match fault.filter(|fault| fault.notice().is_some()) {
                None => state.outage.take().map(|_| (NoticeKind::IntrospectionRestored, String::new())),
                Some(fault) => {
                    let before = state.outage.take();
                    let is_news = before.as_ref().and_then(|outage| outage.fault.notice()).map(|(kind, _)| kind)
                        != fault.notice().map(|(kind, _)| kind);
                    // Attempts that began before the first failure are of the same outage.
                    let failures = match &before {
                        Some(outage) if attempt.began <= outage.failed_at => outage.failures,
                        Some(outage) => outage.failures.saturating_add(1),
                        None => 1,
                    };
                    let failed_at = Instant::now();
                    let retry_at = failed_at + backoff(WAITS.0, WAITS.1, failures);
                    state.outage = Some(Outage { fault: fault.clone(), failures, failed_at, retry_at });
                    fault.notice().filter(|_| is_news).map(|(kind, why)| (kind, why.to_owned()))
                }
            }
        };
        if let Some((kind, detail)) = notice {
            self.listeners().iter().for_each(|events| self.notify(events, kind, &detail));
        }
    }

    /// Reports to these events from now on, starting with a current outage and with `warning`.
    /// Repeated calls have no effect.
    pub(super) fn report_to(&self, events: &Events, warning: Option<(NoticeKind, String)>) {
        {
            let mut listeners = self.listeners();
            if listeners.iter().any(|listener| listener.are(events)) {
                return;
            }
            listeners.push(events.clone());
        }
        let outage = self.state().outage.as_ref().and_then(|outage| outage.fault.notice()).map(owned);
        for (kind, detail) in warning.into_iter().chain(outage) {
            self.notify(events, kind, &detail);
        }
    }

    fn notify(&self, events: &Events, kind: NoticeKind, detail: &str) {
        events.notice(&internal::notice(kind, Some(Arc::clone(&self.issuer)), detail));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listeners(&self) -> MutexGuard<'_, Vec<Events>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn owned((kind, why): (NoticeKind, &str)) -> (NoticeKind, String) {
    (kind, why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Health};
    use crate::credential::introspection::fault::Fault;
    use auth_events::{Collected, Events, NoticeKind};
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(2);

    fn health() -> (Health, Collected) {
        let (events, collected) = Events::collect();
        let health = Health::new("https://id.example.com/".into(), LIMIT);
        health.report_to(&events, None);
        health.report_to(&events, None);
        (health, collected)
    }

    fn kinds(collected: &Collected) -> Vec<NoticeKind> {
        collected.take_notices().iter().map(|notice| notice.notice).collect()
    }

    fn begin(health: &Health) -> Attempt {
        health.begin().unwrap_or_else(|fault| panic!("not asked: {fault:?}"))
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_stops_questions_and_lets_one_at_a_time_try_again() {
        let (health, collected) = health();
        let down = Fault::Server("connection refused".to_owned());
        let (first, second) = (begin(&health), begin(&health));
        health.settle(&first, Some(&down));
        health.settle(&second, Some(&down));
        assert_eq!(kinds(&collected), [NoticeKind::IntrospectionUnavailable], "one outage, one notice");
        assert!(health.check().is_err() && health.begin().is_err());
        // Both were one failure, so the wait did not double.
        tokio::time::advance(Duration::from_millis(250)).await;
        let probe = begin(&health);
        assert!(probe.is_retry);
        assert!(health.check().is_err() && health.begin().is_err(), "one at a time");
        health.settle(&probe, Some(&down));
        tokio::time::advance(Duration::from_millis(500)).await;
        // A probe that never ends, because its task is gone.
        let _ = begin(&health);
        tokio::time::advance(LIMIT).await;
        health.settle(&begin(&health), None);
        assert_eq!(kinds(&collected), [NoticeKind::IntrospectionRestored]);
        assert!(!begin(&health).is_retry);
    }

    #[tokio::test(start_paused = true)]
    async fn a_fault_of_one_token_is_not_an_outage() {
        let (health, collected) = health();
        health.settle(&begin(&health), Some(&Fault::Token("server sent 500".to_owned())));
        assert!(health.check().is_ok());
        assert_eq!(kinds(&collected), []);
    }

    #[tokio::test(start_paused = true)]
    async fn another_kind_of_outage_and_a_later_verifier_have_their_notices() {
        let (health, collected) = health();
        health.settle(&begin(&health), Some(&Fault::Server("503".to_owned())));
        tokio::time::advance(Duration::from_secs(1)).await;
        health.settle(&begin(&health), Some(&Fault::Client("401".to_owned())));
        let both = [NoticeKind::IntrospectionUnavailable, NoticeKind::IntrospectionClientRefused];
        assert_eq!(kinds(&collected), both);
        let (events, later) = Events::collect();
        health.report_to(&events, Some((NoticeKind::IntrospectionWithoutTls, "compose network".to_owned())));
        assert_eq!(kinds(&later), [NoticeKind::IntrospectionWithoutTls, NoticeKind::IntrospectionClientRefused]);
    }
}
