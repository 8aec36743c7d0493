//! H38: the right token or code of one user, sent for another one.
//!
//! A reset that looks the token up, and takes the account from the body, lets each user set the
//! passwords of the others with a token of its own (CWE-640).

use super::attack_run::AttackRun;
use super::changed_proofs::proof_of;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::log_ins::others;
use super::named_owners::another;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use http::Method;

/// Members that name the user. A `name` may be what a new user is called.
const USERS: [&str; 7] = ["email", "username", "user", "login", "account", "phone", "user_id"];

/// Parts of the path of a route where the token decides who the user becomes.
const CHOOSE: [&str; 8] = ["invit", "accept", "activat", "join", "regist", "signup", "sign-up", "users"];

/// How many other users are tried.
const TRIED: usize = 3;

impl AttackRun {
    /// Comes before the good request, which may use the token up.
    pub(super) async fn attack_proof_of_another(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let writes = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
        let path = route.path.to_ascii_lowercase();
        let chooses = CHOOSE.iter().any(|part| path.contains(part));
        if self.plan.without.contains("H38") || !writes || chooses || route.grpc {
            return;
        }
        let template = self.plan.template(route, method);
        let (Some((name, right)), Some((field, user))) = (proof_of(&template, &path), template.first_member(&USERS))
        else {
            return;
        };
        let none = Credentials::none();
        for other in self.other_users(&template, &user) {
            let Some(of_other) = template.naming(&[field], &user, &other) else { continue };
            let Some(wrong) = of_other.naming(&[&name], &right, &others(&right)[0]) else { continue };
            let Ok(refused) = self.send(wrong.request(&none)).await else { continue };
            let Ok(response) = self.send(of_other.request(&none)).await else { continue };
            let body = |response: &ServiceResponse| comparable_body(response, &self.plan.varying);
            // A route that always answers alike does not tell whether it acted.
            let differs = refused.status != response.status || body(&refused) != body(&response);
            let is_found = response.status.is_success() && !refused.status.is_success() && differs;
            report.count("H38", is_found);
            if is_found {
                let got_through = GotThrough {
                    id: "H38",
                    what: format!("the right {name} of {user}, for {other}"),
                    problem: format!(
                        "`{name}` of one user is good for another `{field}`: `{}`, and `{}` with another `{name}`: take \
                         the user from the row of the `{name}`",
                        response.status, refused.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&of_other, &none), &response);
                return;
            }
        }
    }

    /// Users that other bodies of the test name, and one that the service does not know.
    fn other_users(&self, template: &RequestTemplate, user: &str) -> Vec<String> {
        let mut known: Vec<String> = Vec::new();
        for route in self.target.routes.iter().filter(|route| self.plan.completes(route)) {
            let Some(method) = route.methods(&[]).into_iter().next() else { continue };
            let body = self.plan.template(route, &method);
            let other = body.first_member(&USERS).map(|(_, other)| other.replace("%40", "@"));
            let is_alike = |other: &String| other.contains('@') == user.contains('@');
            known.extend(other.filter(|other| is_alike(other) && other != user && !known.contains(other)));
        }
        known.truncate(TRIED - 1);
        let user = if template.takes_form() { user.replace("%40", "@") } else { user.to_owned() };
        known.push(another(Some(&user)));
        known
    }
}
