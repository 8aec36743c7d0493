//! H31 and T29: callers of another tenant, who name the tenant of the owner.
//!
//! The tenant of a request is that of the token. A path or a query that names another one must be
//! compared with it.

use super::attack_run::AttackRun;
use super::good_answers::says_nothing;
use super::identities::TENANTS;
use super::named_owners::OwnerNames;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests;
use crate::catalogue::Credentials;
use crate::issuer::TestIssuer;
use crate::report::{RouteReport, Severity};
use crate::target::Route;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

/// Claims that name a tenant, which are also the fields of a query or a body.
pub(super) const NAMES: [&str; 16] = [
    "tenant",
    "tenant_id",
    "tenantId",
    "tid",
    "org",
    "org_id",
    "orgId",
    "organization",
    "organization_id",
    "company",
    "company_id",
    "workspace",
    "workspace_id",
    "team_id",
    "customer_id",
    "account_id",
];

const ANOTHER: &str = "another-tenant";

impl AttackRun {
    pub(super) async fn attack_tenant(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let Some(issuer) = self.plan.sources.of(route).issuer().cloned() else { return };
        let mut tenants = issuer.claims().iter().filter_map(|(claim, value)| Some((claim, value.as_str()?)));
        let Some((claim, tenant)) = tenants.find(|(claim, _)| NAMES.contains(&claim.as_str())) else { return };
        if *method == Method::HEAD {
            return;
        }
        let template = self.plan.template(route, method);
        let good = Credentials::bearer(&self.plan.good_token(route));
        let Some(own) = self.stable_answer(&template, &good).await else { return };
        let scopes = AttackPlan::scopes_for(route);
        let token = scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope));
        let other = Credentials::bearer(&token.claim(claim, ANOTHER).signed());
        if !self.plan.without.contains("H31") {
            let header = |name: &&'static str| {
                let value = HeaderValue::from_str(tenant).ok()?;
                Some(Credentials::none().header(HeaderName::from_static(name), value))
            };
            let headers = TENANTS.iter().filter_map(header).collect();
            let named = OwnerNames { name: tenant, fields: &NAMES, headers };
            self.name_owner(route, method, ("a caller of another tenant", &other, &own), named, report).await;
            // The request of the test may name the tenant already.
            let in_fields = template.naming(&NAMES, tenant, ANOTHER);
            for named in template.naming_in_headers(tenant, ANOTHER).into_iter().chain(in_fields) {
                self.repeat_named((route, method), (&template, &named), (&other, &own), report).await;
            }
        }
        if !template.path.split('/').any(|segment| segment == tenant) {
            return;
        }
        let others = self.other_tenants(&issuer, (claim, tenant));
        self.attack_objects_of_tenants((route, method), (claim, tenant), (&template, &own), others, report).await;
        if says_nothing(&own) || self.plan.without.contains("T29") {
            return;
        }
        let Some(answer) = self.answer(&template, &other).await else { return };
        report.count("T29", answer == own);
        if answer == own {
            let probe = Probe {
                route,
                method: method.clone(),
                id: "T29".to_owned(),
                what: format!("a token with the {claim} {ANOTHER}, and the path of {tenant}"),
                curl: requests::curl(&template, &other),
            };
            let problem = format!(
                "tenant of the path is not that of the token: `{claim}: {ANOTHER}` gets the answer of {tenant}: compare \
                 the path with the claim"
            );
            let finding = probe.finding(Severity::GotThrough, problem, None);
            self.findings.push(finding);
        }
    }

    /// An unknown tenant, and those of the callers that the test names.
    fn other_tenants(&self, issuer: &TestIssuer, (claim, tenant): (&str, &str)) -> Vec<(String, TestIssuer)> {
        let mut others = vec![(ANOTHER.to_owned(), issuer.clone().with_claim(claim, json!(ANOTHER)))];
        for (_, issuer) in self.plan.lacking.iter().chain(&self.plan.denied_by) {
            let name = issuer.claims().get(claim).and_then(Value::as_str).unwrap_or(tenant);
            if name != tenant && others.iter().all(|(known, _)| known != name) {
                others.push((name.to_owned(), issuer.clone()));
            }
        }
        others
    }
}
