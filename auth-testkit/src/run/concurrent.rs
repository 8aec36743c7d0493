//! H29: good and bad requests at the same time. A service that stores the caller of a request where
//! another request finds it gives an attacker the identity of the previous caller.

use super::attack_run::AttackRun;
use super::probe::Probe;
use super::requests;
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::Route;
use http::Method;
use tokio::task::JoinSet;

/// How many good requests are sent, and how many bad ones.
const REQUESTS: usize = 24;

impl AttackRun {
    pub(super) async fn attack_concurrently(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let template = self.plan.template(route, method);
        let mut kinds = vec![("not a token", Credentials::bearer("a.b.c")), ("no credentials", Credentials::none())];
        kinds.retain(|(_, bad)| !Self::is_guest(route, bad));
        let mut tasks = JoinSet::new();
        for turn in 0..REQUESTS {
            let (what, bad) = &kinds[turn % kinds.len()];
            let good = Credentials::bearer(&self.plan.good_token(route));
            for (bad, credentials) in [(None, good), (Some(*what), bad.clone())] {
                let answer = self.target.send(template.request(&credentials));
                tasks.spawn(async move { (bad, credentials, answer.await) });
                self.sent += 1;
                // The requests overlap as far as the rate limit permits.
                self.plan.pace().await;
            }
        }
        while let Some(joined) = tasks.join_next().await {
            // `send` returns a panic of the service as a value, so the task itself does not panic.
            let Ok((bad, credentials, response)) = joined else { continue };
            let probe = Probe {
                route,
                method: method.clone(),
                id: "H29".to_owned(),
                what: format!("{} beside {} other requests", bad.unwrap_or("a good token"), 2 * REQUESTS - 1),
                curl: requests::curl(&template, &credentials),
            };
            let finding = match (&response, bad) {
                (Err(cause), _) => Some(probe.without_response(*cause)),
                (Ok(response), Some(_)) if response.gate.admitted > 0 || response.status.is_success() => {
                    let problem = format!(
                        "request was accepted beside others: `{}`: keep the caller in the request, not in shared state",
                        response.status
                    );
                    Some(probe.finding(Severity::GotThrough, problem, Some(response)))
                }
                (Ok(response), None) if response.status.as_u16() == 401 => {
                    let problem = format!(
                        "good token was rejected beside others: `{}`: keep the result of a check in the request, not \
                         in shared state",
                        response.status
                    );
                    Some(probe.finding(Severity::Wrong, problem, Some(response)))
                }
                (Ok(_), _) => None,
            };
            report.count("H29", finding.is_some());
            self.findings.extend(finding);
        }
    }
}
