//! Which requirements of others a run has tried: OWASP ASVS 5.0 and the API Security Top 10 of 2023.
//!
//! The texts are ours, and short; the documents say what is meant.

use super::AttackReport;

/// A requirement, and the attacks that try it.
pub(super) struct Requirement {
    pub(super) id: &'static str,
    pub(super) text: &'static str,
    /// Attacks; nothing where none of them tries it.
    attacks: &'static [&'static str],
    /// What is to be known of it beside that.
    pub(super) remark: &'static str,
}

/// How a requirement came out in a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Tried,
    Failed,
    NotTried,
    NotByThisKit,
}

impl Requirement {
    pub(super) fn outcome(&self, report: &AttackReport) -> Outcome {
        if self.attacks.is_empty() {
            return Outcome::NotByThisKit;
        }
        let mut outcome = Outcome::NotTried;
        for (id, tried) in report.routes.iter().flat_map(|route| &route.tried) {
            if self.attacks.contains(&id.as_str()) {
                if tried.failed > 0 {
                    return Outcome::Failed;
                }
                outcome = Outcome::Tried;
            }
        }
        outcome
    }

    pub(super) fn attacks(&self) -> String {
        self.attacks.join(", ")
    }
}

const fn tried(
    id: &'static str,
    text: &'static str,
    attacks: &'static [&'static str],
    remark: &'static str,
) -> Requirement {
    Requirement { id, text, attacks, remark }
}

pub(super) const REQUIREMENTS: &[Requirement] = &[
    tried("ASVS 4.1.4", "only methods that are meant are answered", &["H13", "H14"], ""),
    tried("ASVS 6.3.4", "there is no way in that nobody wrote down", &["H09", "H10", "H11", "H15", "H16"], ""),
    tried("ASVS 7.4.1", "a token that was taken back is refused", &[], "needs the service's own store of revocations"),
    tried("ASVS 8.2.1", "functions are for those who were permitted them", &["T29", "H01"], ""),
    tried("ASVS 8.2.2", "objects are for those who were permitted them", &[], "rules about objects: `Permitted<T, R>`"),
    tried("ASVS 9.1.1", "a token's signature is verified before it is used", &["T02", "T16", "T17", "T52"], ""),
    tried("ASVS 9.1.2", "algorithms are on a list, and none is not", &["T01", "T03", "T04", "T06"], ""),
    tried("ASVS 9.1.3", "keys come from where they were configured", &["T12", "T13", "T14"], ""),
    tried("ASVS 9.2.1", "tokens are refused outside of their time", &["T20", "T21", "T26"], ""),
    tried("ASVS 9.2.2", "tokens are of the kind that is meant", &["T24", "T25"], ""),
    tried("ASVS 9.2.3", "tokens are for this service", &["T22", "T23"], ""),
    tried("ASVS 10.3.1", "access tokens are for this resource server", &["T23"], ""),
    tried("ASVS 10.3.2", "scopes are a part of the decision", &["T29"], ""),
    tried(
        "ASVS 10.3.3",
        "a caller is an issuer and a subject",
        &["T22", "T27"],
        "that identities are kept by both is the service's",
    ),
    tried("ASVS 10.3.4", "strength and age of an authentication", &[], "`claim!` and permissions of the service's own"),
    tried("ASVS 10.3.5", "tokens are bound to their sender", &[], "DPoP and mutual TLS are not supported"),
    tried(
        "ASVS 16.2.5",
        "no token is in a log",
        &["H01", "T02"],
        "in the events of an AuthRouter; not looked for elsewhere",
    ),
    tried(
        "ASVS 16.3.1",
        "each refused authentication is logged",
        &["H01", "T02", "T20"],
        "counted for an AuthRouter, or with `.heard(..)`",
    ),
    tried(
        "ASVS 16.3.2",
        "each refused permission is logged",
        &["T29"],
        "counted for an AuthRouter, or with `.heard(..)`",
    ),
    tried(
        "ASVS 16.5.3",
        "nothing fails open",
        &["T32", "T33", "T36", "H06"],
        "stores and keys that are down: not by this kit",
    ),
    tried("API1:2023", "objects are for those who were permitted them", &[], "rules about objects: `Permitted<T, R>`"),
    tried("API2:2023", "authentication can't be got around", &["H01", "H04", "H05", "T01", "T02", "T03", "T20"], ""),
    tried("API5:2023", "functions are for those who were permitted them", &["T29"], ""),
    tried(
        "API8:2023",
        "nothing is open by misconfiguration",
        &["H13", "H14", "H15", "open"],
        "layers and TLS are not looked at",
    ),
    tried("API9:2023", "every route is on a list", &["H15"], "the posture, and its lock"),
];
