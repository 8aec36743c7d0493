//! The builder of an attack.

use super::attack_run::AttackRun;
use super::plan::{AttackPlan, SideEffect, reader};
use super::token_sources::TokenSource;
use crate::catalogue::Attack;
use crate::issuer::{PublicKey, TestIssuer};
use crate::lock::public_name;
use crate::report::AttackReport;
use crate::target::Target;
use http::HeaderName;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Configures an attack, and sends it when it is awaited.
///
/// ```
/// use auth_runtime::AuthRouter;
/// use auth_testkit::{TestIssuer, attack};
///
/// async fn test(app: AuthRouter, issuer: TestIssuer) {
///     let attack = attack(app).with(&issuer).parameter("id", "7").query("GET /search", "q=tea");
///     attack.await.assert_nothing_got_through();
/// }
/// # let _ = test;
/// ```
#[must_use = "an attack sends nothing until it is awaited"]
pub struct AttackBuilder {
    pub(super) target: Target,
    pub(super) plan: AttackPlan,
}

impl AttackBuilder {
    /// Takes the good tokens of the routes with the claims `C` from another issuer.
    ///
    /// The posture has the claims type of each route, so a service with two verifiers needs no list
    /// of routes. Each route is also attacked with the good tokens of the other issuers (T25).
    ///
    /// ```
    /// # use auth_runtime::AuthRouter;
    /// # use auth_testkit::{TestIssuer, attack};
    /// # struct StaffClaims;
    /// # async fn test(app: AuthRouter, customers: TestIssuer, staff: TestIssuer) {
    /// let attack = attack(app).with(&customers).with_for::<StaffClaims>(&staff);
    /// attack.await.assert_nothing_got_through();
    /// # }
    /// ```
    ///
    /// A type that no route has is a finding, which lists the known ones.
    pub fn with_for<C: ?Sized>(self, issuer: &TestIssuer) -> Self {
        self.source_for::<C>(TokenSource::Issuer(issuer.clone()))
    }

    /// Takes the good tokens of the routes with the claims `C` from a function.
    ///
    /// It is [`with_for`](Self::with_for), where the issuer's key is not available.
    pub fn with_tokens_for<C: ?Sized>(self, issue: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.source_for::<C>(TokenSource::Function(Arc::new(issue)))
    }

    /// Takes the good tokens of the routes with the claims of this name from a function.
    ///
    /// It is [`with_tokens_for`](Self::with_tokens_for) for a program that does not have the type.
    /// `claims` is the name in the posture lock: `orders::StaffClaims`.
    pub fn with_tokens_for_name(mut self, claims: &str, issue: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.plan.sources.set(public_name(claims), TokenSource::Function(Arc::new(issue)));
        self
    }

    fn source_for<C: ?Sized>(mut self, source: TokenSource) -> Self {
        self.plan.sources.set(public_name(std::any::type_name::<C>()), source);
        self
    }

    /// Sets the value of a path parameter; the default is `1`.
    ///
    /// `.parameter("id", "7")` makes `/orders/7` of `/orders/{id}`.
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.plan.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the JSON body of requests to a route: `.json("POST /orders", json!({"item": "tea"}))`.
    ///
    /// A plain router needs it where a good token must get a response that is not a rejection.
    pub fn json(mut self, route: &str, body: impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(&body).unwrap_or_default();
        self.plan.name_route("json", route);
        self.plan.bodies.push((route.to_owned(), "application/json".to_owned(), body));
        self
    }

    /// Names a value that a rejected request must not change: rows of a table, mails sent.
    ///
    /// A 401 alone does not show that nothing happened.
    pub fn unchanged<F, Fut>(mut self, name: &str, read: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output: ToString> + Send + 'static,
    {
        self.plan.side_effects.push(SideEffect { name: name.to_owned(), read: reader(read) });
        self
    }

    /// Reads how many rejections a service without auth-runtime has reported so far.
    ///
    /// Each rejected request must be reported exactly once.
    pub fn reported_refusals<F, Fut>(mut self, count: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = u64> + Send + 'static,
    {
        self.plan.reported_refusals = Some(reader(count));
        self
    }

    /// Sets a published JWK set (RFC 7517), for attacks that use a public key.
    ///
    /// With [`AttackSetup::with_tokens`](crate::AttackSetup::with_tokens) it is the issuer's,
    /// because a service may take a public key for a secret (T03). For a service that decrypts
    /// tokens it is the service's own, because every client can encrypt to it (T41).
    ///
    /// # Errors
    ///
    /// When the text is not a JWK set.
    pub fn published_keys(mut self, jwks: &str) -> Result<Self, serde_json::Error> {
        self.plan.published = PublicKey::of_set(jwks)?;
        Ok(self)
    }

    /// Limits the number of requests per second.
    pub fn at_most(mut self, per_second: u32) -> Self {
        self.plan.pause = Duration::from_secs(1).checked_div(per_second);
        self
    }

    /// Sets a function that gets the number of requests sent, after each request.
    ///
    /// Without one, a terminal shows the number while the attack runs.
    pub fn on_progress(mut self, report: impl Fn(usize) + Send + Sync + 'static) -> Self {
        self.plan.on_progress = Some(Arc::new(report));
        self
    }

    /// Adds an attack to those of the catalogue.
    pub fn also(mut self, attack: Attack) -> Self {
        self.plan.attacks.push(attack);
        self
    }

    /// Declares a permission that every authenticated caller has, with the reason.
    ///
    /// `permission` is its `NAME`, or its text in the posture. Without the declaration, a
    /// permission that denies no caller is reported as a check that does not check.
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason, as [`public`](Self::public).
    #[track_caller]
    pub fn granted_to_all(mut self, permission: &str, why: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason why `{permission}` is granted to all"), why);
        self.plan.granted_to_all.push((permission.to_owned(), why.to_owned()));
        self
    }

    /// Adds a caller that lacks a permission: `.caller_lacking("admin", &customer)`.
    ///
    /// `permission` is its `NAME`, or its text in the posture. The issuer is that of the good
    /// tokens, with other claims. Use it where the claims type requires the claim that decides,
    /// because a token without the claim does not reach the permission.
    ///
    /// It also names a condition that the verifier always requires, and is then sent to each route
    /// that does not waive it.
    pub fn caller_lacking(mut self, permission: &str, issuer: &TestIssuer) -> Self {
        self.plan.lacking.push((permission.to_owned(), issuer.clone()));
        self
    }

    /// Sets the status of a public route without credentials: `.answers("POST /login", 401)`.
    ///
    /// Without it 401, 403 and 5xx are findings.
    pub fn answers(mut self, route: &str, status: u16) -> Self {
        self.plan.name_route("answers", route);
        self.plan.statuses.push((route.to_owned(), status));
        self
    }

    /// Names a header or a JSON member that differs by request: `.varies("x-request-id")`.
    ///
    /// It is ignored where rejections are compared with each other, in the headers and in the body.
    /// `date` always is.
    ///
    /// # Panics
    ///
    /// When `name` cannot be the name of a header.
    #[track_caller]
    pub fn varies<N>(mut self, name: N) -> Self
    where
        N: TryInto<HeaderName, Error: fmt::Debug>,
    {
        self.plan.varying.push(name.try_into().expect("a name that a header can have"));
        self
    }

    /// Excludes a route from the attack; the report shows the reason.
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason, as [`public`](Self::public).
    #[track_caller]
    pub fn without_route(mut self, route: &str, why: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason to leave out `{route}`"), why);
        self.plan.name_route("without_route", route);
        self.plan.excluded.push((route.to_owned(), why.to_owned()));
        self
    }

    /// Excludes all attacks with an id; the report shows the reason.
    ///
    /// An unknown id is a finding, which lists the known ones.
    ///
    /// ```
    /// # use auth_runtime::AuthRouter;
    /// # use auth_testkit::{TestIssuer, attack};
    /// # async fn test(app: AuthRouter, issuer: TestIssuer) {
    /// let attack = attack(app).with(&issuer);
    /// let attack = attack.without_attack("T26", "clocks of our devices are wrong");
    /// attack.await.assert_nothing_got_through();
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason, as [`public`](Self::public).
    #[track_caller]
    pub fn without_attack(mut self, id: &str, why: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason to leave out `{id}`"), why);
        self.plan.without.add(id, why);
        self
    }

    /// Sends the attacks with these ids only, in a test of the kit itself.
    ///
    /// A service is attacked with all.
    #[doc(hidden)]
    pub fn only_in_a_test_of_the_kit(mut self, ids: &[&str]) -> Self {
        self.plan.without.all_but(ids);
        self
    }
}

impl IntoFuture for AttackBuilder {
    type Output = AttackReport;
    type IntoFuture = Pin<Box<dyn Future<Output = AttackReport> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(AttackRun::new(self.target, self.plan).run())
    }
}

impl fmt::Debug for AttackBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttackBuilder").field("target", &self.target).finish_non_exhaustive()
    }
}
