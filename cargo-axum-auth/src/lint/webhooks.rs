//! Finds webhooks behind public handlers, where no type requires the check of a signature.

use super::Finding;
use super::rules::{HAND_VERIFIED_SIGNATURE, PUBLIC_WEBHOOK};
use crate::inventory::Functions;
use crate::scan::{FileScan, Function, Occurrence, What};
use std::collections::BTreeSet;

/// Parts of names that say "webhook".
const WORDS: &[&str] = &["hook", "hooks", "webhook", "webhooks"];

/// The public handlers of the workspace, by name.
///
/// A name that also belongs to another function is missing, because the lint could confuse the two.
pub(super) struct PublicHandlers(BTreeSet<String>);

impl PublicHandlers {
    pub(super) fn collect(scans: &[&FileScan]) -> Self {
        let functions = || scans.iter().flat_map(|scan| &scan.functions);
        let others: BTreeSet<&str> = functions().filter(|f| !f.is_public_handler()).map(|f| f.name.as_str()).collect();
        let named = functions().filter(|f| f.is_public_handler() && !others.contains(f.name.as_str()));
        Self(named.map(|f| f.name.clone()).collect())
    }

    /// Returns the handler that the argument of a route mounts.
    fn in_argument<'a>(&self, argument: &'a str) -> Option<&'a str> {
        let names = argument.split(|c: char| !c.is_alphanumeric() && c != '_');
        names.into_iter().find(|name| self.0.contains(*name))
    }
}

/// Reports the public handlers of a file that verify a signature, or are called webhooks.
pub(super) fn find(
    file: usize,
    scan: &FileScan,
    functions: &Functions<'_>,
    public: &PublicHandlers,
    findings: &mut Vec<Finding>,
) {
    for (number, function) in scan.functions.iter().enumerate().filter(|(_, function)| function.is_public_handler()) {
        let Function { name, place, test, .. } = function;
        if let Some(how) = functions.verifies_signature((file, number)) {
            let item = format!("`{how}` for `{name}`");
            findings.push(Finding::new(&HAND_VERIFIED_SIGNATURE, place, item, *test));
        } else if says_webhook(name) {
            findings.push(Finding::new(&PUBLIC_WEBHOOK, place, format!("`{name}`"), *test));
        }
    }
    for Occurrence { place, test, what, .. } in &scan.occurrences {
        if let What::Method { name, arguments, .. } = what
            && let ("route" | "api_route", [path, handler, ..]) = (name.as_str(), arguments.as_slice())
            && says_webhook(path)
            && let Some(handler) = public.in_argument(handler)
            // One finding for a handler that says it itself.
            && !says_webhook(handler)
        {
            let item = format!("`{handler}` at {path}");
            findings.push(Finding::new(&PUBLIC_WEBHOOK, place, item, *test));
        }
    }
}

fn says_webhook(name: &str) -> bool {
    let words = name.split(|c: char| !c.is_alphanumeric());
    words.into_iter().any(|word| WORDS.contains(&word.to_lowercase().as_str()))
}
