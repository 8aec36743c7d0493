//! The sources of credentials other than tokens: one for each issuer.

use super::builder::AttackBuilder;
use crate::issuer::{CredentialSource, TestApiKeys, TestCredentials};
use crate::target::{AcceptedKind, Place, Route};

/// Finds the source of good credentials for a kind.
///
/// The issuer of a kind is unique among the kinds of a verifier, so that it names the source.
#[derive(Clone, Default)]
pub(super) struct CredentialSources(Vec<CredentialSource>);

impl CredentialSources {
    /// Sets the source of an issuer. The last call for an issuer applies.
    pub(super) fn set(&mut self, source: CredentialSource) {
        self.0.retain(|known| known.issuer() != source.issuer());
        self.0.push(source);
    }

    pub(super) fn of(&self, kind: &AcceptedKind) -> Option<&CredentialSource> {
        self.0.iter().find(|source| kind.issuers.iter().any(|issuer| issuer == source.issuer()))
    }

    pub(super) fn all(&self) -> &[CredentialSource] {
        &self.0
    }

    /// The kinds of a service without a posture: those for which the test has credentials.
    pub(super) fn kinds(&self) -> Vec<AcceptedKind> {
        let kind = |source: &CredentialSource| AcceptedKind {
            name: source.kind().to_owned(),
            issuers: vec![source.issuer().to_owned()],
            places: source.carriers().iter().filter_map(|carrier| Place::read(carrier)).collect(),
            unknown_carriers: Vec::new(),
        };
        self.0.iter().map(kind).collect()
    }

    /// Mistakes of the test: a kind without credentials, and credentials without a kind.
    pub(super) fn mistakes(&self, routes: &[Route]) -> Vec<String> {
        let mut mistakes = Vec::new();
        let kinds: Vec<&AcceptedKind> = routes.iter().flat_map(|route| &route.accepts).collect();
        for kind in &kinds {
            let issuers = kind.issuers.join(", ");
            let mut found: Vec<String> = kind
                .unknown_carriers
                .iter()
                .map(|carrier| {
                    format!("unknown carrier: `{carrier}` of {} of {issuers}: update auth-testkit", kind.name)
                })
                .collect();
            if !kind.is_token() && self.of(kind).is_none() {
                let remedy = if kind.name == "API key" {
                    format!("`.with_api_keys(&TestApiKeys::of({issuers:?}, \"the prefix\", &store))`")
                } else {
                    format!("`.with_credentials(&TestCredentials::of({issuers:?}, make))`")
                };
                found.push(format!("no good credentials for a kind: {} of {issuers}: add {remedy}", kind.name));
            }
            mistakes.extend(found);
        }
        let unused = self
            .0
            .iter()
            .filter(|source| !kinds.iter().any(|kind| kind.issuers.iter().any(|issuer| issuer == source.issuer())));
        mistakes.extend(unused.map(|source| {
            let mut known: Vec<&str> = kinds
                .iter()
                .filter(|kind| !kind.is_token())
                .flat_map(|kind| &kind.issuers)
                .map(String::as_str)
                .collect();
            known.sort_unstable();
            known.dedup();
            let remedy = if known.is_empty() {
                "the verifiers accept tokens only".to_owned()
            } else {
                format!("use one of {}", known.join(", "))
            };
            format!("unknown issuer of credentials: `{}`: {remedy}", source.issuer())
        }));
        mistakes.sort_unstable();
        mistakes.dedup();
        mistakes
    }
}

impl AttackBuilder {
    /// Attacks with API keys too, where a verifier accepts those of this issuer.
    ///
    /// The posture has the kinds of credentials of each route. A kind for which the test has no
    /// credentials is a finding.
    ///
    /// ```
    /// # use auth_runtime::AuthRouter;
    /// # use auth_testkit::{TestApiKeys, TestIssuer, attack};
    /// # async fn test(app: AuthRouter, issuer: TestIssuer, keys: TestApiKeys) {
    /// attack(app).with(&issuer).with_api_keys(&keys).await.assert_nothing_got_through();
    /// # }
    /// ```
    pub fn with_api_keys(mut self, keys: &TestApiKeys) -> Self {
        self.plan.credentials.set(CredentialSource::ApiKeys(keys.clone()));
        self
    }

    /// Attacks with sessions or credentials of an own kind too, where a verifier accepts those of
    /// this issuer.
    ///
    /// It is [`with_api_keys`](Self::with_api_keys) for credentials that only the service can make.
    pub fn with_credentials(mut self, credentials: &TestCredentials) -> Self {
        self.plan.credentials.set(CredentialSource::Own(credentials.clone()));
        self
    }
}
