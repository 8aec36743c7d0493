//! N06: a credential that the service has accepted, revoked, and sent again.
//!
//! A service that caches the caller of a key or a session must remove it from the cache when it
//! is revoked. A credential that was never used is not in the cache.

use super::attack_run::AttackRun;
use super::control::is_accepted;
use super::kinds::ready;
use crate::catalogue::{Credentials, Expected};
use crate::issuer::CredentialSource;
use crate::report::RouteReport;
use crate::target::{AcceptedKind, Place, Route};
use http::{Method, StatusCode};

impl AttackRun {
    pub(super) async fn attack_used_credential(
        &mut self,
        (route, method): (&Route, &Method),
        (kind, place): (&AcceptedKind, &Place),
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        let Some(CredentialSource::Own(own)) = self.plan.credentials.of(kind).cloned() else { return };
        if self.plan.without.contains("N06") || self.locked_out {
            return;
        }
        let good = own.good().await;
        if !own.can_revoke() || !place.holds(&good) {
            return;
        }
        let credentials = Credentials::placed(place, &good);
        let request = self.plan.template(route, method).request(&credentials);
        // A credential that the service rejects is in no cache.
        if !self.send(request).await.is_ok_and(|response| is_accepted(&self.target, &response)) {
            return;
        }
        own.revoke(&good).await;
        let name = format!("a credential that was used and then revoked, in {place}");
        let attack = ready("N06", name, Expected::InvalidToken, credentials);
        self.send_attacks(route, method, &[attack], good_status, report).await;
    }
}
