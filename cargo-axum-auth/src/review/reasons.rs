//! Finds the reasons that are part of types.
//!
//! `capability!(pub Login for Accounts = "..")` and `impl OptOut for Login`.

use super::Kind;
use super::declared::{declared, said};
use super::weakening::OURS;
use crate::names::{Names, Parts};
use crate::scan::{FileScan, Occurrence, ResolvedPath, What};
use std::collections::BTreeMap;

/// The reasons, by the path of the type.
pub(super) struct Reasons {
    of: BTreeMap<Parts, String>,
    /// The crates of the workspace, whose types may wrap ours.
    crates: Vec<String>,
}

impl Reasons {
    /// Collects the reasons of all files of the workspace.
    pub(super) fn collect<'a>(scans: impl Iterator<Item = &'a FileScan>, names: &Names) -> Self {
        let mut reasons = Self { of: BTreeMap::new(), crates: names.crates().map(str::to_owned).collect() };
        for scan in scans {
            for Occurrence { what, module, .. } in &scan.occurrences {
                if let What::Macro { meant, body } = what
                    && let Some((Kind::Capability, item, Some(reason))) = declared(meant, body)
                    && let Some(name) = item.split(" for ").next()
                {
                    reasons.of.insert([module.as_slice(), &[name.to_owned()]].concat(), reason);
                }
            }
            for implementation in &scan.implementations {
                if let Some(reason) = said(&implementation.body, "reason")
                    && implementation.of.is("auth_runtime::opt_out::OptOut")
                {
                    reasons.of.extend(implementation.for_path.0.iter().map(|path| (path.clone(), reason.clone())));
                }
            }
        }
        reasons
    }

    /// Returns the reason of a type.
    pub(super) fn of(&self, ty: &ResolvedPath) -> Option<String> {
        ty.0.iter().find_map(|path| self.of.get(path).cloned())
    }

    /// Whether a method with one of our names can be ours.
    ///
    /// It can if its receiver begins in a crate of ours or of the workspace, or in an unknown one.
    pub(super) fn may_be_ours(&self, root: Option<&ResolvedPath>) -> bool {
        let Some(root) = root else { return true };
        let mut crates = root.crates().peekable();
        crates.peek().is_none()
            || crates.any(|name| OURS.contains(&name) || self.crates.iter().any(|ours| ours == name))
    }
}

/// Whether a reason has a letter or a digit.
pub(super) fn is_stated(reason: Option<&str>) -> bool {
    reason.is_some_and(|reason| reason.chars().any(char::is_alphanumeric))
}
