//! The kind of a rejection, by which it is counted: [`Kind`].

use crate::{Class, Reason};

/// Why a request was rejected, with the class of the event.
///
/// The class is that of the reason, or [`Class::ClaimsRefused`] if the signature of the token was
/// good. `wrong_issuer` of a token whose signature was not checked may be an attack; of a token
/// with a good signature it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub(crate) reason: Reason,
    pub(crate) class: Class,
}

impl From<Reason> for Kind {
    fn from(reason: Reason) -> Self {
        Self { reason, class: reason.class() }
    }
}

impl Kind {
    /// The number of kinds: each reason, and each reason with a good signature.
    pub(crate) const COUNT: usize = Reason::ALL.len() * 2;

    /// The reasons that a token with a good signature may have, beside those of the class `claims`.
    #[cfg(feature = "metrics")]
    const ALSO_WITH_GOOD_SIGNATURE: [Reason; 2] = [Reason::WrongIssuer, Reason::WrongTokenType];

    /// The rejection of a token whose signature is verified, because of its claims.
    #[must_use]
    pub fn with_good_signature(reason: Reason) -> Self {
        Self { reason, class: Class::ClaimsRefused }
    }

    /// All kinds, in the order of [`index`](Self::index).
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let reasons = || Reason::ALL.iter().copied();
        reasons().map(Self::from).chain(reasons().map(Self::with_good_signature))
    }

    pub(crate) fn index(self) -> usize {
        let reason = self.reason as usize;
        if self.class == self.reason.class() { reason } else { Reason::ALL.len() + reason }
    }

    /// Returns whether the metrics have a series of this kind before its first rejection.
    #[cfg(feature = "metrics")]
    pub(crate) fn is_expected(self) -> bool {
        self == Self::from(self.reason) || Self::ALSO_WITH_GOOD_SIGNATURE.contains(&self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use crate::{Class, Reason};

    #[test]
    fn each_kind_has_a_place_of_its_own() {
        for (index, kind) in Kind::all().enumerate() {
            let expected = if index >= Reason::ALL.len() && kind == Kind::from(kind.reason) {
                // The same kind as without a word about the signature.
                index - Reason::ALL.len()
            } else {
                index
            };
            assert_eq!(kind.index(), expected, "{kind:?}");
            assert!(kind.index() < Kind::COUNT);
        }
        assert_eq!(Kind::with_good_signature(Reason::WrongIssuer).class, Class::ClaimsRefused);
        assert_eq!(Kind::from(Reason::WrongIssuer).class, Class::Invalid);
    }
}
