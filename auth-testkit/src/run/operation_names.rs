//! H11: a GraphQL query under the name of an operation that is open, without a token.
//!
//! A service that opens introspection or the log-in by the name of the operation, which the client
//! chooses, runs every query under it.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::Route;
use http::Method;

/// What clients call the usual introspection (GraphQL section 4), and the log-in.
const NAMES: [&str; 3] = ["IntrospectionQuery", "Login", "login"];

impl AttackRun {
    pub(super) async fn attack_operation_names(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let template = self.plan.template(route, method);
        let Some(query) = template.text_member("query").filter(|_| !template.takes_form()) else { return };
        if self.plan.without.contains("H11") || *method != Method::POST || !query.contains('{') {
            return;
        }
        // Where the check does not run at all, H01 is the finding.
        let plain = self.send(template.request(&Credentials::none())).await;
        if plain.is_ok_and(|plain| self.reveals_good_answer(route, method, &plain)) {
            return;
        }
        let selection = &query[query.find('{').unwrap_or_default()..];
        for name in NAMES {
            let renamed = format!("query {name} {selection}");
            let bodies = [
                template.body_with("operationName", name),
                template.body_with_all(&[("operationName", name.into()), ("query", renamed.into())]),
            ];
            for body in bodies.into_iter().flatten() {
                let sent = Credentials { body: Some(body), ..Credentials::none() };
                let Ok(response) = self.send(template.request(&sent)).await else { continue };
                let is_found = self.reveals_good_answer(route, method, &response);
                report.count("H11", is_found);
                if is_found {
                    let got_through = GotThrough {
                        id: "H11",
                        what: format!("the query with the name {name}, without a token"),
                        problem: format!(
                            "name of the operation replaces the token: `{name}`: decide by the fields that the query \
                             selects"
                        ),
                    };
                    self.report_got_through((route, method), got_through, (&template, &sent), &response);
                    return;
                }
            }
        }
    }
}
