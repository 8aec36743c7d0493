//! N06: a session of an account that its owner has deleted.
//!
//! A service that deletes the row of the user and leaves the sessions lets each client go on that
//! has a copy of one (CWE-613, ASVS 5.0 7.4.2).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use crate::catalogue::Credentials;
use crate::issuer::CredentialSource;
use crate::report::RouteReport;
use crate::target::{Decision, Place, Route};
use http::Method;

/// Last segments of the path of the caller's own account.
const OWN: [&str; 4] = ["me", "account", "profile", "self"];

/// Last segments of a POST that deletes it.
const ENDS: [&str; 3] = ["delete", "close", "deactivate"];

impl AttackRun {
    /// Deletes the account of the good caller, so it comes last.
    pub(super) async fn attack_ended_accounts(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("N06") || self.locked_out {
            return;
        }
        for (route, report) in routes.iter().zip(reports) {
            let is_tried = route.decision() == Decision::Authenticated
                && ends_an_account(route)
                && self.plan.exclusion_of(route).is_none();
            let Ok(method) = route.method.parse::<Method>() else { continue };
            if !is_tried {
                continue;
            }
            for kind in &route.accepts {
                let Some(source @ CredentialSource::Own(_)) = self.plan.credentials.of(kind).cloned() else { continue };
                let good = source.good(&[]).await;
                for place in kind.places.iter().filter(|place| place.holds(&good)) {
                    if let Some(is_found) = self.end_account((route, &method), routes, (place, &good)).await {
                        report.count("N06", is_found);
                    }
                }
            }
        }
    }

    /// `None` where the credential opens no other route, or the account is not deleted.
    async fn end_account(
        &mut self,
        (route, method): (&Route, &Method),
        routes: &[Route],
        (place, good): (&Place, &str),
    ) -> Option<bool> {
        let credentials = &Credentials::placed(place, good);
        let protected = self.opened_by(routes, credentials).await?;
        let answer = self.send(self.plan.template(route, method).request(credentials)).await.ok()?;
        if !answer.status.is_success() && !answer.status.is_redirection() {
            return None;
        }
        let response = self.send(protected.request(credentials)).await.ok()?;
        let is_found = response.status.is_success();
        if is_found {
            let got_through = GotThrough {
                id: "N06",
                what: "a credential of an account that was deleted".to_owned(),
                problem: format!(
                    "credential is accepted after its account was deleted: `{}`: end all sessions of the account too",
                    response.status
                ),
            };
            self.report_got_through((route, method), got_through, (&protected, credentials), &response);
        }
        Some(is_found)
    }
}

fn ends_an_account(route: &Route) -> bool {
    let path = route.path.to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match (route.method.as_str(), segments.as_slice()) {
        ("DELETE", [.., last]) => OWN.contains(last),
        ("POST", [.., own, last]) => OWN.contains(own) && ENDS.contains(last),
        _ => false,
    }
}
