//! The sources of good tokens: one for each claims type, so that a service may have two verifiers.

use crate::issuer::TestIssuer;
use crate::target::Route;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Issues good tokens.
#[derive(Clone)]
pub(super) enum TokenSource {
    Issuer(TestIssuer),
    /// A function, where the issuer's key is not available.
    Function(Arc<dyn Fn() -> String + Send + Sync>),
}

impl TokenSource {
    pub(super) fn issuer(&self) -> Option<&TestIssuer> {
        match self {
            Self::Issuer(issuer) => Some(issuer),
            Self::Function(_) => None,
        }
    }

    /// A good token: a new one for each request, because a handler may revoke it.
    pub(super) fn good_token(&self, scopes: &[String]) -> String {
        match self {
            Self::Issuer(issuer) => scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope)).signed(),
            Self::Function(issue) => issue(),
        }
    }
}

/// Finds the source of good tokens for a route.
#[derive(Clone)]
pub(super) struct TokenSources {
    default: TokenSource,
    /// By the name of the claims type.
    of_claims: Vec<(String, TokenSource)>,
}

impl TokenSources {
    pub(super) fn new(default: TokenSource) -> Self {
        Self { default, of_claims: Vec::new() }
    }

    /// Sets the source for the routes with these claims. The last call for a type applies.
    pub(super) fn set(&mut self, claims: String, source: TokenSource) {
        self.of_claims.retain(|(name, _)| *name != claims);
        self.of_claims.push((claims, source));
    }

    pub(super) fn of(&self, route: &Route) -> &TokenSource {
        self.named(route).unwrap_or(&self.default)
    }

    /// The source that the test declares for the claims of this route, if there is one.
    pub(super) fn named(&self, route: &Route) -> Option<&TokenSource> {
        self.of_claims.iter().find(|(name, _)| Some(name) == route.claims.as_ref()).map(|(_, source)| source)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &TokenSource> {
        std::iter::once(&self.default).chain(self.of_claims.iter().map(|(_, source)| source))
    }

    pub(super) fn default(&self) -> &TokenSource {
        &self.default
    }

    /// The claims type of the source of a route; `None` for the default source.
    pub(super) fn key_of(&self, route: &Route) -> Option<String> {
        self.named(route).and(route.claims.clone())
    }

    /// Changes the issuer for a route and all that share its source. A function stays as it is.
    pub(super) fn change_issuer(&mut self, route: &Route, change: impl FnOnce(&TestIssuer) -> TestIssuer) {
        let named = self.of_claims.iter_mut().find(|(name, _)| Some(name) == route.claims.as_ref());
        let source = named.map_or(&mut self.default, |(_, source)| source);
        if let TokenSource::Issuer(issuer) = source {
            *issuer = change(issuer);
        }
    }

    /// Takes another subject for the tokens of a route, because those of the old one are revoked.
    pub(super) fn change_subject(&mut self, route: &Route) {
        static USED: AtomicUsize = AtomicUsize::new(2);
        let subject = format!("alice-{}", USED.fetch_add(1, Ordering::Relaxed));
        self.change_issuer(route, |issuer| issuer.with_subject(subject));
    }

    /// The issuers of other routes whose tokens this route must reject, each with a name.
    pub(super) fn foreign_issuers(&self, route: &Route) -> Vec<(String, TestIssuer)> {
        let Some(own) = self.of(route).issuer() else { return Vec::new() };
        let default = ("other claims".to_owned(), &self.default);
        let named = self.of_claims.iter().map(|(name, source)| (name.clone(), source));
        let issuers = std::iter::once(default).chain(named).filter_map(|(name, source)| Some((name, source.issuer()?)));
        issuers.filter(|(_, issuer)| issuer.differs_from(own)).map(|(name, issuer)| (name, issuer.clone())).collect()
    }

    /// One message for each declared claims type that no route has.
    pub(super) fn unknown_claims(&self, routes: &[Route]) -> Vec<String> {
        let mut known: Vec<&str> = routes.iter().filter_map(|route| route.claims.as_deref()).collect();
        known.sort_unstable();
        known.dedup();
        let remedy = match known.as_slice() {
            [] => "the claims of a plain router are not known: attack it with one issuer".to_owned(),
            known => format!("use one of {}", known.join(", ")),
        };
        let missing = self.of_claims.iter().filter(|(name, _)| !known.contains(&name.as_str()));
        missing.map(|(name, _)| format!("unknown claims type: `.with_for::<{name}>(..)`: {remedy}")).collect()
    }
}
