//! The settings of an attack: tokens, parameters, bodies, exclusions.

use super::credential_sources::CredentialSources;
use super::excluded_attacks::ExcludedAttacks;
use super::requests::RequestTemplate;
use super::senders::TestSenders;
use super::token_sources::{TokenSource, TokenSources};
use crate::catalogue::{Attack, AttackInputs, Credentials, catalogue};
use crate::issuer::{PublicKey, TestIssuer, TestSetup};
use crate::target::Route;
use auth_runtime::permissions::PermissionName;
use http::{HeaderName, HeaderValue, Method};
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Holds all settings of an attack beside its target.
#[derive(Clone)]
pub(super) struct AttackPlan {
    pub(super) sources: TokenSources,
    /// Sources of API keys, sessions and own kinds.
    pub(super) credentials: CredentialSources,
    /// The senders of signed requests.
    pub(super) senders: TestSenders,
    /// The one-time set-up.
    pub(super) setup: Option<TestSetup>,
    /// Whether the test gives the kit tokens.
    pub(super) has_tokens: bool,
    pub(super) published: Vec<PublicKey>,
    pub(super) pause: Option<Duration>,
    pub(super) on_progress: Option<Arc<dyn Fn(usize) + Send + Sync>>,
    pub(super) attacks: Vec<Attack>,
    pub(super) parameters: Vec<(String, String)>,
    /// Route, content type and body.
    pub(super) bodies: Vec<(String, String, Vec<u8>)>,
    /// Route and query.
    pub(super) queries: Vec<(String, String)>,
    /// Route and header.
    pub(super) headers: Vec<(String, HeaderName, HeaderValue)>,
    pub(super) side_effects: Vec<SideEffect>,
    pub(super) reported_refusals: Option<Reader>,
    pub(super) excluded: Vec<(String, String)>,
    /// Ids of attacks that are not sent, each with the reason.
    pub(super) without: ExcludedAttacks,
    /// Ids of attacks whose findings are accepted, each with the reason.
    pub(super) accepted: ExcludedAttacks,
    /// Further statuses of rejections, each with the reason.
    pub(super) rejections: BTreeMap<u16, String>,
    /// Why the fallback of a plain router has no routes to attack.
    pub(super) fallback: Option<String>,
    /// Another issuer that the service trusts.
    pub(super) partners: Vec<TestIssuer>,
    pub(super) granted_to_all: Vec<(String, String)>,
    /// Issuers of callers that lack a permission.
    pub(super) lacking: Vec<(String, TestIssuer)>,
    /// Issuers of callers that a rule denies, each with the rule.
    pub(super) denied_by: Vec<(String, TestIssuer)>,
    pub(super) statuses: Vec<(String, u16)>,
    /// Routes whose answer belongs to the good caller.
    pub(super) owned: Vec<String>,
    /// Claim and route, whose answer belongs to those who have the claim of the good caller.
    pub(super) owned_by_claim: Vec<(String, String)>,
    /// The subject of another caller, and the id of its object.
    pub(super) second_objects: Vec<(String, String)>,
    /// Log-ins after which a second factor is missing.
    pub(super) unfinished: Vec<String>,
    /// Routes that the test names, each with the builder's method. An unknown one is a typing
    /// error.
    pub(super) named_routes: Vec<(&'static str, String)>,
    /// Headers whose values differ in every response.
    pub(super) varying: Vec<HeaderName>,
}

/// Reads a value of the service under test, as text.
pub(super) type Reader = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = String> + Send>> + Send + Sync>;

/// A value that a rejected request must not change.
#[derive(Clone)]
pub(super) struct SideEffect {
    pub(super) name: String,
    pub(super) read: Reader,
}

pub(super) fn reader<F, Fut>(read: F) -> Reader
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output: ToString> + Send + 'static,
{
    Arc::new(move || {
        let value = read();
        Box::pin(async move { value.await.to_string() })
    })
}

impl AttackPlan {
    /// Plans every attack of the catalogue.
    pub(super) fn new(source: TokenSource) -> Self {
        Self {
            sources: TokenSources::new(source),
            credentials: CredentialSources::default(),
            senders: TestSenders::default(),
            setup: None,
            has_tokens: true,
            published: Vec::new(),
            pause: None,
            on_progress: None,
            attacks: catalogue(),
            parameters: Vec::new(),
            bodies: Vec::new(),
            queries: Vec::new(),
            headers: Vec::new(),
            side_effects: Vec::new(),
            reported_refusals: None,
            excluded: Vec::new(),
            without: ExcludedAttacks::default(),
            accepted: ExcludedAttacks::default(),
            rejections: BTreeMap::new(),
            fallback: None,
            partners: Vec::new(),
            granted_to_all: Vec::new(),
            lacking: Vec::new(),
            denied_by: Vec::new(),
            statuses: Vec::new(),
            owned: Vec::new(),
            owned_by_claim: Vec::new(),
            second_objects: Vec::new(),
            unfinished: Vec::new(),
            named_routes: Vec::new(),
            varying: Vec::new(),
        }
    }

    pub(super) fn name_route(&mut self, by: &'static str, route: &str) {
        self.named_routes.push((by, route.to_owned()));
    }

    /// One message for each named route that the target does not have.
    pub(super) fn unknown_routes<'a>(&'a self, routes: &'a [Route]) -> impl Iterator<Item = String> + 'a {
        let missing = |named: &&(&'static str, String)| !routes.iter().any(|route| route.to_string() == named.1);
        self.named_routes.iter().filter(missing).map(|(by, route)| {
            let known: Vec<String> = routes.iter().map(ToString::to_string).collect();
            format!("unknown route: `.{by}({route:?}, ..)`: use one of {}", known.join(", "))
        })
    }

    /// A good token for a route, with the scopes that it requires.
    pub(super) fn good_token(&self, route: &Route) -> String {
        self.sources.of(route).good_token(&Self::scopes_for(route))
    }

    /// The credentials of an attack; `None` where it cannot be made with this issuer.
    pub(super) fn credentials(&self, attack: &Attack, route: &Route, scopes: &[String]) -> Option<Credentials> {
        let source = self.sources.of(route);
        let good = LazyCell::new(Box::new(|| source.good_token(scopes)) as Box<dyn FnOnce() -> String + Send>);
        attack.make(&AttackInputs { issuer: source.issuer(), published: &self.published, scopes, good })
    }

    pub(super) fn why_not_sent(&self, attack: &Attack, route: &Route) -> String {
        match self.sources.of(route).issuer() {
            Some(issuer) if issuer.omits_audience() && attack.id() == "T23" => {
                "good tokens have no `aud`, so the service cannot reject tokens for another one by it".to_owned()
            }
            Some(issuer) => format!("the attack does not exist for `{}`", issuer.algorithm()),
            None => "only the issuer's key can sign it".to_owned(),
        }
    }

    pub(super) fn template(&self, route: &Route, method: &Method) -> RequestTemplate {
        self.completed(route, RequestTemplate::new(route, method, &self.parameters, &self.bodies))
    }

    /// The request for an object that does not exist; `None` for a path without parameters.
    pub(super) fn elsewhere(&self, route: &Route, method: &Method) -> Option<RequestTemplate> {
        let known = self.template(route, method);
        let parameters: Vec<(String, String)> = names_of_parameters(&route.path)
            .map(|name| {
                let value = self.parameters.iter().find(|(known, _)| *known == name);
                (name, value.map_or("1", |(_, value)| value.as_str()))
            })
            .map(|(name, value)| (name, unknown_like(value)))
            .collect();
        let elsewhere = self.completed(route, RequestTemplate::new(route, method, &parameters, &self.bodies));
        (elsewhere.path != known.path).then_some(elsewhere)
    }

    /// The scopes among the permissions of a route. For other permissions the issuer needs a claim.
    pub(super) fn scopes_for(route: &Route) -> Vec<String> {
        fn collect(permission: &PermissionName, scopes: &mut Vec<String>) {
            match permission {
                PermissionName::Scope(scope) if !scopes.iter().any(|known| known == scope) => {
                    scopes.push(scope.clone().into_owned());
                }
                PermissionName::All(parts) | PermissionName::Any(parts) => {
                    for part in parts {
                        collect(part, scopes);
                    }
                }
                _ => {}
            }
        }
        let mut scopes = Vec::new();
        let required = route.permissions.iter().chain(&route.conditions);
        required.for_each(|permission| collect(permission, &mut scopes));
        scopes
    }

    /// Whether these scopes are insufficient for a route, whatever other claims a caller has.
    pub(super) fn lacks(route: &Route, scopes: &[&String]) -> bool {
        fn may_hold(permission: &PermissionName, scopes: &[&String]) -> bool {
            match permission {
                PermissionName::Scope(scope) => scopes.iter().any(|had| *had == scope),
                PermissionName::All(parts) => parts.iter().all(|part| may_hold(part, scopes)),
                PermissionName::Any(parts) => parts.iter().any(|part| may_hold(part, scopes)),
                // The service decides.
                _ => true,
            }
        }
        !route.permissions.iter().all(|permission| may_hold(permission, scopes))
    }

    /// Whether the requests must not overlap: values are read around each, or the rate is limited.
    pub(super) fn is_watched(&self) -> bool {
        self.pause.is_some() || !self.side_effects.is_empty() || self.reported_refusals.is_some()
    }

    pub(super) async fn pace(&self) {
        if let Some(pause) = self.pause {
            tokio::time::sleep(pause).await;
        }
    }

    /// Why the test excludes a route.
    pub(super) fn exclusion_of(&self, route: &Route) -> Option<&str> {
        let route = route.to_string();
        self.excluded.iter().find(|(excluded, _)| *excluded == route).map(|(_, why)| why.as_str())
    }

    /// Why the test grants a permission to every caller.
    pub(super) fn grant_of(&self, permission: &PermissionName) -> Option<&str> {
        self.granted_to_all.iter().find(|(granted, _)| is_named(permission, granted)).map(|(_, why)| why.as_str())
    }

    /// Issuers of callers that lack one of the permissions of a route, each with the permission.
    pub(super) fn lacking(&self, route: &Route) -> impl Iterator<Item = &(String, TestIssuer)> {
        self.lacking
            .iter()
            .filter(|(lacking, _)| route.permissions.iter().any(|permission| is_named(permission, lacking)))
    }

    /// Issuers of callers that do not meet a condition of a route, each with the condition.
    pub(super) fn not_meeting(&self, route: &Route) -> impl Iterator<Item = &(String, TestIssuer)> {
        self.lacking.iter().filter(|(lacking, _)| route.conditions.iter().any(|condition| is_named(condition, lacking)))
    }

    /// One message for each condition that no caller of the test fails.
    pub(super) fn untested_conditions(&self, routes: &[Route]) -> BTreeSet<String> {
        let names = |condition: &PermissionName| self.lacking.iter().any(|(name, _)| is_named(condition, name));
        let conditions = routes.iter().flat_map(|route| &route.conditions);
        let untested = conditions.filter(|condition| !names(condition) && self.grant_of(condition).is_none());
        let message = |condition: &PermissionName| {
            let name = match condition {
                PermissionName::Check { name, .. } => name.to_string(),
                other => other.to_string(),
            };
            format!(
                "condition was not tested: `{condition}`: add a caller that does not meet it: \
                 `.caller_lacking({name:?}, &issuer.with_claim(..))`"
            )
        };
        untested.map(message).collect()
    }

    /// The status that the test declares for a public route.
    pub(super) fn declared_status(&self, route: &Route) -> Option<u16> {
        let route = route.to_string();
        self.statuses.iter().find(|(name, _)| *name == route).map(|(_, status)| *status)
    }
}

pub(super) fn names_of_parameters(path: &str) -> impl Iterator<Item = String> + '_ {
    let names = path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name));
    names.map(|name| name.trim_start_matches('*').to_owned())
}

/// An id of the same form that no object has.
pub(super) fn unknown_like(value: &str) -> String {
    const UNKNOWN_UUID: &str = "7e57ab1e-0000-4000-8000-000000000000";
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        "999999999".to_owned()
    } else if value.len() == UNKNOWN_UUID.len() && value.bytes().filter(|byte| *byte == b'-').count() == 4 {
        UNKNOWN_UUID.to_owned()
    } else {
        "no-such-object".to_owned()
    }
}

/// Whether a test names this permission: by its `NAME` or scope, or by its text in the posture.
pub(super) fn is_named(permission: &PermissionName, name: &str) -> bool {
    match permission {
        PermissionName::Check { name: own, .. } | PermissionName::Scope(own) if own == name => true,
        permission => permission.to_string() == name,
    }
}
