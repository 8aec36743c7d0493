//! What there is to read, by kind.

use serde::Serialize;

/// In the order in which it is told: first what is open, then who decides, then what is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    OptOut,
    Service,
    Capability,
    Job,
    Permission,
    Rule,
    Vault,
    Opening,
    Layer,
    Weakened,
    Own,
    Allowance,
    Generated,
}

impl Kind {
    pub(crate) const ALL: [Self; 13] = [
        Self::OptOut,
        Self::Service,
        Self::Capability,
        Self::Job,
        Self::Permission,
        Self::Rule,
        Self::Vault,
        Self::Opening,
        Self::Layer,
        Self::Weakened,
        Self::Own,
        Self::Allowance,
        Self::Generated,
    ];

    /// The heading, which says what to look for.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::OptOut => "Open to anyone: is the reason still true?",
            Self::Service => "Services by others: what do they answer, and to whom?",
            Self::Capability => "Data without a caller: is that all that it opens?",
            Self::Job => "Work without a caller: what can make it run?",
            Self::Permission => "Permissions: who has them?",
            Self::Rule => "Rules about objects: do they ask all that matters?",
            Self::Vault => "Vaults: does a copy of what is in them lie beside?",
            Self::Opening => "Openings of vaults: is a rule asked before something is shown or changed?",
            Self::Layer => "Layers, which run before the proof: can they answer by themselves?",
            Self::Weakened => "Guarantees taken away: is it worth it?",
            Self::Own => "Written by ourselves, in the place of ours: does it fail closed?",
            Self::Allowance => "Allowed past the lint: is the reason still true?",
            Self::Generated => "Generated code, which was not read: what is in it?",
        }
    }
}
