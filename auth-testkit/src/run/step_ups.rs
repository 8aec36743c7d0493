//! H38: a known caller who proves something once more, such as the current password.
//!
//! A service that takes `current_password` and does not compare it lets a session that was left
//! open set a new password (CWE-620). A code before a payment is worth nothing either if any code
//! is right.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::log_ins::others;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::Method;

/// Members that are compared wherever they are.
const PROOFS: [&str; 14] = [
    "current_password",
    "currentPassword",
    "old_password",
    "oldPassword",
    "existing_password",
    "current_pin",
    "currentPin",
    "old_pin",
    "otp",
    "totp",
    "totp_code",
    "mfa_code",
    "two_factor_code",
    "verification_code",
];

/// Members that are compared where a caller confirms what it does.
const CONFIRMING: [&str; 4] = ["password", "pin", "passcode", "confirmation_code"];

/// Parts of the path of a route where a caller confirms something.
const CONFIRMS: [&str; 15] = [
    "transfer",
    "payment",
    "withdraw",
    "payout",
    "confirm",
    "verif",
    "unlock",
    "disable",
    "deactivate",
    "sudo",
    "reauth",
    "step-up",
    "approve",
    "email",
    "close",
];

/// Parts of the path where a `code` is compared. Elsewhere it may be that of a discount.
const CODES: [&str; 4] = ["confirm", "verif", "step-up", "2fa"];

/// Parts of the path of a route whose code is another one, or where it is chosen.
const CHOSEN: [&str; 9] = ["coupon", "voucher", "promo", "discount", "country", "user", "member", "enrol", "invit"];

impl AttackRun {
    /// Sends another proof than that of the test, with a good credential.
    pub(super) async fn attack_step_up(
        &mut self,
        (route, method): (&Route, &Method),
        caller: &Credentials,
        report: &mut RouteReport,
    ) {
        let writes = matches!(*method, Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
        let is_known = route.decision() == Decision::Authenticated && !route.grpc;
        if self.plan.without.contains("H38") || !writes || !is_known {
            return;
        }
        let template = self.plan.template(route, method);
        let path = route.path.to_ascii_lowercase();
        let contains = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
        let confirms = contains(&CONFIRMS) && !contains(&CHOSEN);
        let code = || template.first_member(&["code"]).filter(|_| contains(&CODES) && !contains(&CHOSEN));
        let confirming = || template.first_member(&CONFIRMING).filter(|_| confirms).or_else(code);
        let Some((name, right)) = template.first_member(&PROOFS).or_else(confirming) else { return };
        let Ok(good) = self.send(template.request(caller)).await else { return };
        if !good.status.is_success() {
            return;
        }
        let Some(other) = others(&right).into_iter().next().filter(|other| *other != right) else { return };
        let Some(wrong) = template.naming(&[name], &right, &other) else { return };
        let Ok(response) = self.send(wrong.request(caller)).await else { return };
        let body = |response: &_| comparable_body(response, &self.plan.varying);
        let is_found = response.status == good.status && body(&response) == body(&good);
        report.count("H38", is_found);
        if is_found {
            let got_through = GotThrough {
                id: "H38",
                what: format!("another {name} than the right one, beside a good credential"),
                problem: format!(
                    "route does not compare `{name}`: `{}`, as with the right one: compare it before anything else is \
                     done",
                    response.status
                ),
            };
            self.report_got_through((route, method), got_through, (&wrong, caller), &response);
        }
    }
}
