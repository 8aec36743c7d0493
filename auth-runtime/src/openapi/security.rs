//! Translates a decision into the words of OpenAPI.

use super::SecurityCarrier;
use crate::permission::PermissionName;
use crate::router::{Policy, Posture, RoutePosture};
use std::collections::BTreeSet;

/// States who may call an operation, in the words of OpenAPI.
///
/// ```
/// use auth_runtime::openapi::SecurityAlternative;
/// use auth_runtime::{AuthRouter, public, routing::get};
///
/// #[public(reason = "load balancer probe")]
/// async fn health() {}
///
/// let app: AuthRouter = AuthRouter::new().route("/health", get(health));
/// let security = app.posture().documented_security("get", "/health").unwrap();
/// assert_eq!(security.alternatives, [SecurityAlternative::Unauthenticated]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentedSecurity {
    /// The alternatives: one of them suffices.
    pub alternatives: Vec<SecurityAlternative>,
    /// Where the credential is: one of them has it. Empty if none is needed.
    ///
    /// `Authorization: Bearer` until the router has its state.
    pub carriers: Vec<SecurityCarrier>,
    /// Why the gate answers 403; `None` if the decision requires no permission.
    pub forbidden: Option<String>,
}

/// One way to be let through to an operation.
///
/// ```
/// use auth_runtime::openapi::SecurityAlternative;
///
/// fn label(alternative: &SecurityAlternative) -> String {
///     match alternative {
///         SecurityAlternative::Unauthenticated => "for all".to_owned(),
///         SecurityAlternative::Token(scopes) => format!("a token with {scopes:?}"),
///         SecurityAlternative::Signature { sender, .. } => format!("signed by {sender}"),
///         _ => "see the document".to_owned(),
///     }
/// }
/// # assert_eq!(label(&SecurityAlternative::Unauthenticated), "for all");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SecurityAlternative {
    /// A call without a credential.
    Unauthenticated,
    /// A call with a token that has all of these scopes.
    Token(BTreeSet<String>),
    /// A call with the token of the one-time set-up, as a bearer token.
    SetupToken,
    /// A call that a sender has signed.
    Signature {
        /// The name of the sender.
        sender: &'static str,
        /// The header of the signature.
        header: &'static str,
    },
}

impl SecurityAlternative {
    /// Returns the name of the scheme of a signature, as a key of `securitySchemes`.
    pub(super) fn signature_scheme(sender: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        format!("signatureOf{}", sender.chars().map(plain).collect::<String>())
    }
}

/// Returns the conditions that the verifier of a route requires on every route.
fn always_required(route: &RoutePosture) -> impl Iterator<Item = &'static str> {
    route.verifier.iter().flat_map(|verifier| verifier.always_requires.iter().copied())
}

/// Returns the description of a 403; `None` if the gate never answers it.
fn forbidden(permissions: &[PermissionName], conditions: &[&str]) -> Option<String> {
    let required = PermissionName::All(permissions.to_vec()).canonical();
    let permission = (!permissions.is_empty()).then(|| format!("The caller lacks the permission `{required}`."));
    let conditions =
        (!conditions.is_empty()).then(|| format!("The caller does not meet `{}`.", conditions.join("` and `")));
    Some(permission.into_iter().chain(conditions).collect::<Vec<_>>().join(" Or: ")).filter(|text| !text.is_empty())
}

/// Adds the declared rules to the description of a 403. It is made for them alone too.
fn with_rules(forbidden: Option<String>, rules: &[&str]) -> Option<String> {
    // The document is public, so it has the name without the path.
    let name = |rule: &&str| rule.split('<').next().and_then(|path| path.rsplit("::").next()).map(str::to_owned);
    let names: Vec<String> = rules.iter().filter_map(name).collect();
    let of_rules =
        (!names.is_empty()).then(|| format!("The rule `{}` does not permit the object.", names.join("` or `")));
    let both = forbidden.into_iter().chain(of_rules).collect::<Vec<_>>().join(" Or: ");
    Some(both).filter(|text| !text.is_empty())
}

/// The description of a 401 to a call without a valid signature.
const UNSIGNED: &str = "The signature of the request is missing or not valid.";

/// More alternatives than a reader would compare. The scopes are then left out of `security`, and
/// the 403 names the permission.
const MOST_ALTERNATIVES: usize = 32;

impl DocumentedSecurity {
    /// Returns what a route requires; `None` for a route without a decision.
    pub(super) fn of(route: &RoutePosture) -> Option<Self> {
        let carriers =
            || route.verifier.as_deref().map_or_else(|| vec![SecurityCarrier::bearer()], SecurityCarrier::all);
        match &route.policy {
            Policy::Authenticated { permissions, rules, despite, .. } => {
                let conditions: Vec<_> = always_required(route)
                    .filter(|name| !despite.iter().any(|waived| waived.to_string() == *name))
                    .collect();
                let security = Self::authenticated(permissions, &conditions, carriers());
                Some(Self { forbidden: with_rules(security.forbidden, rules), ..security })
            }
            Policy::Public { .. } => Some(Self {
                alternatives: vec![SecurityAlternative::Unauthenticated],
                carriers: Vec::new(),
                forbidden: None,
            }),
            Policy::Visitor { .. } => Some(Self {
                alternatives: vec![SecurityAlternative::Unauthenticated, SecurityAlternative::Token(BTreeSet::new())],
                carriers: carriers(),
                forbidden: forbidden(&[], &always_required(route).collect::<Vec<_>>()),
            }),
            Policy::Signed { sender, header, .. } => {
                let alternatives = vec![SecurityAlternative::Signature { sender, header }];
                Some(Self { alternatives, carriers: Vec::new(), forbidden: None })
            }
            Policy::Setup { .. } => {
                let alternatives = vec![SecurityAlternative::SetupToken];
                Some(Self { alternatives, carriers: Vec::new(), forbidden: None })
            }
            Policy::Job { .. } | Policy::Unmatched => None,
        }
    }

    fn authenticated(permissions: &[PermissionName], conditions: &[&str], carriers: Vec<SecurityCarrier>) -> Self {
        let required = PermissionName::All(permissions.to_vec()).canonical();
        let mut alternatives = scopes(&required).unwrap_or_else(|| vec![BTreeSet::new()]);
        alternatives.sort();
        alternatives.dedup();
        Self {
            alternatives: alternatives.into_iter().map(SecurityAlternative::Token).collect(),
            carriers,
            forbidden: forbidden(permissions, conditions),
        }
    }

    /// Returns the sender and the header of the signature that the operation requires.
    fn signature(&self) -> Option<&'static str> {
        self.alternatives.iter().find_map(|alternative| match alternative {
            SecurityAlternative::Signature { sender, .. } => Some(*sender),
            SecurityAlternative::Unauthenticated | SecurityAlternative::Token(_) | SecurityAlternative::SetupToken => {
                None
            }
        })
    }

    /// Returns the description of a 401, which the gate answers.
    pub(super) fn unauthorized(&self) -> &'static str {
        if self.signature().is_some() {
            UNSIGNED
        } else if self.carriers.iter().all(SecurityCarrier::is_bearer) {
            "The bearer token is missing or not valid."
        } else {
            "The credential is missing or not valid."
        }
    }

    /// Whether the gate answers 401 to a call without a valid token, or a valid signature.
    #[must_use]
    pub fn rejects_bad_tokens(&self) -> bool {
        self.alternatives.iter().any(|alternative| *alternative != SecurityAlternative::Unauthenticated)
    }
}

/// Returns the sets of scopes of which each grants the permission.
///
/// `None` if there are too many.
fn scopes(permission: &PermissionName) -> Option<Vec<BTreeSet<String>>> {
    match permission {
        PermissionName::Scope(scope) => Some(vec![BTreeSet::from([scope.to_string()])]),
        // A claim or the service's own check has no word in OpenAPI. The 403 names it.
        PermissionName::Claim { .. } | PermissionName::KeyOfClaim { .. } | PermissionName::Check { .. } => {
            Some(vec![BTreeSet::new()])
        }
        PermissionName::Any(parts) => {
            let alternatives: Option<Vec<_>> = parts.iter().map(scopes).collect();
            Some(alternatives?.concat()).filter(|all| all.len() <= MOST_ALTERNATIVES)
        }
        PermissionName::All(parts) => parts.iter().try_fold(vec![BTreeSet::new()], |before, part| {
            let part = scopes(part)?;
            if before.len() * part.len() > MOST_ALTERNATIVES {
                return None;
            }
            Some(before.iter().flat_map(|left| part.iter().map(move |right| left | right)).collect())
        }),
    }
}

impl Posture {
    /// Returns what a documented operation requires of its caller; `None` if no route serves it.
    ///
    /// `method` and `path` are as in the document: `get`, `/orders/{id}`. The names of the
    /// parameters in the path do not matter.
    #[must_use]
    pub fn documented_security(&self, method: &str, path: &str) -> Option<DocumentedSecurity> {
        let path = without_names(if path.is_empty() { "/" } else { path });
        let at_path = || self.routes().iter().filter(|route| without_names(&route.path) == path);
        let of_method = |wanted: &str| at_path().find(|route| route.method.eq_ignore_ascii_case(wanted));
        // axum answers HEAD with the handler of GET.
        let route = of_method(method)
            .or_else(|| method.eq_ignore_ascii_case("head").then(|| of_method("get")).flatten())
            .or_else(|| of_method("any"))?;
        DocumentedSecurity::of(route)
    }
}

/// Removes the names of parameters, which may differ: `/orders/{id}`, `/files/{*path}`.
fn without_names(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::post;
    use crate::signatures::Signatures;
    use crate::{AuthRouter, Signed};

    fn scope(name: &'static str) -> PermissionName {
        PermissionName::Scope(name.into())
    }

    fn token(scopes: &[&str]) -> SecurityAlternative {
        SecurityAlternative::Token(scopes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn alternatives_are_the_sets_of_scopes_that_suffice() {
        let any = PermissionName::Any(vec![scope("a"), PermissionName::All(vec![scope("b"), scope("c")])]);
        let security = DocumentedSecurity::authenticated(&[any, scope("d")], &[], Vec::new());
        assert_eq!(security.alternatives, [token(&["a", "d"]), token(&["b", "c", "d"])]);
        assert!(security.forbidden.is_some_and(|why| why.contains("any of (a, all of (b, c))")));
    }

    #[test]
    fn a_check_by_code_has_no_scope_but_a_403() {
        let staff = PermissionName::Check { name: "staff".into(), by: "app::Staff".into() };
        let security = DocumentedSecurity::authenticated(&[staff], &[], Vec::new());
        assert_eq!(security.alternatives, [token(&[])]);
        assert!(security.forbidden.is_some());
        assert_eq!(DocumentedSecurity::authenticated(&[], &[], Vec::new()).forbidden, None);
        let suspended = DocumentedSecurity::authenticated(&[], &["not suspended"], Vec::new());
        assert_eq!(suspended.forbidden.as_deref(), Some("The caller does not meet `not suspended`."));
    }

    #[test]
    fn too_many_alternatives_name_the_permission_only() {
        let either = |n: usize| PermissionName::Any(vec![scope(["a", "b", "c"][n % 3]), scope(["x", "y"][n % 2])]);
        let security = DocumentedSecurity::authenticated(&(0..12).map(either).collect::<Vec<_>>(), &[], Vec::new());
        assert_eq!(security.alternatives, [token(&[])]);
    }

    #[test]
    fn a_signed_operation_has_a_scheme_of_its_sender_and_no_bearer_token() {
        crate::signature!(GitHub = crate::signatures::Scheme::github());
        let app: AuthRouter<Signatures<GitHub>> = AuthRouter::new().route("/push", post(async |_: Signed<GitHub>| ()));
        let mut document = serde_json::json!({
            "openapi": "3.1.0",
            "paths": { "/push": { "post": { "responses": {} } } }
        });
        app.posture().apply_to_openapi(&mut document).expect("a document");
        let operation = &document["paths"]["/push"]["post"];
        assert_eq!(operation["security"], serde_json::json!([{ "signatureOfGitHub": [] }]));
        assert_eq!(operation["responses"]["401"]["description"], UNSIGNED);
        assert_eq!(
            document["components"]["securitySchemes"]["signatureOfGitHub"],
            serde_json::json!({ "type": "apiKey", "in": "header", "name": "X-Hub-Signature-256" })
        );
    }

    #[test]
    fn a_set_up_has_a_bearer_scheme_of_its_own() {
        use crate::Setup;
        use crate::setup::SetupGate;
        let app: AuthRouter<SetupGate> = AuthRouter::new().route("/setup", post(async |_: Setup| ()));
        let mut document = serde_json::json!({
            "openapi": "3.1.0",
            "paths": { "/setup": { "post": { "responses": {} } } }
        });
        app.posture().apply_to_openapi(&mut document).expect("a document");
        let operation = &document["paths"]["/setup"]["post"];
        assert_eq!(operation["security"], serde_json::json!([{ "setupToken": [] }]));
        assert!(operation["responses"]["401"].is_object(), "{document}");
        let scheme = &document["components"]["securitySchemes"]["setupToken"];
        assert_eq!((&scheme["type"], &scheme["scheme"]), (&"http".into(), &"bearer".into()), "{document}");
    }
}
