//! H36 and T29: the number of an object in another spelling, by a caller whom its check denies.
//!
//! CVE-2017-1001000 (WordPress): the check finds no object `7abc`, and the handler takes the
//! digits. A check by the text of the id does not know `07`, which the handler parses.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::path_spellings::spellings;
use super::plan::{AttackPlan, names_of_parameters};
use super::requests::RequestTemplate;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;

/// How many numbers of a path are spelled in other ways.
const NUMBERS: usize = 2;

/// A caller whom the check of an object denies, and the id of the attack.
struct DeniedCaller {
    id: &'static str,
    who: &'static str,
    credentials: Credentials,
}

impl AttackRun {
    pub(super) async fn attack_spelled_ids(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let is_sent = matches!(*method, Method::GET | Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
        let is_good = self.good_answers.status(route, method).is_some_and(|status| status.is_success());
        if !is_sent || !is_good || route.decision() != Decision::Authenticated || route.grpc {
            return;
        }
        let spelled = self.plan.spelled_ids(route, method);
        let Some(elsewhere) = self.plan.elsewhere(route, method).filter(|_| !spelled.is_empty()) else { return };
        let template = self.plan.template(route, method);
        for DeniedCaller { id, who, credentials } in self.denied_callers(route) {
            // Where an object without an owner is answered, a spelling of its id shows nothing.
            if !self.denies_object((route, method), &template, &credentials).await
                || !self.denies_object((route, method), &elsewhere, &credentials).await
            {
                continue;
            }
            let is_sent_already = |path: &str| id == "T29" && spellings(&template.path).iter().any(|own| own == path);
            for (what, request) in spelled.iter().filter(|(_, request)| !is_sent_already(&request.path)) {
                let Ok(response) = self.send(request.request(&credentials)).await else { continue };
                let is_found = self.is_object_of(route, method, &response);
                report.count(id, is_found);
                if is_found {
                    let problem = format!(
                        "check does not know a spelling of the id that the handler takes: `{what}`: `{}`: parse the id \
                         once, and give the check and the handler the number",
                        response.status
                    );
                    let got_through = GotThrough { id, what: format!("{what}, by {who}"), problem };
                    self.report_got_through((route, method), got_through, (request, &credentials), &response);
                    return;
                }
            }
        }
    }

    fn denied_callers(&self, route: &Route) -> Vec<DeniedCaller> {
        let mut callers = Vec::new();
        if !self.plan.without.contains("H36")
            && let Some(credentials) = self.another_caller(route)
        {
            callers.push(DeniedCaller { id: "H36", who: "another caller", credentials });
        }
        if !route.permissions.is_empty() && !self.plan.without.contains("T29") {
            let lacking = self.callers_without(route, route).into_iter().take(1);
            let caller = |credentials| DeniedCaller { id: "T29", who: "a caller without the permission", credentials };
            callers.extend(lacking.map(caller));
        }
        callers
    }

    /// Whether a caller gets neither the object nor a success.
    async fn denies_object(
        &mut self,
        place: (&Route, &Method),
        request: &RequestTemplate,
        caller: &Credentials,
    ) -> bool {
        self.send(request.request(caller)).await.is_ok_and(|response| {
            is_rejection(response.status) && !self.reveals_good_answer(place.0, place.1, &response)
        })
    }

    /// Whether a response is that of the good caller, or of a write to the object.
    fn is_object_of(&self, route: &Route, method: &Method, response: &ServiceResponse) -> bool {
        let body = comparable_body(response, &self.plan.varying);
        let is_good = self.good_answers.is_of(route, method, &(response.status, body));
        let writes = *method != Method::GET;
        response.status.is_success() && (writes || is_good || self.reveals_good_answer(route, method, response))
    }
}

impl AttackPlan {
    /// The request with a number of its path in other spellings, each with its description.
    fn spelled_ids(&self, route: &Route, method: &Method) -> Vec<(String, RequestTemplate)> {
        let values: Vec<(String, String)> = names_of_parameters(&route.path)
            .map(|name| {
                let value = self.parameters.iter().find(|(known, _)| *known == name);
                let value = value.map_or("1", |(_, value)| value.as_str()).to_owned();
                (name, value)
            })
            .collect();
        let is_number = |value: &str| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let numbers = values.iter().enumerate().rev().filter(|(_, (_, value))| is_number(value)).take(NUMBERS);
        let requests = numbers.flat_map(|(at, (name, value))| {
            let with = |spelled: String| {
                let mut parameters = values.clone();
                parameters[at].1.clone_from(&spelled);
                let request = RequestTemplate::new(route, method, &parameters, &self.bodies);
                (format!("{name} as {spelled}"), self.completed(route, request))
            };
            spellings_of(value).map(with)
        });
        let known = self.template(route, method).path;
        requests.filter(|(_, request)| request.path != known).collect()
    }
}

/// Texts that a lax parser takes for this number.
fn spellings_of(number: &str) -> [String; 7] {
    let (rest, last) = number.split_at(number.len() - 1);
    [
        format!("0{number}"),
        format!("+{number}"),
        format!("{number}abc"),
        format!("{number}.0"),
        // A router decodes the path, and a check may compare it as it was sent.
        format!("{rest}%3{last}"),
        format!("{number}%20"),
        format!("{number}%00"),
    ]
}

#[cfg(test)]
mod tests {
    use super::spellings_of;

    #[test]
    fn a_number_has_other_spellings() {
        assert_eq!(spellings_of("47"), ["047", "+47", "47abc", "47.0", "4%37", "47%20", "47%00"]);
    }
}
