//! T29: the scope of another route, alone.
//!
//! A route may ask for the permission of another one (CVE-2024-8118). A caller that has only the
//! other permission gets what it must not get.

use super::attack_run::AttackRun;
use super::control::is_accepted;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use crate::catalogue::Credentials;
use crate::issuer::TestIssuer;
use crate::target::Route;
use http::Method;

/// How many scopes of other routes are sent to a route.
const SENT: usize = 12;

/// Parts of a scope that may include each other permission.
const BROAD: [&str; 12] =
    ["admin", "administrator", "*", "all", "root", "full", "owner", "super", "superuser", "manage", "staff", "sudo"];

/// Verbs of a scope that grants no more than to read.
const READS: [&str; 6] = ["read", "list", "view", "get", "readonly", "search"];

/// Other verbs of a scope, which may include a part of each other.
const WRITES: [&str; 14] = [
    "write",
    "create",
    "update",
    "delete",
    "edit",
    "modify",
    "execute",
    "send",
    "publish",
    "approve",
    "add",
    "remove",
    "readwrite",
    "rw",
];

impl AttackRun {
    /// The scopes of other routes that do not include a scope of this route.
    pub(super) fn scopes_of_others(&self, route: &Route, issuer: &TestIssuer) -> Vec<String> {
        let own = AttackPlan::scopes_for(route);
        // Where the test has such a claim, each token has its scopes.
        if own.is_empty() || issuer.has_claim("scope") || issuer.has_claim("scp") {
            return Vec::new();
        }
        let mut others: Vec<String> = Vec::new();
        for other in self.target.routes.iter().flat_map(AttackPlan::scopes_for) {
            if !others.contains(&other) && AttackPlan::lacks(route, &[&other]) {
                others.push(other);
            }
        }
        others.retain(|other| !own.contains(other) && !own.iter().any(|own| may_include(other, own)));
        others.truncate(SENT);
        others
    }

    /// Reports a route that rejects its declared scope and accepts that of another route, and
    /// returns the remedy.
    pub(super) async fn asks_for_another_scope(&mut self, route: &Route, method: &Method) -> Option<String> {
        if self.plan.without.contains("T29") {
            return None;
        }
        let issuer = self.plan.sources.of(route).issuer().cloned()?;
        let own = AttackPlan::scopes_for(route).join(" ");
        let template = self.plan.template(route, method);
        for other in self.scopes_of_others(route, &issuer) {
            let caller = Credentials::bearer(&issuer.token().scope(&other).signed());
            let Ok(response) = self.send(template.request(&caller)).await else { continue };
            if response.status.is_success() && is_accepted(&self.target, &response) {
                let got_through = GotThrough {
                    id: "T29",
                    what: format!("a token with only the scope {other}, which another route requires"),
                    problem: format!(
                        "route asks for another permission than it is declared with: a token with `{other}` gets \
                         `{}`, and one with `{own}` is rejected: check `{own}`",
                        response.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&template, &caller), &response);
                return Some(format!("the route asks for `{other}`: check `{own}`, or repair the declaration"));
            }
        }
        None
    }
}

/// Whether a service may grant the second scope to a caller that has the first.
pub(super) fn may_include(scope: &str, other: &str) -> bool {
    let parts = |scope: &str| -> Vec<String> {
        let parts = scope.split([':', '.', '/', '_', '-']).map(str::to_ascii_lowercase);
        parts.filter(|part| !part.is_empty()).collect()
    };
    let (parts_of_scope, parts_of_other) = (parts(scope), parts(other));
    let is_in = |list: &[&str], part: &String| list.contains(&part.as_str());
    if parts_of_scope.iter().any(|part| is_in(&BROAD, part)) {
        return true;
    }
    let noun = |parts: &[String]| -> Vec<String> {
        parts.iter().filter(|part| !is_in(&READS, part) && !is_in(&WRITES, part)).cloned().collect()
    };
    let reads = |parts: &[String]| {
        parts.iter().any(|part| is_in(&READS, part)) && !parts.iter().any(|part| is_in(&WRITES, part))
    };
    noun(&parts_of_other).starts_with(&noun(&parts_of_scope)) && (!reads(&parts_of_scope) || reads(&parts_of_other))
}

#[cfg(test)]
mod tests {
    use super::may_include;

    #[test]
    fn a_scope_may_include_what_is_below_it() {
        for (scope, other) in [
            ("orders:write", "orders:read"),
            ("write", "read"),
            ("orders", "orders:read"),
            ("orders:read", "orders.lines:read"),
            ("read:orders", "list:orders"),
            ("orders:write", "orders:delete"),
            ("admin:orders", "users:read"),
            ("full_access", "users:read"),
        ] {
            assert!(may_include(scope, other), "{scope} {other}");
        }
    }

    #[test]
    fn a_scope_does_not_include_another_noun_nor_a_write() {
        for (scope, other) in [
            ("orders:read", "orders:write"),
            ("read", "write"),
            ("users:write", "orders:read"),
            ("alert.instances.external:write", "alert.rules:write"),
        ] {
            assert!(!may_include(scope, other), "{scope} {other}");
        }
    }
}
