//! G07: a delivery for a tenant that the service does not know, signed with an empty key.
//!
//! A service with one secret for each tenant must reject a delivery where it has no secret. An
//! empty default is a key that every client knows (CWE-1188).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::issuer::TestSender;
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use http::Method;

/// Keys that a missing secret becomes.
const DEFAULTS: [(&str, &[u8]); 4] = [
    ("an empty key", b""),
    ("the key `null`", b"null"),
    ("the key `undefined`", b"undefined"),
    ("the key `None`", b"None"),
];

/// A service may answer all deliveries of unknown tenants alike, so that the sender ends.
const OTHER: &[u8] = b"a-key-that-the-service-does-not-know";

impl AttackRun {
    pub(super) async fn attack_unknown_tenant(
        &mut self,
        (route, method): (&Route, &Method),
        sender: &TestSender,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("G07") || self.locked_out {
            return;
        }
        let Some(elsewhere) = self.plan.elsewhere(route, method) else { return };
        let other = with_key(sender, OTHER);
        if self.is_delivered_to(&elsewhere, &other).await.is_none_or(|(_, is_delivered)| is_delivered) {
            return;
        }
        for (what, key) in DEFAULTS {
            let delivery = with_key(sender, key);
            let Some((response, is_found)) = self.is_delivered_to(&elsewhere, &delivery).await else { continue };
            report.count("G07", is_found);
            if is_found {
                let problem = format!(
                    "signature with {what} is accepted for an unknown tenant: `{}`: reject a delivery where no secret is \
                     known",
                    response.status
                );
                let what = format!("a signature with {what}, for an unknown tenant");
                let got_through = GotThrough { id: "G07", what, problem };
                self.report_got_through((route, method), got_through, (&elsewhere, &delivery), &response);
                return;
            }
        }
    }

    /// The response, and whether the handler has got the delivery.
    async fn is_delivered_to(
        &mut self,
        elsewhere: &RequestTemplate,
        delivery: &Credentials,
    ) -> Option<(ServiceResponse, bool)> {
        let before = self.read_side_effects().await;
        let response = self.send(elsewhere.request(delivery)).await.ok()?;
        let changes = self.read_side_effects().await != before;
        let is_delivered = changes || response.gate.admitted > 0 || response.status.is_success();
        Some((response, is_delivered))
    }
}

/// A new delivery, so that no service knows it as a replay.
fn with_key(sender: &TestSender, key: &[u8]) -> Credentials {
    let mut draft = sender.draft();
    draft.key = key.to_vec();
    Credentials::signed(draft.headers(), draft.signed.clone())
}
