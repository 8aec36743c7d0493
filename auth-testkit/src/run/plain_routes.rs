//! What the test declares of a plain router, because it has no posture.

use super::builder::AttackBuilder;
use crate::issuer::TestIssuer;
use crate::target::{Route, UnmatchedPolicy};
use auth_runtime::permissions::PermissionName;

impl AttackBuilder {
    /// Declares a route of a plain router as public, with the reason.
    ///
    /// The route is called without credentials instead of attacked. An `AuthRouter` declares its
    /// public routes itself.
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason, as
    /// [`AuthRouter::public_service`](auth_runtime::AuthRouter::public_service).
    #[track_caller]
    pub fn public(mut self, route: &str, reason: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason of `{route}`"), reason);
        self.plan.name_route("public", route);
        for known in self.target.routes.iter_mut().filter(|known| known.to_string() == route) {
            known.public = Some(reason.to_owned());
        }
        self
    }

    /// Declares a route of a plain router as public, and that it recognises callers, with the
    /// reason.
    ///
    /// A request without a credential must be answered, and a bad credential rejected. An
    /// `AuthRouter` declares such routes itself (`#[public(reason = "..", optional = Claims)]`).
    ///
    /// # Panics
    ///
    /// As [`public`](Self::public).
    #[track_caller]
    pub fn optional(mut self, route: &str, reason: &str) -> Self {
        self = self.public(route, reason);
        for known in self.target.routes.iter_mut().filter(|known| known.to_string() == route) {
            known.recognises = true;
        }
        self
    }

    /// Declares the scope that a route of a plain router requires.
    ///
    /// Good tokens have the scope; some attacks lack it.
    pub fn requires(mut self, route: &str, scope: &str) -> Self {
        self.plan.name_route("requires", route);
        for known in self.target.routes.iter_mut().filter(|known| known.to_string() == route) {
            known.permissions.push(PermissionName::Scope(scope.to_owned().into()));
        }
        self
    }

    /// Adds a route that could not be read from a plain router.
    ///
    /// # Panics
    ///
    /// When `route` is not a method, a space and a path.
    #[track_caller]
    pub fn route(mut self, route: &str) -> Self {
        let (method, path) =
            route.split_once(' ').expect("a route is a method, a space and a path: `GET /orders/{id}`");
        if !self.target.routes.iter().any(|known| known.to_string() == route) {
            self.target.routes.push(Route::new(method, path));
        }
        self.plan.name_route("route", route);
        self
    }

    /// Declares that the fallback of a plain router has no routes to attack, with the reason.
    ///
    /// A router does not print the paths that its fallback knows, so an API there would not be
    /// attacked. The fallback may answer unknown paths, as that of a single-page app does.
    ///
    /// A service needs it where a client without credentials gets an own 404 page.
    ///
    /// # Panics
    ///
    /// As [`public`](Self::public).
    #[track_caller]
    pub fn fallback(mut self, why: &str) -> Self {
        auth_runtime::__macro::assert_words("the reason of the fallback", why);
        self.plan.fallback = Some(why.to_owned());
        self.target.unmatched.path = UnmatchedPolicy::Answered;
        self
    }

    /// Adds another issuer that the service trusts, to cross the two.
    ///
    /// The key of one must not sign for the other (T66), and the same subject of both is not the
    /// same caller (H36). An `AuthRouter` with two verifiers needs it only where both issuers have
    /// one verifier.
    pub fn also_trusting(mut self, issuer: &TestIssuer) -> Self {
        self.plan.partners.push(issuer.clone());
        self
    }
}
