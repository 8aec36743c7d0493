//! H37: a member that the service shows of an account, written by the owner of the account.
//!
//! A handler that merges the body into the row stores each member of it, such as the tier that
//! decides the prices (CWE-915). Reading the account again shows what was stored.

use super::attack_run::AttackRun;
use super::given_members::{chooses, exact, is_account, is_same};
use super::got_through::GotThrough;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;
use serde_json::{Value, json};

/// How many members are written.
const MEMBERS: usize = 4;

/// Members of an account that its owner must not set.
const OF_THE_SERVICE: [&str; 25] = [
    "role",
    "is_admin",
    "isAdmin",
    "admin",
    "is_staff",
    "is_superuser",
    "verified",
    "email_verified",
    "emailVerified",
    "approved",
    "kyc",
    "kyc_verified",
    "tier",
    "premium",
    "is_premium",
    "isPremium",
    "balance",
    "credit",
    "credits",
    "credit_limit",
    "creditLimit",
    "discount",
    "points",
    "loyalty_points",
    "loyaltyPoints",
];

/// Members that an owner may choose in some services: the kit suggests only.
const OF_EITHER: [&str; 5] = ["plan", "status", "level", "quota", "group"];

/// Parts of the path of a route where an owner chooses what it pays for.
const PAID: [&str; 7] = ["subscri", "plan", "bill", "checkout", "upgrad", "tier", "wallet"];

/// A route that changes an account, and the one that shows it.
struct Account<'a> {
    write: RequestTemplate,
    read: RequestTemplate,
    caller: &'a Credentials,
}

impl AttackRun {
    pub(super) async fn attack_shown_members(
        &mut self,
        (route, method): (&Route, &Method),
        caller: &Credentials,
        report: &mut RouteReport,
    ) {
        let writes = matches!(*method, Method::PATCH | Method::PUT | Method::POST);
        let path = route.path.to_ascii_lowercase();
        let is_own = is_account(&path) && !chooses(&path) && !PAID.iter().any(|part| path.contains(part));
        if self.plan.without.contains("H37") || !writes || !is_own || !route.permissions.is_empty() {
            return;
        }
        let name = route.to_string();
        let is_found = self.findings.iter().any(|finding| finding.id == "H37" && finding.route == name);
        let reading = |other: &&Route| {
            other.method == "GET" && other.path == route.path && other.decision() == Decision::Authenticated
        };
        let Some(reading) = self.target.routes.iter().find(reading).cloned().filter(|_| !is_found) else { return };
        let (write, read) = (self.plan.template(route, method), self.plan.template(&reading, &Method::GET));
        let account = Account { write, read, caller };
        let Some(before) = self.shown(&account).await else { return };
        let mut members: Vec<(&str, &Value, Value)> = Vec::new();
        for name in OF_THE_SERVICE.into_iter().chain(OF_EITHER).filter(|name| !account.write.has_member(name)) {
            let value = exact(&before, name).and_then(|value| Some((value, changed(value)?)));
            members.extend(value.map(|(value, changed)| (name, value, changed)));
        }
        for (name, was, sent) in members.into_iter().take(MEMBERS) {
            let Some((response, credentials)) = self.write_member(&account, name, &sent).await else { continue };
            let after = self.shown(&account).await.unwrap_or_default();
            let is_stored = exact(&after, name).is_some_and(|is| is_same(is, &sent));
            let is_found = is_stored && OF_THE_SERVICE.contains(&name);
            report.count("H37", is_found);
            if is_found {
                let got_through = GotThrough {
                    id: "H37",
                    what: format!("a member that the account shows: {name}"),
                    problem: format!(
                        "client sets a member that only the service may set: `{name}`: reading the account shows `{sent}` \
                         after `{was}`: read a type that has the members of clients only"
                    ),
                };
                self.report_got_through((route, method), got_through, (&account.write, &credentials), &response);
            } else if is_stored {
                self.suggestions.insert(format!(
                    "client sets `{name}` of its account: {route}: if only the service may set it, read a type \
                     without it"
                ));
            }
            if is_stored {
                let _ = self.write_member(&account, name, was).await;
            }
            if is_found {
                return;
            }
        }
    }

    /// What the caller reads of its account.
    async fn shown(&mut self, account: &Account<'_>) -> Option<Value> {
        let response = self.send(account.read.request(account.caller)).await.ok()?;
        serde_json::from_slice(&response.body).ok().filter(|_| response.status.is_success())
    }

    /// The response to a write that has succeeded, and what was sent.
    async fn write_member(
        &mut self,
        account: &Account<'_>,
        name: &str,
        value: &Value,
    ) -> Option<(ServiceResponse, Credentials)> {
        let body = Some(account.write.body_with_all(&[(name, value.clone())])?);
        let credentials = account.caller.clone().with(Credentials { body, ..Credentials::none() });
        let response = self.send(account.write.request(&credentials)).await.ok()?;
        response.status.is_success().then_some((response, credentials))
    }
}

/// Another value of the same type. A service may set a flag back, such as that of a new address.
fn changed(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(false) => Some(json!(true)),
        Value::String(text) => Some(json!(if text == "premium" { "admin" } else { "premium" })),
        Value::Number(number) => Some(json!(number.as_i64()?.checked_add(7_777)?)),
        _ => None,
    }
}
