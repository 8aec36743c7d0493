//! The verdict in one line.

use super::cause::counted;
use super::sender::Sender;
use super::{AttackReport, Cause, Severity};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

impl AttackReport {
    /// Returns the verdict in one line: "H01 passes on every route: the check does not run".
    ///
    /// ```
    /// # fn test(report: &auth_testkit::AttackReport) {
    /// println!("{}", report.verdict());
    /// # }
    /// ```
    #[must_use]
    pub fn verdict(&self) -> String {
        let causes = self.causes();
        let Some(worst) = causes.first() else { return "nothing got through".to_owned() };
        let attacked = self.routes.iter().filter(|report| report.tried.contains_key("good")).count();
        // The cause on most routes, the first of those.
        let widest = |a: &&Cause, b: &&Cause| a.routes.len().cmp(&b.routes.len()).then(b.example.cmp(&a.example));
        let through = causes.iter().filter(|cause| cause.severity == Severity::GotThrough);
        let named = |cause: &Cause| {
            let routes = if cause.routes.len() == attacked { "every route".to_owned() } else { cause.listed_routes() };
            format!("{} passes on {routes}", cause.id)
        };
        if let Some(missing) = through.clone().find(|cause| matches!(cause.id.as_str(), "H01" | "G01" | "U01")) {
            return format!("{}: the check does not run", named(missing));
        }
        if let Some(forged) = through.clone().filter(|cause| self.findings[cause.example].is_forgeable()).max_by(widest)
        {
            return format!(
                "{}: an unauthenticated client can send it: {}",
                named(forged),
                self.findings[forged.example].attack
            );
        }
        if let Some(signed) = through.max_by(widest) {
            let example = &self.findings[signed.example];
            let attack = &example.attack;
            let what = match example.sender() {
                Sender::Signer => "a request of the sender",
                Sender::SetUp => "the token of the set-up",
                Sender::Holder => "a credential of the service",
                Sender::PageOfAnotherSite => "a request of a page of another site",
                Sender::Caller | Sender::Unauthenticated => "a request of an authenticated caller",
                Sender::CallerWithoutPermission | Sender::Issuer | Sender::OtherIssuer => "a token of the issuer",
            };
            return format!("{}: {what} that must be rejected: {attack}", named(signed));
        }
        let wrong = counted(causes.len(), "cause");
        match worst.severity {
            Severity::Control => format!("inconclusive: {}", worst.problem),
            _ if causes.iter().all(|cause| cause.id == "L01") => {
                format!("nothing got through, but the log has credentials: {wrong}")
            }
            _ if causes.iter().all(|cause| cause.id.starts_with('S')) => {
                format!("nothing got through, but the set-up is not what the test expects: {wrong}")
            }
            _ => format!("nothing got through, but rejections differ from what is expected: {wrong}"),
        }
    }
}

/// Header and claims of the bearer token in a `curl` line.
pub(super) fn decoded_token(curl: &str) -> Option<String> {
    let (_, from) = curl.split_once("authorization: Bearer ")?;
    let token = from.split(['\'', ' ', '"']).next()?;
    let mut segments = token.split('.').map(|segment| URL_SAFE_NO_PAD.decode(segment).ok());
    let mut json = || serde_json::from_slice::<Value>(&segments.next()??).ok();
    let (header, claims) = (json()?, json()?);
    Some(format!("header {header}\n  claims {claims}"))
}
