//! The senders that sign the requests of the test.

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use crate::issuer::TestSender;
use crate::target::Route;

/// Finds the sender of a signed route: that of the route, or that of the name in the posture.
#[derive(Clone, Default)]
pub(super) struct TestSenders {
    named: Vec<TestSender>,
    /// By the route, such as `POST /hook`.
    of_routes: Vec<(String, TestSender)>,
}

impl TestSenders {
    pub(super) fn of(&self, route: &Route) -> Option<&TestSender> {
        let name = route.to_string();
        let own = self.of_routes.iter().find(|(known, _)| *known == name).map(|(_, sender)| sender);
        let named = || self.named.iter().find(|sender| route.signed.as_deref() == Some(sender.name()));
        own.or_else(named)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &TestSender> {
        self.named.iter().chain(self.of_routes.iter().map(|(_, sender)| sender))
    }

    /// Mistakes of the test: a signed route without a sender, and a sender without a route.
    fn mistakes(&self, routes: &[&Route]) -> Vec<String> {
        let mut mistakes = Vec::new();
        for route in routes {
            let Some(name) = &route.signed else { continue };
            match self.of(route) {
                None => mistakes.push(format!(
                    "no sender for a signed route: {route}: add `.with_sender(&TestSender::of::<{name}>(secret))`"
                )),
                Some(sender) if sender.name() != name => mistakes
                    .push(format!("wrong sender for a signed route: {}: {route} is signed by {name}", sender.name())),
                Some(_) => {}
            }
        }
        let is_used = |sender: &&TestSender| routes.iter().any(|route| route.signed.as_deref() == Some(sender.name()));
        let unused = self.named.iter().filter(|sender| !is_used(sender));
        mistakes.extend(unused.map(|sender| {
            format!(
                "no route of a sender: {}: name those of a plain router: `.with_sender_on(\"POST /hook\", &sender)`",
                sender.name()
            )
        }));
        mistakes
    }
}

impl AttackRun {
    /// A program that attacks a service somewhere else has the lock and no senders. It sends
    /// requests without a signature, and its report notes the routes.
    pub(super) fn mistakes_of_senders(&self, routes: &[Route]) -> Vec<String> {
        let senders = &self.plan.senders;
        if !self.target.is_in_process() && senders.named.is_empty() && senders.of_routes.is_empty() {
            return Vec::new();
        }
        let attacked: Vec<&Route> = routes.iter().filter(|route| self.plan.exclusion_of(route).is_none()).collect();
        senders.mistakes(&attacked)
    }
}

impl AttackBuilder {
    /// Attacks the routes that this sender signs.
    ///
    /// The posture has the sender of each route. A signed route without a sender is a finding.
    ///
    /// ```
    /// # use auth_runtime::{AuthRouter, signature, signatures::Scheme};
    /// # use auth_testkit::{TestIssuer, TestSender, attack};
    /// # signature!(pub GitHub = Scheme::github());
    /// # async fn test(app: AuthRouter, issuer: TestIssuer, secret: String) {
    /// let sender = TestSender::of::<GitHub>(secret);
    /// attack(app).with(&issuer).with_sender(&sender).await.assert_nothing_got_through();
    /// # }
    /// # fn main() {}
    /// ```
    pub fn with_sender(mut self, sender: &TestSender) -> Self {
        self.plan.senders.named.retain(|known| known.name() != sender.name());
        self.plan.senders.named.push(sender.clone());
        self
    }

    /// Attacks one route with this sender: `.with_sender_on("POST /hook", &sender)`.
    ///
    /// A plain router has no posture, so the test names its signed routes. Of an `AuthRouter` it
    /// sets the bodies of one route.
    pub fn with_sender_on(mut self, route: &str, sender: &TestSender) -> Self {
        self.plan.name_route("with_sender_on", route);
        let mut sender = sender.clone();
        if !self.target.is_guarded() {
            sender = sender.behind_axum();
            for known in self.target.routes.iter_mut().filter(|known| known.to_string() == route) {
                known.signed = Some(sender.name().to_owned());
            }
        }
        self.plan.senders.of_routes.retain(|(known, _)| known != route);
        self.plan.senders.of_routes.push((route.to_owned(), sender));
        self
    }
}
