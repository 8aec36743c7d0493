//! Writes the decisions of a router into an OpenAPI document.

use super::{DocumentedSecurity, OpenApiError, SecurityAlternative};
use crate::router::Posture;
use serde_json::{Map, Value, json};

/// The methods of a path item, as OpenAPI names them.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The name of the security scheme, if the document has none for bearer tokens.
pub(super) const BEARER: &str = "bearerAuth";

impl Posture {
    /// Writes the decision of each route into the operations of an OpenAPI document.
    ///
    /// For each operation it replaces `security`, and adds the responses 401 and 403 where the gate
    /// gives them and the document does not describe them. Public operations get an empty
    /// `security`, because the document's default would otherwise apply. The security scheme is the
    /// document's own, if it has exactly one for tokens, or a new one, `bearerAuth`. Routes that
    /// the document does not describe are left out.
    ///
    /// Use it for documents that aide made, or that stand in a file. OpenAPI 3.0 has no scopes for
    /// bearer tokens, so they are left out there.
    ///
    /// ```
    /// use auth_runtime::{AuthRouter, public, routing::get};
    ///
    /// #[public(reason = "load balancer probe")]
    /// async fn health() {}
    ///
    /// let app: AuthRouter = AuthRouter::new().route("/health", get(health));
    /// let mut document = serde_json::json!({
    ///     "openapi": "3.1.0",
    ///     "paths": { "/health": { "get": { "responses": {} } } }
    /// });
    /// app.posture().apply_to_openapi(&mut document)?;
    /// assert_eq!(document["paths"]["/health"]["get"]["security"], serde_json::json!([]));
    /// # Ok::<(), auth_runtime::openapi::OpenApiError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`OpenApiError`], and the document is unchanged: it is malformed, or it describes operations
    /// that no route serves.
    pub fn apply_to_openapi(&self, document: &mut Value) -> Result<(), OpenApiError> {
        let scheme = Scheme::of(document)?;
        let operations = self.operations(document)?;
        let mut senders = Vec::new();
        for (path, method, security) in operations {
            senders.extend(security.signature());
            let operation = &mut document["paths"][path.as_str()][method];
            operation["security"] = scheme.requirements(&security);
            if security.rejects_bad_tokens() {
                describe(operation, "401", security.unauthorized());
            }
            if let Some(forbidden) = &security.forbidden {
                describe(operation, "403", forbidden);
            }
        }
        for (sender, header) in senders {
            let name = SecurityAlternative::signature_scheme(sender);
            let schemes = &mut document["components"]["securitySchemes"];
            if schemes[&name].is_null() {
                schemes[&name] = json!({ "type": "apiKey", "in": "header", "name": header });
            }
        }
        // A scheme of this name may be one of several for tokens.
        if scheme.is_new && document["components"]["securitySchemes"][BEARER].is_null() {
            document["components"]["securitySchemes"][BEARER] =
                json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" });
        }
        Ok(())
    }

    /// Finds the route of each documented operation, before anything is changed.
    fn operations(&self, document: &Value) -> Result<Vec<(String, &'static str, DocumentedSecurity)>, OpenApiError> {
        let Some(paths) = document["paths"].as_object() else {
            return Err(OpenApiError::Malformed("`paths` is not an object"));
        };
        let base = base_path(document);
        let mut found = Vec::new();
        let mut missing = Vec::new();
        for (path, item) in paths {
            let Some(item) = item.as_object() else {
                return Err(OpenApiError::Malformed("a member of `paths` is not an object"));
            };
            for method in METHODS.into_iter().filter(|method| item.contains_key(*method)) {
                if !item[method].is_object() {
                    return Err(OpenApiError::Malformed("an operation is not an object"));
                }
                // A proxy may strip the path of `servers`, or it may not.
                let mounted = self
                    .documented_security(method, &format!("{base}{path}"))
                    .or_else(|| self.documented_security(method, path));
                match mounted {
                    Some(security) => found.push((path.clone(), method, security)),
                    None => missing.push(format!("{} {path}", method.to_uppercase())),
                }
            }
        }
        if missing.is_empty() { Ok(found) } else { Err(OpenApiError::NotMounted(missing)) }
    }
}

/// Returns the path of a document's first server, which precedes every path of the document.
///
/// ```
/// let document = serde_json::json!({ "servers": [{ "url": "https://api.example.com/v1/" }] });
/// assert_eq!(auth_runtime::openapi::base_path(&document), "/v1");
/// ```
#[must_use]
pub fn base_path(document: &Value) -> &str {
    let url = document["servers"][0]["url"].as_str().unwrap_or_default();
    let after_host = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    after_host.trim_end_matches('/')
}

/// Describes a response that the document does not describe.
fn describe(operation: &mut Value, status: &str, description: &str) {
    if !operation["responses"].is_object() {
        operation["responses"] = Value::Object(Map::new());
    }
    if operation["responses"].get(status).is_none() {
        operation["responses"][status] = json!({
            "description": description,
            "headers": { "WWW-Authenticate": { "schema": { "type": "string" } } },
        });
    }
}

/// The security scheme for bearer tokens.
struct Scheme {
    name: String,
    is_new: bool,
    has_scopes: bool,
}

impl Scheme {
    fn of(document: &Value) -> Result<Self, OpenApiError> {
        let version = document["openapi"].as_str().ok_or(OpenApiError::Malformed("`openapi` is not a version"))?;
        for part in [&document["components"], &document["components"]["securitySchemes"]] {
            if !part.is_null() && !part.is_object() {
                return Err(OpenApiError::Malformed("`components` or its `securitySchemes` is not an object"));
            }
        }
        let takes_tokens = |scheme: &Value| match scheme["type"].as_str() {
            Some("http") => scheme["scheme"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("bearer")),
            Some(kind) => kind == "oauth2" || kind == "openIdConnect",
            None => false,
        };
        let mut of_tokens = document["components"]["securitySchemes"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, scheme)| takes_tokens(scheme));
        let own = of_tokens.next().filter(|_| of_tokens.next().is_none());
        // OpenAPI 3.0: "For other security scheme types, the array MUST be empty."
        let has_scopes = !version.starts_with("3.0") || own.is_some_and(|(_, scheme)| scheme["type"] != "http");
        Ok(Self { name: own.map_or(BEARER, |(name, _)| name).to_owned(), is_new: own.is_none(), has_scopes })
    }

    fn requirements(&self, security: &DocumentedSecurity) -> Value {
        if !security.rejects_bad_tokens() {
            return json!([]);
        }
        let mut requirements: Vec<Value> = Vec::new();
        for alternative in &security.alternatives {
            let requirement = match alternative {
                SecurityAlternative::Unauthenticated => json!({}),
                SecurityAlternative::Token(scopes) if self.has_scopes => json!({ &self.name: scopes }),
                SecurityAlternative::Token(_) => json!({ &self.name: [] }),
                SecurityAlternative::Signature { sender, .. } => {
                    json!({ SecurityAlternative::signature_scheme(sender): [] })
                }
            };
            if !requirements.contains(&requirement) {
                requirements.push(requirement);
            }
        }
        Value::Array(requirements)
    }
}
