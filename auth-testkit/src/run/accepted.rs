//! What the test accepts of a service that is right in its own way.

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use crate::report::Severity;
use http::StatusCode;
use std::collections::BTreeMap;

impl AttackBuilder {
    /// Accepts the findings of an attack that the service means, with the reason.
    ///
    /// The attack is sent, and the report lists the reason and the number of findings. A control
    /// cannot be accepted. [`without_attack`](Self::without_attack) does not send it.
    ///
    /// ```
    /// # use auth_runtime::AuthRouter;
    /// # use auth_testkit::{TestIssuer, attack};
    /// # async fn test(app: AuthRouter, issuer: TestIssuer) {
    /// let attack = attack(app).with(&issuer);
    /// let attack = attack.accepting("H31", "support acts for a customer, and is logged");
    /// attack.await.assert_nothing_got_through();
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason, as [`public`](Self::public).
    #[track_caller]
    pub fn accepting(mut self, id: &str, why: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason to accept `{id}`"), why);
        self.plan.accepted.add(id, why);
        self
    }

    /// Declares another status with which the service rejects, with the reason.
    ///
    /// 404 is for a service that hides its routes, 302 for one that sends browsers to a login page.
    /// A response with it is a rejection where no handler runs, no body of a good answer is sent,
    /// and good tokens get another status.
    ///
    /// # Panics
    ///
    /// When the status is one of success, and when a reviewer cannot read the reason.
    #[track_caller]
    pub fn rejecting_with(mut self, status: u16, why: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason to reject with `{status}`"), why);
        let status = StatusCode::from_u16(status).expect("a status of HTTP");
        assert!(!status.is_success(), "status is not a rejection: `{status}`: name a 3xx, 4xx or 5xx");
        self.plan.rejections.insert(status.as_u16(), why.to_owned());
        self
    }

    /// Declares a text in the body of each rejection, with the reason.
    ///
    /// GraphQL services answer 200 with `errors`: `.rejecting_with_text("UNAUTHENTICATED", "why")`.
    /// Such an answer counts as a 401 where it has no `data`, and a good token must get another
    /// one. The challenge of a 401 is not checked.
    ///
    /// # Panics
    ///
    /// When the text is empty, and when a reviewer cannot read the reason.
    #[track_caller]
    pub fn rejecting_with_text(mut self, text: &str, why: &str) -> Self {
        assert!(!text.is_empty(), "text of a rejection is empty: name one that no good answer has");
        self.target.rejecting_texts.push(text.to_owned());
        self.rejecting_with(StatusCode::UNAUTHORIZED.as_u16(), why)
    }
}

impl AttackRun {
    /// Takes out what the test accepts, and returns the reasons for the report.
    pub(super) fn take_accepted(&mut self) -> BTreeMap<String, String> {
        let mut accepted: BTreeMap<String, String> =
            self.plan.rejections.iter().map(|(status, why)| (format!("status {status}"), why.clone())).collect();
        for (id, why) in self.plan.accepted.reasons() {
            let before = self.findings.len();
            self.findings.retain(|finding| finding.id != *id || finding.severity == Severity::Control);
            accepted.insert(id.clone(), format!("{why} (findings: {})", before - self.findings.len()));
        }
        accepted
    }
}
