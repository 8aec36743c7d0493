//! H29: good and bad requests at the same time. Whoever keeps the caller of one request where another finds it lets strangers in
//! with the name of whoever came before.

use super::{Aim, Run, judge, requests};
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::Route;
use http::Method;
use tokio::task::JoinSet;

/// Of each kind.
const MANY: usize = 24;

impl Run {
    pub(super) async fn attack_together(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let scopes = super::Armed::scopes_for(route);
        let filled = self.armed.fill(route, method);
        let kinds = [("no credentials", Credentials::none()), ("not a token", Credentials::bearer("a.b.c"))];
        let mut sent = JoinSet::new();
        for turn in 0..MANY {
            let (what, bad) = &kinds[turn % kinds.len()];
            let good = Credentials::bearer(&self.armed.good(&scopes));
            for (bad, credentials) in [(None, good), (Some(*what), bad.clone())] {
                let (target, request) = (self.target.clone(), filled.request(&credentials));
                sent.spawn(async move { (bad, credentials, target.send(request).await) });
                self.sent += 1;
                // They overlap as far as the pace lets them.
                self.armed.pace().await;
            }
        }
        while let Some(joined) = sent.join_next().await {
            // A panic of the service is an answer of its own kind; there is none of ours.
            let Ok((bad, credentials, answer)) = joined else { continue };
            let aim = Aim {
                route,
                method: method.clone(),
                id: "H29".to_owned(),
                what: format!("{} beside {} other requests", bad.unwrap_or("a good token"), 2 * MANY - 1),
                curl: requests::curl(&filled, &credentials),
            };
            let finding = match (&answer, bad) {
                (Err(broken), _) => Some(judge::broken(&aim, *broken)),
                (Ok(answer), Some(_)) if answer.seen.admitted > 0 || answer.status.is_success() => {
                    let problem = format!("it was answered {}, as somebody else", answer.status);
                    Some(judge::finding(Severity::GotThrough, &aim, problem, Some(answer)))
                }
                (Ok(answer), None) if answer.status.as_u16() == 401 => {
                    let problem = "a good token was refused while others were".to_owned();
                    Some(judge::finding(Severity::Wrong, &aim, problem, Some(answer)))
                }
                (Ok(_), _) => None,
            };
            report.tried("H29", finding.is_some());
            self.findings.extend(finding);
        }
    }
}
