//! Public routes: they are called without credentials, and have to answer. One that turned 401 keeps webhooks and probes out
//! for days before somebody notices.

use super::{Aim, Run, judge, requests};
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::{Answer, Route};
use http::{Method, StatusCode};

impl Run {
    pub(super) async fn call_in_the_open(&mut self, route: &Route, all: &[Route], report: &mut RouteReport) {
        for method in route.methods(all) {
            let mut first = None;
            for (id, what, credentials) in [
                ("open", "no credentials", Credentials::none()),
                ("open", "a bad token, which is nobody's business here", Credentials::bearer("a.b.c")),
            ] {
                let filled = self.armed.fill(route, &method);
                let aim = Aim {
                    route,
                    method: method.clone(),
                    id: id.to_owned(),
                    what: what.to_owned(),
                    curl: requests::curl(&filled, &credentials),
                };
                let answer = self.send(filled.request(&credentials)).await;
                let finding = match &answer {
                    Ok(answer) => self
                        .closed(route, answer, first)
                        .map(|problem| judge::finding(Severity::Wrong, &aim, problem, Some(answer))),
                    Err(broken) => Some(judge::broken(&aim, *broken)),
                };
                report.tried(id, finding.is_some());
                self.findings.extend(finding);
                first = first.or(answer.ok().map(|answer| answer.status));
            }
        }
    }

    /// Why a public route is not open.
    fn closed(&self, route: &Route, answer: &Answer, first: Option<StatusCode>) -> Option<String> {
        let reason = route.public.as_deref().unwrap_or_default();
        if let Some(right) = self.armed.answer_of(route) {
            return (answer.status.as_u16() != right)
                .then(|| format!("it answered {} instead of the {right} that was said", answer.status));
        }
        if let Some(first) = first.filter(|first| *first != answer.status) {
            return Some(format!("it answered {}, and {first} without a token", answer.status));
        }
        if self.target.is_guarded() && answer.seen.admitted == 0 {
            return Some(format!("it is public ({reason}), and a layer in front of it answered {}", answer.status));
        }
        let closed = matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        let missing = !self.target.is_guarded()
            && matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
        (closed || missing || answer.status.is_server_error()).then(|| {
            format!(
                "it is public ({reason}), and answered {}. If that is right without credentials, say \
                 `.answers(\"{route}\", {})`",
                answer.status,
                answer.status.as_u16()
            )
        })
    }

    /// Whether some route of the target takes whatever it gets.
    pub(super) fn is_open(&self, method: &Method, path: &str) -> bool {
        let covers = |route: &&Route| {
            let prefix = route.path.split('{').next().unwrap_or_default();
            route.public.is_some()
                && (route.method == "ANY" || route.method == method.as_str() || method == Method::HEAD)
                && path.starts_with(prefix)
        };
        self.target.routes.iter().any(|route| covers(&route))
    }
}
