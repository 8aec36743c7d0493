//! H31: a caller without the permission, beside headers that a policy cannot parse.
//!
//! CVE-2024-47070 (authentik): a policy failed on an `X-Forwarded-For` that is not an address, and
//! a failed policy counted as passed. A policy that fails must deny.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::plan::AttackPlan;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::Route;
use http::{HeaderName, Method};

/// Headers that services parse, with values that are malformed, or not text (RFC 9110 section 5.5).
const UNPARSABLE: [(&str, &[u8]); 10] = [
    ("x-forwarded-for", b"a"),
    ("x-forwarded-for", b"\xff"),
    ("forwarded", b"for=\"["),
    ("x-real-ip", b"a"),
    ("cf-connecting-ip", b"a"),
    ("user-agent", b"\xff"),
    ("accept-language", b"\xff"),
    ("cookie", b"\xff=\xff"),
    ("origin", b"\xff"),
    ("x-request-id", b"\xff"),
];

impl AttackRun {
    pub(super) async fn attack_failed_policies(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H31") || *method == Method::HEAD || route.grpc {
            return;
        }
        let Some(caller) = self.denied_caller(route, method).await else { return };
        let template = self.plan.template(route, method);
        for (name, value) in UNPARSABLE {
            let header = Credentials::none().header(HeaderName::from_static(name), value);
            let is_carrier = route.places().iter().any(|place| !place.is_bearer() && header.are_in(place));
            // A value of the test may be required.
            if is_carrier || template.header(&HeaderName::from_static(name)).is_some() {
                continue;
            }
            let sent = caller.clone().with(header);
            let Ok(response) = self.send(template.request(&sent)).await else { continue };
            let is_found = response.status.is_success() || response.gate.admitted > 0;
            report.count("H31", is_found);
            if is_found {
                let value = value.escape_ascii();
                let got_through = GotThrough {
                    id: "H31",
                    what: format!("{name}: {value} beside a token without the permission"),
                    problem: format!(
                        "header that cannot be parsed grants a permission: `{name}: {value}`: deny where a policy fails"
                    ),
                };
                self.report_got_through((route, method), got_through, (&template, &sent), &response);
                return;
            }
        }
    }

    /// The first caller without a permission, or without a condition, whom the route denies.
    async fn denied_caller(&mut self, route: &Route, method: &Method) -> Option<Credentials> {
        let scopes = AttackPlan::scopes_for(route);
        let not_meeting = self.plan.not_meeting(route).map(|(condition, issuer)| {
            let scopes = scopes.iter().filter(|scope| *scope != condition);
            Credentials::bearer(&scopes.fold(issuer.token(), |token, scope| token.scope(scope)).signed())
        });
        let callers: Vec<Credentials> = not_meeting.take(1).chain(self.callers_without(route, route)).collect();
        let template = self.plan.template(route, method);
        for caller in callers {
            if self.send(template.request(&caller)).await.is_ok_and(|response| is_rejection(response.status)) {
                return Some(caller);
            }
        }
        None
    }
}
