//! Services that limit the rate of requests (RFC 6585 section 4).

use super::attack_run::AttackRun;
use super::probe::Probe;
use crate::report::Severity;
use crate::target::ServiceResponse;
use http::StatusCode;
use http::header::RETRY_AFTER;
use std::time::Duration;

/// The first pause between requests, and the longest.
const FIRST: Duration = Duration::from_millis(25);
const LONGEST: Duration = Duration::from_millis(800);

/// The longest wait that a response may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

impl AttackRun {
    /// Whether the request is sent again, after a wait and more slowly.
    pub(super) async fn slows_down(&mut self, response: &ServiceResponse) -> bool {
        if response.status != StatusCode::TOO_MANY_REQUESTS || self.gave_up {
            return false;
        }
        let pause = self.plan.pause.map_or(FIRST, |pause| pause * 2);
        if pause > LONGEST {
            self.gave_up = true;
            self.plan.pause = None;
            return false;
        }
        self.plan.pause = Some(pause);
        let asked = response.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        tokio::time::sleep(asked.map_or(pause, Duration::from_secs).min(LONGEST_WAIT)).await;
        true
    }

    /// Reports once that the service answers 429 however slowly it is asked.
    pub(super) fn is_locked_out(&mut self, probe: &Probe<'_>, response: Option<&ServiceResponse>) -> bool {
        let Some(response) = response.filter(|response| response.status == StatusCode::TOO_MANY_REQUESTS) else {
            return false;
        };
        if !std::mem::replace(&mut self.locked_out, true) {
            let problem =
                "service limits the rate: `429`: the attacks after this one were not sent: raise the limit in \
                           the test, or give each request an address of its own"
                    .to_owned();
            self.findings.push(probe.finding(Severity::Control, problem, Some(response)));
        }
        true
    }
}
