//! H31: a query or a body with two names, the caller's own and that of the owner.
//!
//! A check that reads one of them, and a handler that reads the other one, are both right by
//! themselves (HTTP parameter pollution, CWE-235).

use super::attack_run::AttackRun;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::named_owners::{OwnersAnswer, another, encoded, names_of};
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::Method;
use serde_json::{Map, Value, json};

/// How many names of a request are doubled.
const NAMES: usize = 3;

/// Requests in which one name has become two.
struct TwoNames {
    /// The request with the name of the other caller only.
    own: RequestTemplate,
    /// Each with its description.
    doubled: Vec<(String, RequestTemplate)>,
}

impl AttackRun {
    pub(super) async fn attack_two_names(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let is_sent = !matches!(*method, Method::HEAD | Method::DELETE | Method::OPTIONS);
        if !is_sent || route.decision() != Decision::Authenticated || self.plan.without.contains("H31") {
            return;
        }
        let template = self.plan.template(route, method);
        let good = self.plan.good_token(route);
        let is_owned = self.plan.owned.iter().any(|owned| *owned == route.to_string());
        let requests = two_names(&template, &names_of(&good), is_owned);
        let Some(caller) = self.another_caller(route).filter(|_| !requests.is_empty()) else { return };
        let Some(own) = self.stable_answer(&template, &Credentials::bearer(&good)).await else { return };
        // Where the name of the owner is enough, two names show nothing more.
        if says_nothing(&own) || self.answer(&template, &caller).await.as_ref() == Some(&own) {
            return;
        }
        for TwoNames { own: named, doubled } in requests {
            let plain = self.answer(&named, &caller).await.unwrap_or_default();
            let answer = OwnersAnswer { own: own.clone(), plain };
            let mut is_found = false;
            for (what, doubled) in doubled {
                // Twice, because an answer may differ by itself now and then.
                if self.is_owners(&doubled, &caller, &answer).await && self.is_owners(&doubled, &caller, &answer).await
                {
                    self.report_two_names((route, method), what, (&doubled, &caller)).await;
                    is_found = true;
                    break;
                }
            }
            report.count("H31", is_found);
        }
    }

    async fn is_owners(&mut self, template: &RequestTemplate, caller: &Credentials, answer: &OwnersAnswer) -> bool {
        self.answer(template, caller).await.is_some_and(|body| answer.is_in(&body))
    }

    async fn report_two_names(
        &mut self,
        place: (&Route, &Method),
        what: String,
        (template, caller): (&RequestTemplate, &Credentials),
    ) {
        let Ok(response) = self.send(template.request(caller)).await else { return };
        let problem = format!(
            "request names its caller and the owner, and gets the owner's answer: `{what}`: reject a name that comes \
             twice, and read it in one place"
        );
        let got_through = GotThrough { id: "H31", what: format!("{what}, of another caller"), problem };
        self.report_got_through(place, got_through, (template, caller), &response);
    }
}

/// The requests for each name of the owner. The test may know that another value belongs to it.
fn two_names(template: &RequestTemplate, names: &[String], is_owned: bool) -> Vec<TwoNames> {
    let is_name = |value: &str| names.iter().any(|name| value == name || value == encoded(name));
    let in_query = template.query.as_deref().unwrap_or_default();
    let mut requests: Vec<TwoNames> = doubled_pairs(in_query, |value| is_owned || is_name(value))
        .into_iter()
        .map(|pairs| pairs.into_requests(|query| template.clone().with(Some(query), template.headers.clone())))
        .collect();
    if template.takes_form() {
        let form = String::from_utf8_lossy(&template.body);
        let with_form = |form: String| RequestTemplate { body: form.into_bytes(), ..template.clone() };
        requests.extend(doubled_pairs(&form, is_name).into_iter().map(|pairs| pairs.into_requests(with_form)));
    } else if let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&template.body) {
        let of_owner = members.iter().filter_map(|(member, value)| Some((member.as_str(), value.as_str()?)));
        let of_owner = of_owner.filter(|(_, value)| is_name(value));
        requests.extend(of_owner.map(|(member, name)| doubled_member(template, &members, member, name)));
    }
    requests.truncate(NAMES);
    requests
}

/// A query or a form with another name, and those with two.
struct DoubledPairs {
    own: String,
    doubled: Vec<(String, String)>,
}

impl DoubledPairs {
    fn into_requests(self, request: impl Fn(String) -> RequestTemplate) -> TwoNames {
        let doubled = self.doubled.into_iter().map(|(what, text)| (what, request(text))).collect();
        TwoNames { own: request(self.own), doubled }
    }
}

fn doubled_pairs(text: &str, is_doubled: impl Fn(&str) -> bool) -> Vec<DoubledPairs> {
    let pairs: Vec<&str> = text.split('&').collect();
    let doubled = |(place, (field, value)): (usize, (&str, &str))| {
        let other = encoded(&another(Some(&value.replace("%40", "@"))));
        let with = |pair: &str| {
            let pairs = pairs.iter().enumerate().map(|(at, own)| if at == place { pair } else { own });
            pairs.collect::<Vec<_>>().join("&")
        };
        let ways = [
            format!("{field}={other}&{field}={value}"),
            format!("{field}={value}&{field}={other}"),
            format!("{field}={other}&{field}[]={value}"),
            format!("{field}[]={other}&{field}[]={value}"),
        ];
        let doubled = ways.into_iter().map(|way| (way.clone(), with(&way))).collect();
        DoubledPairs { own: with(&format!("{field}={other}")), doubled }
    };
    let named = pairs.iter().enumerate().filter_map(|(place, pair)| Some((place, pair.split_once('=')?)));
    named.filter(|(_, (_, value))| is_doubled(value)).map(doubled).collect()
}

/// An array of both names, and a member that comes twice (RFC 8259 section 4).
fn doubled_member(template: &RequestTemplate, members: &Map<String, Value>, member: &str, name: &str) -> TwoNames {
    let other = another(Some(name));
    let with = |values: &[Value]| {
        let rest = members.iter().filter(|(own, _)| *own != member).map(|(own, value)| (own.as_str(), value));
        let all = values.iter().map(|value| (member, value)).chain(rest);
        let all: Vec<String> = all.map(|(name, value)| format!("{}:{value}", json!(name))).collect();
        template.with_body(&format!("{{{}}}", all.join(",")))
    };
    let (first, second) = (json!(other), json!(name));
    let doubled = vec![
        (format!("an array with both names as {member}"), with(&[json!([other, name])])),
        (format!("{member} twice, the owner last"), with(&[first.clone(), second.clone()])),
        (format!("{member} twice, the owner first"), with(&[second, first.clone()])),
    ];
    TwoNames { own: with(&[first]), doubled }
}
