//! The one-time set-up of a service under test.

use std::fmt;

/// Holds the token that opens the set-up of a service under test.
///
/// The attack uses it up: it sends the good token once, so that it can send it again after the
/// set-up was closed. Give the router of the test a state of its own.
///
/// ```
/// # use auth_runtime::{AuthRouter, Events, setup::{SetupGate, SetupState, SetupToken}};
/// # use auth_testkit::{TestIssuer, TestSetup, attack};
/// # async fn test(
/// #     app: impl Fn(SetupGate) -> AuthRouter,
/// #     state: impl SetupState,
/// #     issuer: TestIssuer,
/// # ) -> Result<(), auth_runtime::ConfigError> {
/// let setup = TestSetup::new("c1f0e7ab34d52880617cbfe94a1d3f29");
/// let token = SetupToken::from_text(setup.token())?;
/// let gate = SetupGate::new(token, state, Events::stderr())?;
/// attack(app(gate)).with(&issuer).with_setup(&setup).await.assert_nothing_got_through();
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TestSetup {
    token: String,
}

impl TestSetup {
    /// Takes the token that the service accepts.
    ///
    /// # Panics
    ///
    /// When it is shorter than 32 characters, because its parts would be equal to other tokens.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        let token = token.into();
        assert!(token.len() >= 32, "the token of the set-up is short: use 32 characters or more");
        Self { token }
    }

    /// Returns the token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// Without the token.
impl fmt::Debug for TestSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestSetup")
    }
}
