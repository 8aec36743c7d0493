//! The entry point, and the choice of the source of good tokens.

use super::builder::AttackBuilder;
use super::plan::AttackPlan;
use super::token_sources::TokenSource;
use crate::issuer::{TestApiKeys, TestCredentials, TestIssuer, TestSender};
use crate::target::Target;
use std::sync::Arc;

/// Attacks every route of a service with every attack of the [`catalogue`](crate::catalogue()).
///
/// ```
/// # use auth_runtime::AuthRouter;
/// # use auth_testkit::{TestIssuer, attack};
/// # async fn test(app: AuthRouter, issuer: TestIssuer) {
/// attack(app).with(&issuer).await.assert_nothing_got_through();
/// # }
/// ```
///
/// Each attack goes to each route and method that requires a caller. Each response is checked:
///
/// - the status and the challenge are right, and the rejection equals all others of its kind
/// - no handler ran, and no byte of the body was read
/// - one event was emitted, with the right reason and nothing of the token in it
///
/// A good token must work before and after, because a 404 that looks like a rejection proves
/// nothing. Public routes are called without credentials and must answer. Routes with a `Visitor`
/// must answer guests and are attacked too. Unknown methods and paths must get the response that
/// the posture declares.
///
/// Handlers run with good tokens, so give the service a database of its own.
pub fn attack(target: impl Into<Target>) -> AttackSetup {
    AttackSetup { target: target.into() }
}

/// An attack without a source of good tokens: [`with`](Self::with) names the issuer.
///
/// ```
/// use auth_runtime::AuthRouter;
/// use auth_testkit::{TestSender, attack};
///
/// async fn test(app: AuthRouter, sender: TestSender) {
///     // A service that accepts webhooks, and no tokens.
///     attack(app).with_sender(&sender).await.assert_nothing_got_through();
/// }
/// # let _ = test;
/// ```
#[derive(Debug)]
#[must_use = "an attack needs good tokens: add `.with(&issuer)`"]
pub struct AttackSetup {
    target: Target,
}

impl AttackSetup {
    /// Takes good tokens from the issuer whose key the service trusts.
    pub fn with(self, issuer: &TestIssuer) -> AttackBuilder {
        self.plan(TokenSource::Issuer(issuer.clone()))
    }

    /// Takes good tokens from a function, where the issuer's key is not available.
    ///
    /// The function is called for each good token. Attacks that need the issuer's signature are not
    /// sent; the report lists them.
    pub fn with_tokens(self, issue: impl Fn() -> String + Send + Sync + 'static) -> AttackBuilder {
        self.plan(TokenSource::Function(Arc::new(issue)))
    }

    /// Takes good API keys, where no verifier accepts tokens.
    ///
    /// [`AttackBuilder::with_api_keys`] adds them to tokens.
    pub fn with_api_keys(self, keys: &TestApiKeys) -> AttackBuilder {
        self.without_tokens().with_api_keys(keys)
    }

    /// Takes good sessions or credentials of an own kind, where no verifier accepts tokens.
    ///
    /// [`AttackBuilder::with_credentials`] adds them to tokens.
    pub fn with_credentials(self, credentials: &TestCredentials) -> AttackBuilder {
        self.without_tokens().with_credentials(credentials)
    }

    /// Attacks the routes that this sender signs, where no verifier accepts tokens.
    ///
    /// [`AttackBuilder::with_sender`] adds it to tokens.
    pub fn with_sender(self, sender: &TestSender) -> AttackBuilder {
        self.without_tokens().with_sender(sender)
    }

    /// Attacks one route with this sender, where no verifier accepts tokens.
    ///
    /// A plain router has no posture, so the test names its signed routes.
    pub fn with_sender_on(self, route: &str, sender: &TestSender) -> AttackBuilder {
        self.without_tokens().with_sender_on(route, sender)
    }

    /// A route that accepts tokens rejects those of this issuer, which is a finding.
    pub(super) fn without_tokens(self) -> AttackBuilder {
        let mut builder = self.plan(TokenSource::Issuer(TestIssuer::new()));
        builder.plan.has_tokens = false;
        builder
    }

    fn plan(self, source: TokenSource) -> AttackBuilder {
        AttackBuilder { target: self.target, plan: AttackPlan::new(source) }
    }
}
