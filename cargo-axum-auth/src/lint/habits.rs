//! Finds callers that are replaced by a default, kept for the next request, or forged by a secret.

use super::Finding;
use super::caller_types::CallerTypes;
use super::rules::{DEFAULTED_CLAIM, DEFAULTED_SUBJECT, LITERAL_SECRET, STORED_CALLER};
use crate::scan::{FileScan, Occurrence, What, is_text_in_source};
use std::collections::BTreeSet;

/// Constructors whose last argument is a secret.
const TAKE_A_SECRET: [(&str, &str); 9] = [
    ("VerifyingKey", "hs256"),
    ("VerifyingKey", "hs384"),
    ("VerifyingKey", "hs512"),
    ("SigningKey", "hs256"),
    ("SigningKey", "hs384"),
    ("SigningKey", "hs512"),
    ("SetupToken", "from_text"),
    ("SigningSecret", "from_bytes"),
    // `DecodingKey` and `EncodingKey` of jsonwebtoken.
    ("", "from_secret"),
];

/// The constants of the workspace whose value is written in the source, by name.
pub(super) struct Literals(BTreeSet<String>);

impl Literals {
    pub(super) fn collect(scans: &[&FileScan]) -> Self {
        Self(scans.iter().flat_map(|scan| scan.habits.literals.iter().cloned()).collect())
    }
}

pub(super) fn find(scan: &FileScan, callers: &CallerTypes, literals: &Literals, findings: &mut Vec<Finding>) {
    let habits = &scan.habits;
    for subject in &habits.subjects {
        findings.push(Finding::new(&DEFAULTED_SUBJECT, &subject.place, &subject.item, subject.test));
    }
    for (_, field) in habits.fields.iter().filter(|(path, _)| callers.has(path)) {
        findings.push(Finding::new(&DEFAULTED_CLAIM, &field.place, &field.item, field.test));
    }
    for (_, kept) in habits.statics.iter().filter(|(tree, _)| callers.in_type(tree)) {
        findings.push(Finding::new(&STORED_CALLER, &kept.place, &kept.item, kept.test));
    }
    for Occurrence { place, test, what, .. } in &scan.occurrences {
        if let What::Path { meant, arguments } = what
            && let Some(secret) = arguments.last()
            && let Some(constructor) = meant.0.iter().find(|path| takes_a_secret(path))
            && is_text_in_source(secret, &|name| literals.0.contains(name))
        {
            let item = format!("`{}(..)`", constructor[constructor.len() - 2..].join("::"));
            findings.push(Finding::new(&LITERAL_SECRET, place, item, *test));
        }
    }
}

fn takes_a_secret(path: &[String]) -> bool {
    let [.., ty, function] = path else { return false };
    TAKE_A_SECRET.iter().any(|(of, name)| name == function && (of.is_empty() || of == ty))
}
