//! One attack.

use super::{AttackInputs, Credentials, Expected};
use auth_runtime::events::Reason;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Describes one way to present bad credentials, and the expected response.
///
/// [`AttackBuilder::also`](crate::AttackBuilder::also) adds an attack to the catalogue:
///
/// ```
/// use auth_testkit::{Attack, Credentials, Expected};
///
/// let what = "a token of the staging issuer";
/// let staging = Attack::new("X01", what, Expected::InvalidToken, |inputs| {
///     let token = inputs.token()?.claim("iss", "https://staging.example.com/");
///     Some(Credentials::bearer(&token.signed()))
/// });
/// # drop(staging);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Attack {
    id: Cow<'static, str>,
    name: Cow<'static, str>,
    expected: Expected,
    reasons: &'static [Reason],
    twice: bool,
    /// The id of the attack that this one adds an oddity to.
    base: Option<&'static str>,
    make: Make,
}

type Make = Arc<dyn Fn(&AttackInputs<'_>) -> Option<Credentials> + Send + Sync>;

impl Attack {
    /// Creates an attack from its id, name, expected response and credentials.
    ///
    /// `make` returns `None` where the attack cannot be sent with this issuer; the report lists it.
    pub fn new(
        id: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        expected: Expected,
        make: impl Fn(&AttackInputs<'_>) -> Option<Credentials> + Send + Sync + 'static,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            expected,
            reasons: &[],
            twice: false,
            base: None,
            make: Arc::new(make),
        }
    }

    /// Sets the reasons that the event may report. The default is any reason.
    pub fn because(self, reasons: &'static [Reason]) -> Self {
        Self { reasons, ..self }
    }

    /// Sends the request twice, because a cache must not store a rejected token as verified.
    pub fn twice(self) -> Self {
        Self { twice: true, ..self }
    }

    /// Names the attack of which this one is a consequence, where that one gets through too.
    pub(crate) fn beside(self, base: Option<&'static str>) -> Self {
        Self { base, ..self }
    }

    pub(crate) fn base(&self) -> Option<&'static str> {
        self.base
    }

    pub(crate) fn is_sent_twice(&self) -> bool {
        self.twice
    }

    /// Returns the id. Attacks with the same id are variants.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what is sent, in words.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the expected response.
    #[must_use]
    pub fn expected(&self) -> Expected {
        self.expected
    }

    pub(crate) fn reasons(&self) -> &'static [Reason] {
        self.reasons
    }

    pub(crate) fn make(&self, inputs: &AttackInputs<'_>) -> Option<Credentials> {
        (self.make)(inputs)
    }
}

impl fmt::Debug for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.name)
    }
}
