//! Compares an OpenAPI document with the decisions of a router, in both directions.

use auth_runtime::AuthRouter;
use auth_runtime::openapi::base_path;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Asserts that an OpenAPI document and a router agree about who may call what.
///
/// Each documented operation must be mounted, and state the `security` of its route, and describe
/// the responses 401 and 403 where the gate gives them. Each mounted route must be documented. Use
/// [`OpenApiCheck`] for a router with routes that the document leaves out.
///
/// ```
/// use auth_runtime::{AuthRouter, public, routing::get};
/// use auth_testkit::assert_openapi;
///
/// #[public(reason = "load balancer probe")]
/// async fn health() {}
///
/// let app: AuthRouter = AuthRouter::new().route("/health", get(health));
/// let document = serde_json::json!({
///     "openapi": "3.1.0",
///     "paths": { "/health": { "get": { "security": [], "responses": {} } } }
/// });
/// assert_openapi(&app, &document);
/// ```
///
/// # Panics
///
/// If they disagree. The message lists each difference.
#[track_caller]
pub fn assert_openapi<S: Clone + Send + Sync + 'static>(app: &AuthRouter<S>, document: &impl Serialize) {
    OpenApiCheck::new(app, document).assert();
}

/// Compares an OpenAPI document with a router that has undocumented routes.
///
/// ```no_run
/// # use auth_runtime::AuthRouter;
/// # use auth_testkit::OpenApiCheck;
/// # fn test(app: AuthRouter, document: serde_json::Value) {
/// OpenApiCheck::new(&app, &document).undocumented("/docs", "Swagger UI").assert();
/// # }
/// ```
#[must_use = "compare with `assert`"]
pub struct OpenApiCheck {
    posture: auth_runtime::Posture,
    document: Result<Value, String>,
    undocumented: Vec<&'static str>,
}

impl OpenApiCheck {
    /// Starts a comparison. The document may be a `serde_json::Value` or `utoipa`'s `OpenApi`.
    pub fn new<S: Clone + Send + Sync + 'static>(app: &AuthRouter<S>, document: &impl Serialize) -> Self {
        let document = serde_json::to_value(document).map_err(|error| error.to_string());
        Self { posture: app.posture(), document, undocumented: Vec::new() }
    }

    /// Leaves out a path and all paths below it, for a stated reason. `/` is that path alone.
    ///
    /// # Panics
    ///
    /// If the reason is blank, or no route is there.
    #[track_caller]
    pub fn undocumented(mut self, path: &'static str, reason: &str) -> Self {
        assert!(!reason.trim().is_empty(), "undocumented path `{path}`: state the reason");
        assert!(
            self.posture.routes().iter().any(|route| is_below(&route.path, path)),
            "undocumented path `{path}`: no route is there: remove it from the test"
        );
        self.undocumented.push(path);
        self
    }

    /// Asserts that both agree.
    ///
    /// # Panics
    ///
    /// If they disagree. The message lists each difference.
    #[track_caller]
    pub fn assert(self) {
        let differences = self.differences();
        assert!(
            differences.is_empty(),
            "the OpenAPI document and the router differ: correct the document, or let `apply_to_openapi` write it:\n  {}",
            differences.join("\n  ")
        );
    }

    fn differences(&self) -> Vec<String> {
        let document = match &self.document {
            Ok(document) => document,
            Err(error) => return vec![format!("the document cannot be serialized: {error}")],
        };
        // The router's own words, written into a copy, are what the document must say.
        let mut expected = document.clone();
        if let Err(error) = self.posture.apply_to_openapi(&mut expected) {
            return vec![error.to_string()];
        }
        let mut differences = Vec::new();
        for (path, item) in expected["paths"].as_object().into_iter().flatten() {
            for (method, expected) in item.as_object().into_iter().flatten() {
                // Other members of a path item, such as `parameters`, have no decision.
                if expected["security"].is_array() && self.posture.documented_security(method, path).is_some() {
                    let documented = &document["paths"][path.as_str()][method.as_str()];
                    let place = format!("{} {path}", method.to_uppercase());
                    differences.extend(compare(&place, documented, expected, &document["security"]));
                }
            }
        }
        differences.extend(self.routes_left_out(document));
        differences
    }

    /// Lists the routes that the document does not describe.
    fn routes_left_out(&self, document: &Value) -> Vec<String> {
        let routes = self.posture.routes().iter().filter(|route| {
            !route.method.starts_with("FALLBACK")
                && route.method != "JOB"
                && !self.undocumented.iter().any(|path| is_below(&route.path, path))
        });
        let base = base_path(document);
        let documented: Vec<(String, String)> = document["paths"]
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |(method, _)| (method, path)))
            .map(|(method, path)| (method.to_uppercase(), without_names(path)))
            .collect();
        let is_documented = |method: &str, path: &str| {
            let path = without_names(path);
            let paths = [path.as_str(), path.strip_prefix(base).unwrap_or(&path)];
            documented.iter().any(|(m, p)| paths.contains(&p.as_str()) && (m == method || method == "ANY"))
        };
        routes
            .filter(|route| !is_documented(route.method, &route.path))
            .map(|route| {
                format!(
                    "{} {}: mounted, but not documented ({}): document it, or name it with `undocumented`",
                    route.method, route.path, route.location
                )
            })
            .collect()
    }
}

fn compare(place: &str, documented: &Value, expected: &Value, default: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    // Without its own `security`, an operation has the document's.
    let stated = if documented["security"].is_null() { default } else { &documented["security"] };
    if as_set(stated) != as_set(&expected["security"]) {
        let stated = if stated.is_null() { &json!([]) } else { stated };
        differences.push(format!(
            "{place}: `security` is {stated} in the document, and the gate's is {}",
            expected["security"]
        ));
    }
    for status in ["401", "403"] {
        if !expected["responses"][status].is_null() && documented["responses"][status].is_null() {
            differences.push(format!("{place}: the gate answers {status}, and the document does not describe it"));
        }
    }
    differences
}

/// The alternatives of `security` in no order. None at all is the same as an empty one.
fn as_set(security: &Value) -> BTreeSet<String> {
    let mut alternatives: BTreeSet<_> = security
        .as_array()
        .into_iter()
        .flatten()
        .map(|alternative| {
            let schemes = alternative.as_object().into_iter().flatten().map(|(name, scopes)| {
                let mut scopes: Vec<_> = scopes.as_array().into_iter().flatten().map(Value::to_string).collect();
                scopes.sort();
                format!("{name}{scopes:?}")
            });
            schemes.collect::<Vec<_>>().join(" ")
        })
        .collect();
    if alternatives.is_empty() {
        alternatives.insert(String::new());
    }
    alternatives
}

fn is_below(path: &str, prefix: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    if prefix.is_empty() {
        return path == "/";
    }
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn without_names(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}
