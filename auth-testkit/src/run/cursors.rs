//! H31: a cursor of the good caller, sent by another caller.
//!
//! A cursor that carries the owner of a list, and is not signed, is a name of the caller that the
//! client chooses.

use super::attack_run::AttackRun;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::named_owners::{encoded, names_of};
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::Method;
use serde_json::Value;

/// Fields of a query that take a cursor, beside the name in the answer.
const FIELDS: [&str; 6] = ["cursor", "after", "page_token", "pageToken", "next", "continuation"];

/// A longer text is not a cursor.
const LONGEST: usize = 2048;

impl AttackRun {
    /// Sends the cursor of the good answer, where it names the good caller.
    pub(super) async fn attack_cursor(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if *method != Method::GET || route.decision() != Decision::Authenticated || self.plan.without.contains("H31") {
            return;
        }
        let template = self.plan.template(route, method);
        let token = self.plan.good_token(route);
        let (good, names) = (Credentials::bearer(&token), names_of(&token));
        let Ok(first) = self.send(template.request(&good)).await else { return };
        let json = serde_json::from_slice::<Value>(&first.body).unwrap_or_default();
        let Some((member, cursor)) = cursor_in(&json, &names).filter(|_| first.status.is_success()) else { return };
        let (Some(caller), Some(own)) = (self.another_caller(route), self.stable_answer(&template, &good).await) else {
            return;
        };
        let plain = self.answer(&template, &caller).await.unwrap_or_default();
        // A list that is the same for all callers has no owner.
        if plain == own {
            return;
        }
        let others = FIELDS.iter().copied().filter(|field| *field != member);
        for field in std::iter::once(member.as_str()).chain(others) {
            let pair = format!("{field}={}", encoded(&cursor));
            let (of_owner, of_another) = (good.clone().query(pair.clone()), caller.clone().query(pair));
            let next = self.stable_answer(&template, &of_owner).await;
            // The service does not read the field, or the list has ended.
            let Some(next) = next.filter(|next| *next != own && *next != plain && !says_nothing(next)) else {
                continue;
            };
            let got = self.stable_answer(&template, &of_another).await;
            let is_found = got.is_some_and(|got| got == next);
            report.count("H31", is_found);
            if is_found && let Ok(response) = self.send(template.request(&of_another)).await {
                let problem = format!(
                    "cursor names the owner, and another caller gets the owner's list: `?{field}=..`: take the caller \
                     from the token only, or sign the cursor and compare its owner"
                );
                let what = format!("the {member} of the good caller as ?{field}, by another caller");
                let got_through = GotThrough { id: "H31", what, problem };
                self.report_got_through((route, method), got_through, (&template, &of_another), &response);
                return;
            }
        }
    }
}

/// The first text of an answer that is Base64 of JSON with a name of the caller.
fn cursor_in(json: &Value, names: &[String]) -> Option<(String, String)> {
    match json {
        Value::Object(members) => members.iter().find_map(|(member, value)| match value {
            Value::String(text) if carries(text, names) => Some((member.clone(), text.clone())),
            Value::String(_) => None,
            other => cursor_in(other, names),
        }),
        Value::Array(values) => values.iter().find_map(|value| cursor_in(value, names)),
        _ => None,
    }
}

fn carries(text: &str, names: &[String]) -> bool {
    fn has(value: &Value, names: &[String]) -> bool {
        match value {
            Value::String(text) => names.contains(text),
            Value::Array(values) => values.iter().any(|value| has(value, names)),
            Value::Object(members) => members.values().any(|value| has(value, names)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    let bare = text.trim_end_matches('=');
    let decoded = URL_SAFE_NO_PAD.decode(bare).or_else(|_| STANDARD_NO_PAD.decode(bare));
    let json = decoded.ok().filter(|_| text.len() <= LONGEST);
    let json = json.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    json.is_some_and(|json| has(&json, names))
}
