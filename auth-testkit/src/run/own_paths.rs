//! H31 and H36: a path, a query or a body of the test that names the good caller.
//!
//! Another caller repeats the request as it is, or with its own name in the path.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::named_owners::{FIELDS, another, names_of};
use super::requests::RequestTemplate;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;

/// Parts of a user that belong to the user only.
const PRIVATE: [&str; 22] = [
    "account",
    "addresses",
    "billing",
    "cards",
    "cart",
    "documents",
    "email",
    "inbox",
    "invoices",
    "keys",
    "messages",
    "notes",
    "notifications",
    "orders",
    "password",
    "payments",
    "private",
    "secrets",
    "sessions",
    "settings",
    "statements",
    "tokens",
];

/// Segments in front of the name of a user.
const USERS: [&str; 6] = ["users", "accounts", "profiles", "members", "customers", "people"];

/// Fields of a write that another caller may send with the name of the good caller.
const TARGETS: [&str; 6] = ["user", "id", "email", "username", "account", "as"];

impl AttackRun {
    pub(super) async fn attack_own_names(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let is_sent = !matches!(*method, Method::HEAD | Method::DELETE | Method::OPTIONS);
        if !is_sent || route.decision() != Decision::Authenticated {
            return;
        }
        // An answer that says nothing cannot be told from others.
        let writes = matches!(*method, Method::PUT | Method::PATCH);
        let own = self.good_answers.body(route, method).map(str::to_owned);
        let Some(own) = own.or_else(|| writes.then(String::new)) else { return };
        let Some(caller) = self.another_caller(route) else { return };
        let template = self.plan.template(route, method);
        let decides = |field: &&str| *method == Method::GET || !TARGETS.contains(field);
        let fields: Vec<&str> = FIELDS.into_iter().filter(decides).collect();
        for name in names_of(&self.plan.good_token(route)) {
            let others = another(Some(&name));
            if !self.plan.without.contains("H31")
                && let Some(named) = template.naming(&fields, &name, &others)
            {
                self.repeat_named((route, method), (&template, &named), (&caller, &own), report).await;
            }
            if !self.plan.without.contains("H36") && template.path.split('/').any(|segment| segment == name) {
                self.attack_path_of((route, method), &template, (&caller, &name, &others), report).await;
            }
        }
    }

    /// Repeats a query or a body that names the owner.
    ///
    /// The name decides where another one has another answer.
    pub(super) async fn repeat_named(
        &mut self,
        (route, method): (&Route, &Method),
        (template, named): (&RequestTemplate, &RequestTemplate),
        (caller, own): (&Credentials, &str),
        report: &mut RouteReport,
    ) {
        let Ok(response) = self.send(template.request(caller)).await else { return };
        let is_owners = |run: &Self, response: &ServiceResponse| {
            response.status.is_success() && comparable_body(response, &run.plan.varying) == own
        };
        let mut is_found = is_owners(self, &response);
        // Twice, because an answer may differ by itself now and then.
        for _ in 0..2 {
            if is_found {
                is_found = self.send(named.request(caller)).await.is_ok_and(|other| !is_owners(self, &other));
            }
        }
        report.count("H31", is_found);
        if is_found {
            let got_through = GotThrough {
                id: "H31",
                what: "the request of the good caller, by another caller".to_owned(),
                problem: "request names the owner, and another caller gets the owner's answer: take the caller from \
                          the token only"
                    .to_owned(),
            };
            self.report_got_through((route, method), got_through, (template, caller), &response);
        }
    }

    async fn attack_path_of(
        &mut self,
        (route, method): (&Route, &Method),
        template: &RequestTemplate,
        (caller, name, others): (&Credentials, &str, &str),
        report: &mut RouteReport,
    ) {
        let Ok(response) = self.send(template.request(caller)).await else { return };
        if response.status.is_success() {
            // Others may follow a user, or send a message.
            let is_user = USERS.iter().any(|noun| template.path.ends_with(&format!("/{noun}/{name}")));
            let writes = is_user && matches!(*method, Method::PUT | Method::PATCH);
            let last = template.path.rsplit('/').next().unwrap_or_default();
            let is_private = PRIVATE.contains(&last) && template.path.contains(&format!("/{name}/"));
            let is_same = self.reveals_good_answer(route, method, &response)
                || (writes && self.good_answers.status(route, method) == Some(response.status));
            let is_found = (writes || (is_private && *method != Method::POST)) && is_same;
            report.count("H36", is_found);
            if is_found {
                let problem = "user of the path is not that of the token: another caller gets the answer: compare the \
                               path with the subject"
                    .to_owned();
                let what = "the path of the good caller, by another caller".to_owned();
                let got_through = GotThrough { id: "H36", what, problem };
                self.report_got_through((route, method), got_through, (template, caller), &response);
            }
            return;
        }
        // Parts below the name of the caller may have another owner.
        let Some(elsewhere) = self.plan.elsewhere(route, method).filter(|_| is_rejection(response.status)) else {
            return;
        };
        let own = |segments: &RequestTemplate| -> String {
            let pairs = template.path.split('/').zip(segments.path.split('/'));
            pairs.map(|(known, segment)| if known == name { others } else { segment }).collect::<Vec<_>>().join("/")
        };
        let (below, nothing) = (own(template), own(&elsewhere));
        // Without another parameter, both are the caller's own.
        if below == nothing {
            return;
        }
        let below = template.at(&below);
        let Ok(mut response) = self.send(below.request(caller)).await else { return };
        let shown = response.clone();
        response.body = String::from_utf8_lossy(&response.body).replace(others, name).into();
        let mut is_found = response.status.is_success() && self.reveals_good_answer(route, method, &response);
        if is_found {
            let nothing = template.at(&nothing);
            is_found = self.send(nothing.request(caller)).await.is_ok_and(|response| !response.status.is_success());
        }
        report.count("H36", is_found);
        if is_found {
            let got_through = GotThrough {
                id: "H36",
                what: "the object of the good caller, below the path of another caller".to_owned(),
                problem:
                    "object of another caller is below the own path: compare the owner of the object, and not only \
                          the path, with the subject"
                        .to_owned(),
            };
            self.report_got_through((route, method), got_through, (&below, caller), &shown);
        }
    }
}
