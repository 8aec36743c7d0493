//! H36: an object of one tenant, requested below the path of another one.
//!
//! A check that compares the tenant of the path with the token, in front of a look-up by the id
//! only, gives the objects of all tenants to each of them.

use super::attack_run::AttackRun;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::named_owners::names_of;
use super::plan::{AttackPlan, names_of_parameters, unknown_like};
use super::requests::RequestTemplate;
use crate::issuer::TestIssuer;
use crate::report::RouteReport;
use crate::target::Route;
use http::Method;

/// How many other tenants are tried.
const TENANTS: usize = 3;

impl AttackRun {
    /// Requests the object of the good caller below the tenant of another caller.
    pub(super) async fn attack_objects_of_tenants(
        &mut self,
        (route, method): (&Route, &Method),
        (claim, tenant): (&str, &str),
        (template, own): (&RequestTemplate, &str),
        others: Vec<(String, TestIssuer)>,
        report: &mut RouteReport,
    ) {
        if *method != Method::GET || says_nothing(own) || self.plan.without.contains("H36") {
            return;
        }
        let Some(id) = self.id_beside(route, tenant) else { return };
        let scopes = AttackPlan::scopes_for(route);
        for (other, issuer) in others.into_iter().take(TENANTS) {
            let caller = issuer.another_caller("another-caller", &scopes);
            let below = template.at(&with_segment(&template.path, tenant, &other));
            let Ok(response) = self.send(below.request(&caller)).await else { continue };
            let mut is_found = response.status.is_success() && self.reveals_good_answer(route, method, &response);
            if is_found {
                // An answer that is the same for each id has no owner.
                let unknown = below.at(&with_segment(&below.path, &id, &unknown_like(&id)));
                let of_unknown = self.send(unknown.request(&caller)).await;
                is_found = of_unknown.is_ok_and(|unknown| !self.reveals_good_answer(route, method, &unknown));
            }
            report.count("H36", is_found);
            if is_found {
                let what = format!("the object of {tenant} below {other}, by a caller with the {claim} {other}");
                let problem = format!(
                    "object of another tenant: `{}`: `{claim}: {other}` gets the object of {tenant} at `{}`: look the \
                     object up by its tenant and its id",
                    response.status, below.path
                );
                let got_through = GotThrough { id: "H36", what, problem };
                self.report_got_through((route, method), got_through, (&below, &caller), &response);
                return;
            }
        }
    }

    /// The id of an object in the path, which the test has set.
    ///
    /// A name may be one of all tenants, as that of a currency or a user.
    fn id_beside(&self, route: &Route, tenant: &str) -> Option<String> {
        let names = names_of(&self.plan.good_token(route));
        let value = |name: String| {
            let (_, value) = self.plan.parameters.iter().find(|(known, _)| *known == name)?;
            let is_id = name.to_ascii_lowercase().ends_with("id") && value != tenant && !names.contains(value);
            is_id.then(|| value.clone())
        };
        names_of_parameters(&route.path).filter_map(value).last()
    }
}

fn with_segment(path: &str, segment: &str, other: &str) -> String {
    path.split('/').map(|own| if own == segment { other } else { own }).collect::<Vec<_>>().join("/")
}
