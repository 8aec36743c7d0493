//! The requirements of OWASP ASVS 5.0 and of the API Security Top 10 (2023) that a run covers.
//!
//! The texts are short summaries of ours; the OWASP documents are authoritative.

use super::AttackReport;

/// A requirement, and the attacks that test it.
pub(super) struct Requirement {
    pub(super) id: &'static str,
    pub(super) text: &'static str,
    /// Ids of attacks; empty where the kit does not test the requirement.
    attacks: &'static [&'static str],
    pub(super) remark: &'static str,
}

/// The result of a requirement in a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    /// Passed, but the test excludes some of its attacks.
    Partly,
    Failed,
    NotTested,
    NotCovered,
}

impl Requirement {
    pub(super) fn outcome(&self, report: &AttackReport) -> Outcome {
        if self.attacks.is_empty() {
            return Outcome::NotCovered;
        }
        let mut outcome = Outcome::NotTested;
        for (id, counts) in report.routes.iter().flat_map(|route| &route.tried) {
            if self.attacks.contains(&id.as_str()) && report.accepted.contains_key(id) {
                outcome = Outcome::Passed;
            } else if self.attacks.contains(&id.as_str()) {
                if counts.failed > 0 {
                    return Outcome::Failed;
                }
                outcome = Outcome::Passed;
            }
        }
        if outcome == Outcome::Passed && !self.excluded(report).is_empty() {
            return Outcome::Partly;
        }
        outcome
    }

    /// The attacks of the requirement that the test excludes.
    pub(super) fn excluded(&self, report: &AttackReport) -> String {
        let excluded =
            self.attacks.iter().filter(|id| report.excluded.contains_key(**id) || report.accepted.contains_key(**id));
        excluded.copied().collect::<Vec<_>>().join(", ")
    }

    pub(super) fn attacks(&self) -> String {
        self.attacks.join(", ")
    }
}

const fn requirement(
    id: &'static str,
    text: &'static str,
    attacks: &'static [&'static str],
    remark: &'static str,
) -> Requirement {
    Requirement { id, text, attacks, remark }
}

const OBJECTS: &str = "write rules about objects: `Permitted<T, R>`";
const COUNTED: &str = "counted for an `AuthRouter`, or with `.reported_refusals(..)`";

pub(super) const REQUIREMENTS: &[Requirement] = &[
    requirement("ASVS 4.1.4", "only declared methods are answered", &["H13", "H14"], ""),
    requirement(
        "ASVS 6.3.4",
        "no undocumented path is open",
        &["H09", "H10", "H11", "H15", "H16", "H31", "H32", "H33"],
        "",
    ),
    requirement("ASVS 7.4.1", "a revoked token is rejected", &[], "needs the service's own revocation list"),
    requirement("ASVS 8.2.1", "functions require a permission", &["T29", "H01"], ""),
    requirement("ASVS 8.2.2", "objects require a permission", &[], OBJECTS),
    requirement("ASVS 9.1.1", "signatures are verified before use", &["T02", "T16", "T17", "T52", "T60", "T63"], ""),
    requirement("ASVS 9.1.2", "algorithms are on an allow list; `none` is not", &["T01", "T03", "T04", "T06"], ""),
    requirement("ASVS 9.1.3", "keys come from the configured source", &["T12", "T13", "T14", "T18", "T61", "T66"], ""),
    requirement(
        "ASVS 9.2.1",
        "tokens are rejected outside of their validity",
        &["T20", "T21", "T26", "T62", "T65"],
        "",
    ),
    requirement("ASVS 9.2.2", "tokens have the expected type", &["T24", "T25"], ""),
    requirement("ASVS 9.2.3", "tokens are for this service", &["T22", "T23"], ""),
    requirement("ASVS 10.3.1", "access tokens are for this resource server", &["T23"], ""),
    requirement("ASVS 10.3.2", "scopes are part of the decision", &["T29"], ""),
    requirement(
        "ASVS 10.3.3",
        "a caller is identified by issuer and subject",
        &["T22", "T27"],
        "the service must store identities by both",
    ),
    requirement(
        "ASVS 10.3.4",
        "strength and age of the authentication",
        &[],
        "write `claim!` and permissions of the service",
    ),
    requirement("ASVS 10.3.5", "tokens are bound to their sender", &[], "DPoP and mutual TLS are not supported"),
    requirement(
        "ASVS 16.2.5",
        "logs contain no token",
        &["L01"],
        "checked in events and in `tracing`, of a service in this process",
    ),
    requirement("ASVS 16.3.1", "each rejected authentication is logged", &["H01", "T02", "T20"], COUNTED),
    requirement("ASVS 16.3.2", "each denied permission is logged", &["T29"], COUNTED),
    requirement(
        "ASVS 16.5.3",
        "nothing fails open",
        &["T32", "T33", "T36", "H06"],
        "the kit does not test an outage of a store or a key source",
    ),
    requirement("API1:2023", "objects require a permission", &[], OBJECTS),
    requirement(
        "API2:2023",
        "authentication cannot be bypassed",
        &["H01", "H04", "H05", "T01", "T02", "T03", "T20"],
        "",
    ),
    requirement("API5:2023", "functions require a permission", &["T29"], ""),
    requirement(
        "API8:2023",
        "no misconfiguration opens a route",
        &["H13", "H14", "H15", "H20", "open"],
        "the kit does not test layers and TLS",
    ),
    requirement("API9:2023", "every route is in an inventory", &["H15"], "the posture and its lock"),
];
