//! Attacks that the test does not send, each with the reason.

use crate::catalogue::Attack;
use std::collections::{BTreeMap, BTreeSet};

/// Ids of attacks that are not in the catalogue, because their requests depend on the route.
const SENT_BY_ROUTE: [&str; 72] = [
    "C01", "C02", "C03", "C04", "C05", "C06", "H13", "H14", "H15", "H16", "H20", "H29", "H31", "H32", "H34", "H35",
    "H36", "H37", "H38", "H39", "T63", "T64", "T65", "T66", "K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08",
    "K09", "K10", "N01", "N02", "N03", "N04", "N05", "N06", "N07", "T29", "G01", "G02", "G03", "G04", "G05", "G06",
    "G07", "G08", "G09", "G10", "G11", "G12", "G13", "G14", "G15", "G16", "G17", "G18", "G19", "G20", "H40", "T18",
    "L01", "S02", "S03", "U01", "U02", "U03", "U04", "U05",
];

/// Holds the excluded ids with their reasons.
#[derive(Debug, Clone, Default)]
pub(super) struct ExcludedAttacks {
    reasons: BTreeMap<String, String>,
    /// The ids of all attacks that are sent, in a test of the kit.
    only: Option<Vec<String>>,
}

impl ExcludedAttacks {
    pub(super) fn add(&mut self, id: &str, why: &str) {
        self.reasons.insert(id.to_owned(), why.to_owned());
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.reasons.contains_key(id) || self.only.as_ref().is_some_and(|only| !only.iter().any(|sent| sent == id))
    }

    /// Whether the test itself excludes the attack, with a reason.
    pub(super) fn names(&self, id: &str) -> bool {
        self.reasons.contains_key(id)
    }

    pub(super) fn all_but(&mut self, only: &[&str]) {
        self.only = Some(only.iter().map(|id| (*id).to_owned()).collect());
    }

    /// The reasons by id, for the report.
    pub(super) fn reasons(&self) -> &BTreeMap<String, String> {
        &self.reasons
    }

    /// One message for each id that no attack has.
    pub(super) fn unknown(&self, by: &str, attacks: &[Attack]) -> Vec<String> {
        let known: BTreeSet<&str> = attacks.iter().map(Attack::id).chain(SENT_BY_ROUTE).collect();
        let ids = self.reasons.keys().chain(self.only.iter().flatten());
        let missing = ids.filter(|id| !known.contains(id.as_str()));
        let names = || known.iter().copied().collect::<Vec<_>>().join(", ");
        missing.map(|id| format!("unknown attack: `.{by}({id:?}, ..)`: use one of {}", names())).collect()
    }
}
