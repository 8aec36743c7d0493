//! The findings of a run.

use super::rules::{Level, Rule};
use crate::scan::Place;
use crate::sources::Unreadable;

/// A place where a rule is broken.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) place: Place,
    /// The code that breaks the rule.
    pub(crate) item: String,
    /// What to write here, if it is not what the rule says.
    pub(super) instead: Option<&'static str>,
    pub(super) test: bool,
}

/// The result of the lint.
#[derive(Debug)]
pub(crate) struct Linted {
    pub(crate) findings: Vec<Finding>,
    pub(crate) unreadable: Vec<Unreadable>,
    /// The number of files that were read. None is an error.
    pub(crate) files: usize,
    /// The number of allowed findings. `review` lists their reasons.
    pub(crate) allowed: usize,
}

impl Finding {
    pub(super) fn new(rule: &'static Rule, place: &Place, item: impl Into<String>, test: bool) -> Self {
        Self { rule, place: place.clone(), item: item.into(), instead: None, test }
    }

    /// What to write instead.
    pub(crate) fn instead(&self) -> &'static str {
        self.instead.unwrap_or(self.rule.instead)
    }
}

impl Linted {
    pub(crate) fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.rule.level == level).count()
    }
}
