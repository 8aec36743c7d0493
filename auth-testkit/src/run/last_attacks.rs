//! What follows the attacks of the routes: sessions, and what changes accounts for good.

use super::attack_run::AttackRun;
use crate::report::RouteReport;
use crate::target::Route;

impl AttackRun {
    /// The ways of a session: without a log-in, before it, and after a log-out.
    pub(super) async fn attack_sessions(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        self.attack_with_public_cookies(routes, reports).await;
        self.attack_with_public_values(routes, reports).await;
        self.attack_unsigned_cookies(routes, reports).await;
        self.attack_unfinished_log_ins(routes, reports).await;
        self.attack_fixed_sessions(routes, reports).await;
        self.attack_numbered_sessions(routes, reports).await;
        self.attack_log_outs(routes, reports).await;
    }

    /// What changes the accounts of the callers, so that other attacks would show nothing after it.
    ///
    /// A caller may have a permission after the first three, another password after the last but
    /// one, and no account at the end.
    pub(super) async fn attack_last(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        self.attack_token_passwords(routes, reports).await;
        self.attack_minted_keys(routes, reports).await;
        self.attack_log_in_bodies(routes, reports).await;
        self.attack_new_accounts(routes, reports).await;
        self.attack_stored_roles(routes, reports).await;
        self.attack_crossed_invites(routes, reports).await;
        self.attack_roles_above(routes, reports).await;
        self.attack_new_passwords(routes, reports).await;
        self.attack_ended_accounts(routes, reports).await;
    }
}
