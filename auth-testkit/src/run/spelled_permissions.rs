//! H16: other spellings of a path, with a token that lacks the permission.
//!
//! A check by path, in front of a layer that normalizes paths, does not recognize the spelling, and
//! requires less.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::hidden_paths::UNKNOWN_PATH;
use super::path_spellings::spellings;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use super::weaker_methods::is_rejection;
use crate::report::{RouteReport, Severity};
use crate::target::Route;
use http::Method;

impl AttackRun {
    pub(super) async fn attack_spelled_permission(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H16") || *method == Method::HEAD {
            return;
        }
        let Some(caller) = self.callers_without(route, route).into_iter().next() else { return };
        let template = self.plan.template(route, method);
        // Where the permission is not checked at all, T29 is the finding.
        let denied = self.send(template.request(&caller)).await.is_ok_and(|response| is_rejection(response.status));
        // A fallback may answer each path.
        let unknown = RequestTemplate::bare(method, UNKNOWN_PATH);
        let page = match self.send(unknown.request(&caller)).await {
            Ok(response) if response.status.is_success() => Some(comparable_body(&response, &self.plan.varying)),
            _ => None,
        };
        for path in spellings(&template.path).into_iter().filter(|path| denied && *path != template.path) {
            if self.is_open(method, &path) {
                continue;
            }
            let spelled = template.at(&path);
            let Ok(response) = self.send(spelled.request(&caller)).await else { continue };
            let body = comparable_body(&response, &self.plan.varying);
            let reached = self.reveals_good_answer(route, method, &response)
                || self.good_answers.is_of(route, method, &(response.status, body.clone()));
            let got_through = response.status.is_success() && reached && page.as_ref() != Some(&body);
            report.count("H16", got_through);
            if got_through {
                let what = if template.path == "/" { path } else { path.replace(&template.path, "{path}") };
                let problem = format!(
                    "spelling of the path is not that of the permission: `{what}`: decide by the route, or normalize the \
                     path in front of the check"
                );
                let probe = Probe {
                    route,
                    method: method.clone(),
                    id: "H16".to_owned(),
                    what: format!("the path as {what} with a token without the permission"),
                    curl: requests::curl(&spelled, &caller),
                };
                let finding = probe.finding(Severity::GotThrough, problem, Some(&response));
                self.findings.push(finding);
            }
        }
    }
}
