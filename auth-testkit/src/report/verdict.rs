//! The verdict in one line, and what a finding is worth to an attacker.

use super::cause::counted;
use super::{AttackReport, Cause, Finding, Severity};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Attacks whose token has a valid signature of the issuer.
const SIGNED_BY_THE_ISSUER: [&str; 19] = [
    "D01", "T06", "T13", "T14", "T20", "T21", "T22", "T23", "T24", "T25", "T26", "T27", "T29", "T30", "T31", "T32",
    "T33", "T62", "T65",
];

/// Attacks whose request has a valid signature of the sender.
const SIGNED_BY_THE_SENDER: [&str; 5] = ["G13", "G14", "G15", "G18", "G19"];

/// Attacks whose request may have a good token of its caller.
const BESIDE_A_GOOD_TOKEN: [&str; 4] = ["H31", "H32", "H36", "H40"];

/// The attack whose request has the good token of the set-up.
const WITH_THE_TOKEN_OF_THE_SET_UP: &str = "U05";

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
            let attack = &self.findings[signed.example].attack;
            let what = match signed.id.as_bytes() {
                [b'G', ..] => "a request of the sender",
                [b'U', ..] => "the token of the set-up",
                [b'H', ..] => "a request of an authenticated caller",
                _ => "a token of the issuer",
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

impl Finding {
    /// Whether a client can make the request without what the issuer or the sender has signed.
    #[must_use]
    pub fn is_forgeable(&self) -> bool {
        let id = self.id.as_str();
        !SIGNED_BY_THE_ISSUER.contains(&id)
            && !SIGNED_BY_THE_SENDER.contains(&id)
            && id != WITH_THE_TOKEN_OF_THE_SET_UP
            && !self.is_of_a_caller()
    }

    /// Whether the request has the good token of a caller, who takes more than the token grants.
    pub(super) fn is_of_a_caller(&self) -> bool {
        BESIDE_A_GOOD_TOKEN.contains(&self.id.as_str()) && self.request.contains("authorization: Bearer ")
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
