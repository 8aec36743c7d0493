//! The kinds of entries.

use serde::Serialize;

/// In the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    OptOut,
    SetUp,
    Service,
    Capability,
    Sender,
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
    pub(crate) const ALL: [Self; 15] = [
        Self::OptOut,
        Self::SetUp,
        Self::Service,
        Self::Capability,
        Self::Sender,
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

    /// The heading, with the question for the reviewer.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::OptOut => "Public handlers: is the reason still true?",
            Self::SetUp => "One-time set-ups: what do they create, and who gets the token?",
            Self::Service => "Mounted services: which clients do they answer?",
            Self::Capability => "Capabilities, which open data without a caller: are these all the resources?",
            Self::Sender => "Senders of signed requests: is the scheme theirs, and are these all the resources?",
            Self::Job => "Jobs, which run without a caller: what starts them?",
            Self::Permission => "Permissions: who has them?",
            Self::Rule => "Rules about objects: do they check all that matters?",
            Self::Vault => "Vaults: is a copy of the resource kept outside?",
            Self::Opening => "Openings of vaults: is a rule checked before an object is shown or changed?",
            Self::Layer => "Layers, which run before the proof: can they answer a request?",
            Self::Weakened => "Removed guarantees: is it worth the risk?",
            Self::Own => "Implementations of our traits: do they fail closed?",
            Self::Allowance => "Allowances of the lint: is the reason still true?",
            Self::Generated => "Generated code, which was not read: what does it contain?",
        }
    }
}
