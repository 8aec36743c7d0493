//! Finds `unsafe`, and attributes that allow `unsafe` or dropped decisions.

use super::Finding;
use super::rules::{MUST_USE_NOT_DENIED, UNSAFE_CODE, UNSAFE_NOT_DENIED};
use crate::inventory::Functions;
use crate::scan::{FileScan, Occurrence, Over, What};

/// Checks crates that hold proofs: no code may forge a proof or drop a decision.
pub(super) fn beside_proofs(
    scan: &FileScan,
    all: &[&FileScan],
    functions: &Functions<'_>,
    findings: &mut Vec<Finding>,
) {
    for occurrence in &scan.occurrences {
        let Occurrence { place, test, what, .. } = occurrence;
        match what {
            What::Unsafe(at) => findings.push(Finding::new(&UNSAFE_CODE, place, *at, *test)),
            What::Relaxed { lint, .. } if lint == "unused_must_use" => {
                findings.push(Finding::new(&MUST_USE_NOT_DENIED, place, "`unused_must_use` is allowed here", *test));
            }
            // The group that it belongs to. It is mostly allowed for dead code, so it counts only
            // around code that makes a decision.
            What::Relaxed { lint, over } if lint == "unused" => {
                if let Some(decision) = decision_under(occurrence, over, scan, all, functions) {
                    let item = format!("`unused` is allowed here, around {decision}");
                    findings.push(Finding::new(&MUST_USE_NOT_DENIED, place, item, *test));
                }
            }
            What::Relaxed { lint, .. } if lint == "unsafe_code" => {
                findings.push(Finding::new(&UNSAFE_NOT_DENIED, place, "`unsafe_code` is allowed here", *test));
            }
            _ => {}
        }
    }
}

/// Returns a decision that the attribute lets the code drop.
fn decision_under(
    attribute: &Occurrence,
    over: &Over,
    scan: &FileScan,
    all: &[&FileScan],
    functions: &Functions<'_>,
) -> Option<String> {
    let decides = |occurrence: &Occurrence| decision(&occurrence.what, functions);
    match over {
        Over::Code(code) => scan.occurrences[code.clone()].iter().find_map(decides),
        // The whole crate also has the decisions of later code.
        Over::Module if attribute.module.len() == 1 => Some("the whole crate".to_owned()),
        Over::Module => {
            let within = |other: &&Occurrence| other.module.starts_with(&attribute.module);
            all.iter().flat_map(|scan| &scan.occurrences).filter(within).find_map(decides)
        }
    }
}

/// Methods of `auth-runtime` whose result is a decision, by the start of their names.
const DECIDE: [&str; 5] = ["authenticate", "check", "permit", "require", "verify"];
/// Types of `auth-runtime` in the result of a function that decides.
const DECISIONS: [&str; 4] = ["Authenticated", "Denied", "Permitted", "Rejection"];

fn decision(what: &What, functions: &Functions<'_>) -> Option<String> {
    match what {
        What::Path { meant, .. } | What::Macro { meant, .. } if meant.is_in("auth_runtime") => {
            Some(format!("`{}`", meant.0.first()?.join("::")))
        }
        What::Method { name, .. } if DECIDE.iter().any(|start| name.starts_with(start)) => {
            Some(format!("`.{name}(..)`"))
        }
        _ => {
            let function = functions.get(functions.used(what)?);
            let decides = function
                .output
                .as_ref()
                .is_some_and(|output| output.holds(&|ty| DECISIONS.iter().any(|name| ty.is_ours(name))));
            decides.then(|| format!("`{}`", function.name))
        }
    }
}
