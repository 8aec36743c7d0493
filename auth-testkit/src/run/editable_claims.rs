//! Claims that users edit themselves, with what would grant a permission.
//!
//! Identity providers copy the profile of a user into tokens. Names of roles there are the user's
//! choice.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::issuer::{TestIssuer, TestToken};
use crate::report::RouteReport;
use crate::target::Route;
use http::Method;
use serde_json::{Map, Value, json};

/// Objects that a user edits, in tokens of the usual providers.
const OBJECTS: [&str; 9] = [
    "user_metadata",
    "userMetadata",
    "raw_user_meta_data",
    "unsafe_metadata",
    "unsafeMetadata",
    "https://example.com/user_metadata",
    "user_attributes",
    "preferences",
    "profile",
];

/// Texts of a profile (OpenID Connect Core section 5.1).
const TEXTS: [&str; 12] = [
    "name",
    "nickname",
    "given_name",
    "family_name",
    "middle_name",
    "preferred_username",
    "username",
    "picture",
    "website",
    "locale",
    "zoneinfo",
    "display_name",
];

impl AttackRun {
    pub(super) async fn attack_editable_claims(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let Some(good) = self.plan.sources.of(route).issuer().cloned() else { return };
        let is_granted = route.permissions.iter().any(|permission| self.plan.grant_of(permission).is_some());
        if *method == Method::HEAD || is_granted {
            return;
        }
        let template = self.plan.template(route, method);
        let mut callers: Vec<(TestIssuer, Vec<String>)> = self
            .plan
            .lacking(route)
            .map(|(permission, caller)| {
                let scopes = AttackPlan::scopes_for(route).into_iter().filter(|scope| scope != permission);
                (caller.clone(), scopes.collect())
            })
            .collect();
        if callers.is_empty() && AttackPlan::lacks(route, &[]) && !good.has_claim("scope") {
            callers.push((good.clone(), Vec::new()));
        }
        for (caller, scopes) in callers {
            let own = scopes.iter().fold(caller.token(), |token, scope| token.scope(scope)).signed();
            // Where the permission is not checked at all, another attack finds it.
            let own = self.send(template.request(&Credentials::bearer(&own))).await;
            if !own.is_ok_and(|response| is_rejection(response.status)) {
                continue;
            }
            for (what, token) in with_editable_claims(&caller, &good, route, &scopes) {
                let credentials = Credentials::bearer(&token.signed());
                let Ok(response) = self.send(template.request(&credentials)).await else { continue };
                let is_found = response.status.is_success() || response.gate.admitted > 0;
                report.count("T29", is_found);
                if is_found {
                    let problem = "permission comes from a claim that the user edits: take it from a claim that only \
                                   the issuer sets, such as `scope` or `app_metadata`"
                        .to_owned();
                    let what = format!("a token with {what}");
                    let got_through = GotThrough { id: "T29", what, problem };
                    self.report_got_through((route, method), got_through, (&template, &credentials), &response);
                    break;
                }
            }
        }
    }
}

/// Tokens of a caller without a permission, which has the permission in its profile.
///
/// `good` are the claims of a caller that has it.
fn with_editable_claims(
    caller: &TestIssuer,
    good: &TestIssuer,
    route: &Route,
    scopes: &[String],
) -> Vec<(String, TestToken)> {
    let decisive = good.claims().iter().filter(|(name, value)| caller.claims().get(*name) != Some(value));
    let decisive: Vec<(&String, &Value)> = decisive.collect();
    let mut words: Vec<String> = decisive.iter().flat_map(|(_, value)| texts_of(value)).collect();
    words.extend(route.permissions.iter().map(ToString::to_string));
    words.push("admin".to_owned());
    let mut seen = std::collections::BTreeSet::new();
    words.retain(|word| seen.insert(word.clone()));
    let mut tokens = Vec::new();
    // A role is one word.
    for word in words.iter().take(3) {
        let mut profile = Map::new();
        for name in ["role", "user_role", "scope", "group", "type"] {
            profile.insert(name.to_owned(), json!(word));
        }
        for name in ["roles", "scopes", "permissions", "groups"] {
            profile.insert(name.to_owned(), json!(words));
        }
        for name in ["admin", "is_admin", "isAdmin"] {
            profile.insert(name.to_owned(), json!(true));
        }
        for (name, value) in &decisive {
            match value {
                Value::Object(members) => profile.extend((*members).clone()),
                value => drop(profile.insert((*name).clone(), (*value).clone())),
            }
        }
        let mut token = scopes.iter().fold(caller.token(), |token, scope| token.scope(scope));
        // What the test itself has may be the claim that decides.
        let is_free = |name: &&&str| !caller.has_claim(name) && !good.has_claim(name);
        for name in OBJECTS.iter().filter(is_free) {
            token = token.claim(name, Value::Object(profile.clone()));
        }
        for name in TEXTS.iter().filter(is_free) {
            token = token.claim(name, word.as_str());
        }
        tokens.push((format!("{word} in the claims that a user edits, such as user_metadata.role"), token));
    }
    tokens
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts_of).collect(),
        Value::Object(members) => members.values().flat_map(texts_of).collect(),
        _ => Vec::new(),
    }
}
