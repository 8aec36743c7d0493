//! H11: a header that the test gives a route, without its value.
//!
//! A secret that is not configured may be an empty text, which equals an empty header.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::Route;
use http::{HeaderName, Method};

impl AttackRun {
    pub(super) async fn attack_empty_headers(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H11") {
            return;
        }
        let template = self.plan.template(route, method);
        let names: Vec<HeaderName> = template.headers.iter().map(|(name, _)| name.clone()).collect();
        for name in names {
            let empty = Credentials::none().header(name.clone(), "");
            if Self::is_guest(route, &empty) {
                continue;
            }
            let Ok(response) = self.send(template.request(&empty)).await else { continue };
            let is_found = response.status.is_success() || response.gate.ran > 0;
            report.count("H11", is_found);
            if is_found {
                let got_through = GotThrough {
                    id: "H11",
                    what: format!("an empty {name}, and no credentials"),
                    problem: format!(
                        "empty header replaces the credentials: `{name}`: reject it, and do not start without the secret"
                    ),
                };
                self.report_got_through((route, method), got_through, (&template, &empty), &response);
            }
        }
    }
}
