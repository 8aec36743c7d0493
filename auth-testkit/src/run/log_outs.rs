//! N06: a session after the service's own log-out.
//!
//! A log-out that only deletes the cookie of the browser leaves the session open for everybody who
//! has a copy of it.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use crate::catalogue::Credentials;
use crate::issuer::{CredentialSource, same_bytes};
use crate::report::RouteReport;
use crate::target::{Decision, Place, Route};
use http::Method;

/// Last segments of the path of a log-out.
const LOG_OUTS: [&str; 5] = ["logout", "log-out", "log_out", "signout", "sign-out"];

impl AttackRun {
    /// Logs out with each kind of credential that the service makes, and sends it again.
    pub(super) async fn attack_log_outs(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("N06") || self.locked_out {
            return;
        }
        let sources: Vec<_> = routes.iter().flat_map(|route| &route.accepts).collect();
        let mut placed: Vec<(CredentialSource, Place)> = Vec::new();
        for kind in sources {
            let Some(source @ CredentialSource::Own(_)) = self.plan.credentials.of(kind) else { continue };
            for place in &kind.places {
                let is_known = placed.iter().any(|(known, at)| known.issuer() == source.issuer() && at == place);
                if !is_known {
                    placed.push((source.clone(), place.clone()));
                }
            }
        }
        for (route, report) in routes.iter().zip(reports) {
            let last = route.path.rsplit('/').next().unwrap_or_default();
            let is_log_out = LOG_OUTS.contains(&last) && self.plan.exclusion_of(route).is_none();
            let Ok(method) = route.method.parse::<Method>() else { continue };
            if !is_log_out || !matches!(route.decision(), Decision::Authenticated | Decision::Public) {
                continue;
            }
            for (source, place) in &placed {
                let good = source.good(&[]).await;
                if place.holds(&good)
                    && let Some(is_found) = self.log_out((route, &method), routes, (place, &good)).await
                {
                    report.count("N06", is_found);
                }
            }
        }
    }

    /// `None` where the credential opens no route, or the log-out does not take it.
    async fn log_out(
        &mut self,
        (route, method): (&Route, &Method),
        routes: &[Route],
        (place, good): (&Place, &str),
    ) -> Option<bool> {
        let credentials = &Credentials::placed(place, good);
        let others: Vec<Route> = routes.iter().filter(|other| other.path != route.path).cloned().collect();
        let protected = self.opened_by(&others, credentials).await?;
        let answer = self.send(self.plan.template(route, method).request(credentials)).await.ok()?;
        if !answer.status.is_success() && !answer.status.is_redirection() {
            return None;
        }
        let response = self.send(protected.request(credentials)).await.ok()?;
        if response.status.is_success() {
            let got_through = GotThrough {
                id: "N06",
                what: "a credential after its log-out".to_owned(),
                problem: format!(
                    "credential is accepted after its log-out: `{}`: end the session in the store too, because the \
                     cookie may have been copied",
                    response.status
                ),
            };
            self.report_got_through((route, method), got_through, (&protected, credentials), &response);
            return Some(true);
        }
        for (what, text) in same_bytes(good).into_iter().filter(|(_, text)| place.holds(text)) {
            let spelled = Credentials::placed(place, &text);
            let response = self.send(protected.request(&spelled)).await.ok()?;
            if response.status.is_success() {
                let got_through = GotThrough {
                    id: "N06",
                    what: format!("a credential after its log-out, with {what}"),
                    problem: format!(
                        "credential is accepted after its log-out in another spelling: {what}: `{}`: revoke it by its \
                         id, not by its text",
                        response.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&protected, &spelled), &response);
                return Some(true);
            }
        }
        Some(false)
    }
}
