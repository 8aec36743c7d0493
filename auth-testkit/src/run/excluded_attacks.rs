//! Attacks that the test does not send, each with the reason.

use crate::catalogue::Attack;
use std::collections::{BTreeMap, BTreeSet};

/// Ids of attacks that are not in the catalogue, because their requests depend on the route.
const SENT_BY_ROUTE: [&str; 59] = [
    "C01", "C02", "C03", "C04", "C05", "C06", "H13", "H14", "H15", "H16", "H20", "H29", "H31", "H32", "H34", "H35",
    "T63", "T64", "T65", "T66", "K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K09", "K10", "N01", "N02",
    "N03", "N04", "N05", "N06", "N07", "T29", "G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09", "G10",
    "G11", "G12", "G13", "G14", "G15", "G16", "G17", "G18", "G19", "G20", "H40",
];

/// Holds the excluded ids with their reasons.
#[derive(Debug, Clone, Default)]
pub(super) struct ExcludedAttacks(BTreeMap<String, String>);

impl ExcludedAttacks {
    pub(super) fn add(&mut self, id: &str, why: &str) {
        self.0.insert(id.to_owned(), why.to_owned());
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// The reasons by id, for the report.
    pub(super) fn reasons(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// One message for each id that no attack has.
    pub(super) fn unknown(&self, by: &str, attacks: &[Attack]) -> Vec<String> {
        let known: BTreeSet<&str> = attacks.iter().map(Attack::id).chain(SENT_BY_ROUTE).collect();
        let missing = self.0.keys().filter(|id| !known.contains(id.as_str()));
        let names = || known.iter().copied().collect::<Vec<_>>().join(", ");
        missing.map(|id| format!("unknown attack: `.{by}({id:?}, ..)`: use one of {}", names())).collect()
    }
}
