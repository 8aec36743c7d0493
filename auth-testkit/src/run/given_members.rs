//! H37: members of a body that only the service may set, such as a role.
//!
//! A handler that stores the body as it is lets a client make itself an administrator (mass
//! assignment).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::named_owners::names_of;
use super::requests::RequestTemplate;
use super::second_tokens::ANOTHER;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use http::Method;
use serde_json::{Value, json};

/// A member that no service has. Where it comes back, the answer is an echo of the body.
const UNKNOWN: &str = "zzz_unknown";

/// Members that name the owner of a record. The good caller's name must be there without them.
const OWNERS: [&str; 5] = ["owner", "owner_id", "user_id", "created_by", "author"];

/// Segments of routes where a client chooses permissions, such as those of its own API key.
const CHOOSE: [&str; 14] = [
    "admin",
    "key",
    "token",
    "role",
    "permission",
    "invit",
    "client",
    "polic",
    "share",
    "oauth",
    "team",
    "group",
    "workspace",
    "organi",
];

/// Segments and members of the registration of a user.
const ACCOUNTS: [&str; 13] = [
    "users",
    "user",
    "accounts",
    "account",
    "customers",
    "register",
    "registration",
    "signup",
    "sign-up",
    "members",
    "join",
    "profile",
    "me",
];
const OF_ACCOUNTS: [&str; 4] = ["password", "username", "email", "login"];

impl AttackRun {
    pub(super) async fn attack_members(
        &mut self,
        route: &Route,
        method: &Method,
        caller: &Credentials,
        report: &mut RouteReport,
    ) {
        let writes = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
        // A caller with a permission may manage the users.
        if self.plan.without.contains("H37") || !writes || route.grpc || !route.permissions.is_empty() {
            return;
        }
        let template = self.plan.template(route, method);
        let path = route.path.to_ascii_lowercase();
        if chooses(&path) {
            return;
        }
        let members: Vec<(&str, Value)> =
            members().into_iter().filter(|(name, _)| !template.has_member(name)).collect();
        // Elsewhere a scope is what a search covers.
        let members: Vec<(&str, Value)> =
            members.into_iter().filter(|(name, _)| *name != "scope" || is_account(&path)).collect();
        let Some(before) = self.members_of((route, &template), caller, &[]).await else { return };
        let mut all = members.clone();
        all.push((UNKNOWN, json!("zzz")));
        let answered = self.members_of((route, &template), caller, &all).await;
        report.count("H37", false);
        let singles = answered.is_none();
        let tries = match answered {
            Some(answered) => vec![(all, answered)],
            // A typed body may reject one of them.
            None => self.each_of((route, &template), caller, &members).await,
        };
        for (sent, (response, after)) in tries {
            let is_echo = value_of(&after, UNKNOWN).is_some();
            let given = sent.iter().filter(|(name, _)| *name != UNKNOWN);
            let taken: Vec<&str> = given
                .clone()
                .filter(|(name, value)| self.is_taken(route, (name, value), &before.1, &after, is_echo))
                .map(|(name, _)| *name)
                .collect();
            // An echo shows what is stored where a user is registered, unless a member is replaced.
            let is_all = is_echo && taken.is_empty() && is_of_account(&path, &template);
            let echoed = |name: &str, value: &Value| exact(&after, name).is_some_and(|own| is_same(own, value));
            let stores = is_all
                && given.clone().all(|(name, value)| echoed(name, value))
                && given.clone().all(|(name, _)| value_of(&before.1, name).is_none());
            if taken.is_empty() && !stores {
                continue;
            }
            let names = if stores { "the whole body".to_owned() } else { taken.join(", ") };
            let body = template.body_with_all(&sent);
            let credentials = caller.clone().with(Credentials { body, ..Credentials::none() });
            let got_through = GotThrough {
                id: "H37",
                what: format!("members that only the service sets: {names}"),
                problem: format!(
                    "client sets a member that only the service may set: `{names}`: read a type that has the members \
                     of clients only"
                ),
            };
            report.count("H37", true);
            self.report_got_through((route, method), got_through, (&template, &credentials), &response);
            if singles {
                break;
            }
        }
    }

    /// Whether the answer has the value that was sent, and another one without it.
    fn is_taken(
        &self,
        route: &Route,
        (name, sent): (&str, &Value),
        before: &Value,
        after: &Value,
        is_echo: bool,
    ) -> bool {
        let value_of = if is_echo { exact } else { value_of };
        let (was, is) = (value_of(before, name), value_of(after, name));
        let changed = is.is_some_and(|is| is_same(is, sent)) && was.is_none_or(|was| !is_same(was, sent));
        let names = || names_of(&self.plan.good_token(route));
        if OWNERS.contains(&name) {
            return changed && was.and_then(Value::as_str).is_some_and(|was| names().iter().any(|name| name == was));
        }
        changed && (!is_echo || was.is_some())
    }

    async fn each_of<'a>(
        &mut self,
        to: (&Route, &RequestTemplate),
        caller: &Credentials,
        members: &[(&'a str, Value)],
    ) -> Vec<(Vec<(&'a str, Value)>, (ServiceResponse, Value))> {
        let mut answers = Vec::new();
        for member in members {
            let sent = vec![member.clone(), (UNKNOWN, json!("zzz"))];
            let mut answered = self.members_of(to, caller, &sent).await.map(|answer| (sent, answer));
            if answered.is_none() {
                let sent = vec![member.clone()];
                answered = self.members_of(to, caller, &sent).await.map(|answer| (sent, answer));
            }
            answers.extend(answered);
        }
        answers
    }

    /// The answer, and what it or a reading of the same path shows.
    async fn members_of(
        &mut self,
        (route, template): (&Route, &RequestTemplate),
        caller: &Credentials,
        members: &[(&str, Value)],
    ) -> Option<(ServiceResponse, Value)> {
        let body = Some(template.body_with_all(members)?);
        let credentials = caller.clone().with(Credentials { body, ..Credentials::none() });
        let response = self.send(template.request(&credentials)).await.ok()?;
        if !response.status.is_success() {
            return None;
        }
        let shown = serde_json::from_slice::<Value>(&response.body).ok();
        if let Some(shown) = shown.filter(|shown| shown.is_object() || shown.is_array()) {
            return Some((response, shown));
        }
        let reading = |other: &&Route| other.method == "GET" && other.path == route.path;
        let reading = self.target.routes.iter().find(reading).cloned()?;
        let template = self.plan.template(&reading, &Method::GET);
        let read = self.send(template.request(caller)).await.ok()?;
        let shown = serde_json::from_slice(&read.body).ok()?;
        read.status.is_success().then_some((response, shown))
    }
}

fn members() -> Vec<(&'static str, Value)> {
    let mut members = vec![
        ("role", json!("admin")),
        ("roles", json!(["admin"])),
        ("permissions", json!(["admin"])),
        ("scope", json!("admin")),
    ];
    for name in [
        "is_admin",
        "isAdmin",
        "admin",
        "has_admin_role",
        "is_staff",
        "is_superuser",
        "verified",
        "email_verified",
        "approved",
    ] {
        members.push((name, json!(true)));
    }
    members.extend(OWNERS.map(|name| (name, json!(ANOTHER))));
    members
}

/// Whether two values say the same, in a form or in JSON.
pub(super) fn is_same(value: &Value, sent: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value == sent || text(value) == text(sent)
}

/// The member with a name, or with another spelling of its words.
fn value_of<'a>(json: &'a Value, name: &str) -> Option<&'a Value> {
    let bare = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    exact(json, name).or_else(|| found(json, &|member| bare(member) == bare(name)))
}

/// The member with exactly this name.
pub(super) fn exact<'a>(json: &'a Value, name: &str) -> Option<&'a Value> {
    found(json, &|member| member == name)
}

/// The first member with such a name, at any depth.
fn found<'a>(json: &'a Value, is_named: &dyn Fn(&str) -> bool) -> Option<&'a Value> {
    match json {
        Value::Object(members) => {
            let own = members.iter().find(|(member, _)| is_named(member)).map(|(_, value)| value);
            own.or_else(|| members.values().find_map(|value| found(value, is_named)))
        }
        // A list may have the records of others first.
        Value::Array(values) => values.last().and_then(|last| found(last, is_named)),
        _ => None,
    }
}

fn is_of_account(path: &str, template: &RequestTemplate) -> bool {
    is_account(path) && OF_ACCOUNTS.iter().any(|name| template.has_member(name))
}

/// Whether a client chooses permissions at a path.
pub(super) fn chooses(path: &str) -> bool {
    CHOOSE.iter().any(|word| path.contains(word))
}

pub(super) fn is_account(path: &str) -> bool {
    path.split('/').any(|segment| ACCOUNTS.contains(&segment))
}
