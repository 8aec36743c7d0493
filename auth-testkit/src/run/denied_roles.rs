//! T29: roles that are almost those of a caller without the permission.
//!
//! A check that denies some roles by name grants all others, such as one that is spelled otherwise
//! or that is added later.

use super::attack_run::AttackRun;
use super::near_claims::credentials;
use super::plan::AttackPlan;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::Route;
use http::Method;
use serde_json::{Value, json};

/// Claims that grant. In others, such as a status, a value that is denied by name may be right.
const ROLES: [&str; 8] = ["role", "roles", "user_role", "group", "groups", "permission", "permissions", "access"];

/// Roles that change nothing. A check by the order of the roles may have a new one above all
/// others.
const CHANGE_NOTHING: [&str; 6] = ["auditor", "guest", "readonly", "trial", "suspended", "banned"];

impl AttackRun {
    pub(super) async fn attack_denied_roles(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("T29") || *method == Method::HEAD {
            return;
        }
        let lacking: Vec<_> = self.plan.lacking(route).map(|(_, issuer)| issuer.clone()).collect();
        let template = self.plan.template(route, method);
        for issuer in lacking {
            let claims: Vec<(String, Value)> =
                issuer.claims().iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            for (name, value) in claims.iter().filter(|(name, _)| ROLES.contains(&name.as_str())) {
                let own = credentials(&issuer, route, name, value);
                let denied = self.send(template.request(&own)).await.is_ok_and(|own| is_rejection(own.status));
                if denied {
                    let token =
                        AttackPlan::scopes_for(route).iter().fold(issuer.token(), |token, one| token.scope(one));
                    let without = Credentials::bearer(&token.without(name).signed());
                    let what = format!("no claim {name}, which grants nothing");
                    self.send_near(route, method, (&template, without, what), report).await;
                }
                let small = CHANGE_NOTHING.iter().filter(|_| *method != Method::GET);
                let small = small.map(|role| if value.is_array() { json!([role]) } else { json!(role) });
                for other in others(value).into_iter().chain(small).filter(|_| denied) {
                    let what = format!("the claim {name}: {other}, which grants nothing");
                    let credentials = credentials(&issuer, route, name, &other);
                    self.send_near(route, method, (&template, credentials, what), report).await;
                }
            }
        }
    }
}

/// Values that no service has, and other spellings of the one that is denied.
fn others(value: &Value) -> Vec<Value> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Value::Array(values) = value {
        let first = values.first().and_then(text).unwrap_or_default();
        return vec![json!([]), json!(["zzz"]), json!([first.to_uppercase()])];
    }
    let own = text(value).unwrap_or_default();
    vec![json!(""), json!("zzz"), json!(own.to_uppercase()), json!(format!("{own} "))]
}
