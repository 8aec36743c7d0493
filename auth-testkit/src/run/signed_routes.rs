//! Attacks signed routes: a good delivery, every bad one, a replay, a body over the cap.

use super::attack_run::AttackRun;
use super::control::When;
use super::probe::Probe;
use super::requests::{self, Curl};
use super::signed_answers::{ACCEPTED, BEYOND_THE_CAP, SignedExpected, SignedShot};
use crate::catalogue::{BadDelivery, Credentials, bad_deliveries, unsigned_deliveries};
use crate::issuer::TestSender;
use crate::report::{Finding, RouteReport, Severity};
use crate::target::{Route, ServiceResponse};
use http::{Method, StatusCode};

/// The longest body that a `curl` line shows, in bytes.
const SHOWN: usize = 4096;

const REPEATED_IS_GOOD: &str =
    "a repeated delivery gets 2xx too: add `.unchanged(..)` with a value that the handler changes";

impl AttackRun {
    /// Attacks a signed route. Without a sender in the same program there is a finding already.
    pub(super) async fn attack_signed_route(&mut self, route: &Route, all: &[Route], report: &mut RouteReport) {
        let Some(sender) = self.plan.senders.of(route).cloned() else {
            report.note("NOT ATTACKED with signatures: the test has no sender for it".to_owned());
            for method in route.methods(all) {
                self.send_bad(route, &method, None, unsigned_deliveries(), report).await;
            }
            return;
        };
        for method in route.methods(all) {
            // Where a good delivery fails, a rejection proves nothing.
            let Some((delivered, status)) = self.delivery(route, &method, &sender, When::Before, report).await else {
                continue;
            };
            self.replay(route, &method, &sender, delivered, status, report).await;
            self.send_bad(route, &method, Some(&sender), bad_deliveries(&sender), report).await;
            self.attack_unknown_tenant((route, &method), &sender, report).await;
            self.exceed_the_cap(route, &method, &sender, report).await;
            let _ = self.delivery(route, &method, &sender, When::After, report).await;
        }
    }

    async fn send_bad(
        &mut self,
        route: &Route,
        method: &Method,
        sender: Option<&TestSender>,
        all: Vec<BadDelivery>,
        report: &mut RouteReport,
    ) {
        for bad in all {
            let mut expected = SignedExpected::Unauthorized {
                reasons: bad.reasons,
                unread: bad.shown_by_its_head && self.target.is_guarded(),
            };
            if let (Some(as_sent), Some(sender), false) = (bad.as_sent, sender, self.target.is_guarded()) {
                if let Some(why) = self.why_spellings_show_nothing(sender, report) {
                    self.not_sent.insert(format!("{} {}", bad.id, bad.name), format!("{route}: {why}"));
                    continue;
                }
                if sender.may_repeat() {
                    expected = SignedExpected::Repeated;
                }
                let _ = self.send(self.plan.template(route, method).request(&as_sent)).await;
            }
            let shot = self.signed_shot(route, method, bad.id, &bad.name, bad.credentials);
            self.send_signed(shot, sender, expected, report).await;
        }
    }

    /// Why the copy of a delivery in another spelling shows nothing.
    ///
    /// Only the sender can sign it. So it is a mistake of a plain router that knows deliveries by
    /// the text of their signature: the copy of one that was handled is a new one then.
    fn why_spellings_show_nothing(&self, sender: &TestSender, report: &RouteReport) -> Option<&'static str> {
        let is_replayed = |finding: &Finding| {
            finding.id == "G18" && finding.route == report.route.to_string() && finding.problem.starts_with(ACCEPTED)
        };
        if self.findings.iter().any(is_replayed) {
            Some("a good delivery is accepted again as it is")
        } else if sender.may_repeat() && self.plan.side_effects.is_empty() {
            Some(REPEATED_IS_GOOD)
        } else {
            None
        }
    }

    fn signed_shot<'a>(
        &self,
        route: &'a Route,
        method: &Method,
        id: &str,
        what: &str,
        credentials: Credentials,
    ) -> SignedShot<'a> {
        let template = self.plan.template(route, method);
        let mut shown = credentials.clone();
        if let Some(body) = shown.body.as_mut().filter(|body| body.len() > SHOWN) {
            *body = format!("{} bytes", body.len());
        }
        let curl = Curl::Line(requests::curl(&template, &shown).line());
        let probe = Probe { route, method: method.clone(), id: id.to_owned(), what: what.to_owned(), curl };
        SignedShot { probe, request: template.request(&credentials), credentials }
    }

    /// Sends a good delivery, and returns it with its status if the handler has answered.
    async fn delivery(
        &mut self,
        route: &Route,
        method: &Method,
        sender: &TestSender,
        when: When,
        report: &mut RouteReport,
    ) -> Option<(Credentials, StatusCode)> {
        let draft = sender.draft();
        let credentials = Credentials::signed(draft.headers(), draft.signed.clone());
        let what = match when {
            When::Before => "a good delivery, before the attacks",
            When::After => "a good delivery, after the attacks",
        };
        let SignedShot { probe, request, .. } = self.signed_shot(route, method, "good", what, credentials.clone());
        let finding = match self.send(request).await {
            Ok(response) if self.is_delivered(&response) => {
                report.count("good", false);
                return Some((credentials, response.status));
            }
            Ok(response) => {
                let problem = format!(
                    "good delivery was rejected: `{}`: sign with the secret of the service, at the time of its clock, \
                     and set the body that the handler reads: `TestSender::body`",
                    response.status
                );
                probe.finding(Severity::Control, problem, Some(&response))
            }
            Err(cause) => {
                let mut finding = probe.without_response(cause);
                finding.severity = Severity::Control;
                finding
            }
        };
        report.count("good", true);
        self.findings.push(finding);
        None
    }

    /// Whether the handler has got the delivery. It may refuse what the body says.
    fn is_delivered(&self, response: &ServiceResponse) -> bool {
        if self.target.is_guarded() { response.gate.admitted > 0 } else { response.status.is_success() }
    }

    /// Sends the good delivery again (G18).
    async fn replay(
        &mut self,
        route: &Route,
        method: &Method,
        sender: &TestSender,
        delivered: Credentials,
        status: StatusCode,
        report: &mut RouteReport,
    ) {
        let what = "a good delivery again";
        let mut not_sent = |why: &str| self.not_sent.insert(format!("G18 {what}"), format!("{route}: {why}"));
        if sender.may_repeat() && !status.is_success() {
            // The sender repeats a delivery until it was handled.
            not_sent("the handler answers no 2xx, so the sender may repeat the delivery");
            return;
        }
        if sender.may_repeat() && !self.target.is_guarded() && self.plan.side_effects.is_empty() {
            not_sent(REPEATED_IS_GOOD);
            return;
        }
        let expected = if sender.may_repeat() { SignedExpected::Repeated } else { SignedExpected::Replayed };
        let shot = self.signed_shot(route, method, "G18", what, delivered);
        self.send_signed(shot, Some(sender), expected, report).await;
    }

    /// Sends a body over the cap, with a good signature (G19).
    async fn exceed_the_cap(&mut self, route: &Route, method: &Method, sender: &TestSender, report: &mut RouteReport) {
        let mut draft = sender.draft();
        let more = (sender.longest_body() + BEYOND_THE_CAP).saturating_sub(draft.signed.len());
        draft.signed.push_str(&" ".repeat(more));
        let what = "a body over the cap";
        let credentials = Credentials::signed(draft.headers(), draft.signed.clone());
        let shot = self.signed_shot(route, method, "G19", what, credentials);
        self.send_signed(shot, Some(sender), SignedExpected::TooLarge, report).await;
    }
}
