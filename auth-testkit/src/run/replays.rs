//! Sends the request of a finding again, by itself.
//!
//! A request that is rejected the second time got through because of an earlier request, or at
//! random. That is another mistake than a missing check.

use super::attack_run::AttackRun;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::Severity;
use http::StatusCode;

/// The largest number of requests that are sent again.
const AGAIN: usize = 100;

/// A request whose response is a finding.
pub(super) struct Replay {
    template: RequestTemplate,
    credentials: Credentials,
    status: StatusCode,
}

impl AttackRun {
    /// Keeps the request of a finding that got through, the first of its attack.
    pub(super) fn keep_replay(
        &mut self,
        place: usize,
        template: &RequestTemplate,
        credentials: &Credentials,
        status: StatusCode,
    ) {
        let Some(finding) = self.findings.get(place).filter(|finding| finding.severity == Severity::GotThrough) else {
            return;
        };
        let is_first = !self.replays.keys().any(|known| {
            let known = &self.findings[*known];
            (&known.id, &known.route) == (&finding.id, &finding.route)
        });
        if is_first && self.replays.len() < AGAIN {
            let replay = Replay { template: template.clone(), credentials: credentials.clone(), status };
            self.replays.insert(place, replay);
        }
    }

    pub(super) async fn send_again(&mut self) {
        for (place, replay) in std::mem::take(&mut self.replays) {
            let Replay { template, credentials, status } = replay;
            let Ok(response) = self.send(template.request(&credentials)).await else { continue };
            self.findings[place].repeated = Some(response.status == status);
        }
    }
}
