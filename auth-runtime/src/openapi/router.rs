//! Routes documented handlers through the gate: [`OpenApiRouter`].

use super::routes::DocumentedOperation;
use super::schemes::Schemes;
use super::{DocumentedSecurity, OpenApiError, Routes};
use crate::router::{AuthRouter, MethodRoutes};
use serde_json::{Map, Value};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{SecurityRequirement, SecurityScheme};
use utoipa::openapi::{HeaderBuilder, OpenApi, OpenApiBuilder};

/// An [`AuthRouter`] together with the OpenAPI document of its handlers.
///
/// It has the methods of `utoipa_axum::router::OpenApiRouter` that services use, so that a service
/// changes its imports only. Each handler is served at its own method and path, and nowhere else.
///
/// ```
/// use auth_runtime::openapi::{OpenApiRouter, routes};
/// use auth_runtime::{AuthRouter, Claims, Verifier, authenticated, scope};
///
/// scope!(OrdersRead = "orders:read");
///
/// #[utoipa::path(get, path = "/orders", responses((status = 200, body = String)))]
/// #[authenticated(Claims, requires = OrdersRead)]
/// async fn list() -> String {
///     "two orders".to_owned()
/// }
///
/// fn app(verifier: Verifier<Claims>) -> (AuthRouter, utoipa::openapi::OpenApi) {
///     OpenApiRouter::new().routes(routes!(list)).with_state(verifier).split_for_parts()
/// }
/// # fn main() {}
/// ```
#[must_use]
pub struct OpenApiRouter<S = ()> {
    router: AuthRouter<S>,
    document: OpenApi,
}

impl<S: Clone + Send + Sync + 'static> OpenApiRouter<S> {
    /// Makes a router without routes.
    ///
    /// # Panics
    ///
    /// As [`AuthRouter::new`].
    #[track_caller]
    pub fn new() -> Self {
        Self::with_openapi(OpenApiBuilder::new().build())
    }

    /// Makes a router without routes, and a document that already has a title, tags and so on.
    ///
    /// # Panics
    ///
    /// As [`AuthRouter::new`].
    #[track_caller]
    pub fn with_openapi(document: OpenApi) -> Self {
        Self { router: AuthRouter::new(), document }
    }

    /// Mounts documented handlers, each at its own method and path.
    ///
    /// # Panics
    ///
    /// As [`AuthRouter::route`].
    #[track_caller]
    pub fn routes(mut self, routes: Routes<S>) -> Self {
        for DocumentedOperation { path, methods, operation, handlers } in routes.operations {
            self.router = self.router.route(&path, handlers);
            self.document.paths.add_path_operation(path, methods, operation);
        }
        self.document.components.get_or_insert_default().schemas.extend(routes.schemas);
        self
    }

    /// Mounts handlers that the document does not describe.
    ///
    /// # Panics
    ///
    /// As [`AuthRouter::route`].
    #[track_caller]
    pub fn route(self, path: &str, methods: MethodRoutes<S>) -> Self {
        self.map_router(|router| router.route(path, methods))
    }

    /// Mounts the routes of another router, with their documentation, below a prefix.
    ///
    /// # Panics
    ///
    /// As [`AuthRouter::nest`].
    #[track_caller]
    pub fn nest(self, prefix: &str, other: Self) -> Self {
        let router = self.router.nest(prefix, other.router);
        let document = self.document.nest_with_path_composer(prefix, other.document, |prefix, path| {
            // As axum joins them.
            match path {
                path if prefix.ends_with('/') => format!("{prefix}{}", path.trim_start_matches('/')),
                "" | "/" => prefix.to_owned(),
                path => format!("{prefix}{path}"),
            }
        });
        Self { router, document }
    }

    /// Adds the routes of another router, with their documentation.
    ///
    /// # Panics
    ///
    /// As [`AuthRouter::merge`].
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        self.document.merge(other.document);
        Self { router: self.router.merge(other.router), document: self.document }
    }

    /// Calls any other method of the router: a layer, a service, a fallback.
    ///
    /// ```
    /// # use auth_runtime::openapi::OpenApiRouter;
    /// # use axum::{extract::Request, middleware::{self, Next}, response::Response};
    /// # async fn log(request: Request, next: Next) -> Response { next.run(request).await }
    /// let app: OpenApiRouter = OpenApiRouter::new();
    /// let app = app.map_router(|router| router.layer(middleware::from_fn(log)));
    /// ```
    pub fn map_router<S2>(self, f: impl FnOnce(AuthRouter<S>) -> AuthRouter<S2>) -> OpenApiRouter<S2> {
        OpenApiRouter { router: f(self.router), document: self.document }
    }

    /// Provides the state that the router misses.
    pub fn with_state(self, state: S) -> OpenApiRouter {
        self.map_router(|router| router.with_state(state))
    }

    /// Returns the router, and the document with the decision of each route.
    ///
    /// Each operation gets the `security` of its route, and the responses 401 and 403 where the
    /// gate gives them and the handler does not document them. The security scheme of each carrier
    /// is the document's own, if it has exactly one, or a new one, such as `bearerAuth` or
    /// `header-x-api-key`.
    ///
    /// # Panics
    ///
    /// If the document describes an operation that no route serves, for instance one from
    /// `#[openapi(paths(..))]`.
    #[track_caller]
    pub fn split_for_parts(mut self) -> (AuthRouter<S>, OpenApi) {
        let posture = self.router.posture();
        let mut schemes = schemes(&self.document);
        let mut missing = Vec::new();
        for (path, item) in &mut self.document.paths.paths {
            for (method, operation) in operations(item) {
                match posture.documented_security(method, path) {
                    Some(security) => document(operation, schemes.requirements(&security), &security),
                    None => missing.push(format!("{} {path}", method.to_uppercase())),
                }
            }
        }
        // P10: an operation without a route would keep whatever it states about its security.
        assert!(missing.is_empty(), "{}", OpenApiError::NotMounted(missing));
        for (name, scheme) in schemes.added() {
            if let Ok(scheme) = serde_json::from_value::<SecurityScheme>(scheme) {
                let components = self.document.components.get_or_insert_default();
                components.security_schemes.insert(name, scheme.into());
            }
        }
        (self.router, self.document)
    }
}

impl<S: Clone + Send + Sync + 'static> Default for OpenApiRouter<S> {
    fn default() -> Self {
        Self::new()
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("options", &mut item.options),
        ("head", &mut item.head),
        ("patch", &mut item.patch),
        ("trace", &mut item.trace),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Reads the document's security schemes. `utoipa` writes OpenAPI 3.1.
fn schemes(document: &OpenApi) -> Schemes {
    let own = document.components.iter().flat_map(|components| &components.security_schemes);
    let own = own.map(|(name, scheme)| (name.clone(), serde_json::to_value(scheme).unwrap_or_default()));
    Schemes::new(own.collect(), "3.1")
}

fn document(operation: &mut Operation, requirements: Vec<Map<String, Value>>, security: &DocumentedSecurity) {
    let requirement = |requirement: Map<String, Value>| {
        let scopes = |scopes: &Value| -> Vec<String> {
            scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let schemes = requirement.into_iter().map(|(name, required)| SecurityRequirement::new(name, scopes(&required)));
        schemes.reduce(|_, last| last).unwrap_or_default()
    };
    // An empty list says that no credential is needed, also if the document has a default.
    operation.security = Some(requirements.into_iter().map(requirement).collect());
    let mut describe = |status: &str, description: &str| {
        let challenge = HeaderBuilder::new().build();
        let response = ResponseBuilder::new().description(description).header("WWW-Authenticate", challenge);
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| response.build().into());
    };
    if security.rejects_bad_tokens() {
        describe("401", security.unauthorized());
    }
    if let Some(forbidden) = &security.forbidden {
        describe("403", forbidden);
    }
}

#[cfg(test)]
mod tests {
    use super::OpenApiRouter;
    use crate::openapi::routes;
    use crate::signatures::{Scheme, Signatures, SigningSecret};
    use crate::{AuthRouter, Events, Signed};
    use axum::body::Body;
    use http::Request;
    use serde_json::json;
    use tower_service::Service;

    crate::signature!(GitHub = Scheme::github());

    #[utoipa::path(post, path = "/push", request_body = String, responses((status = 200, body = String)))]
    #[crate::signed(GitHub)]
    async fn pushed(event: Signed<GitHub>) -> String {
        event.bytes().len().to_string()
    }

    #[utoipa::path(get, path = "/list", responses((status = 200)), security(("of_the_annotation" = ["admin"])))]
    #[crate::public(reason = "a test")]
    async fn list() {}

    #[tokio::test]
    async fn a_nested_router_is_documented_at_its_path_with_the_security_of_the_gate() {
        let document = json!({ "openapi": "3.1.0", "info": { "title": "Todos", "version": "7" }, "paths": {} });
        let document = serde_json::from_value(document).expect("a document");
        let app: OpenApiRouter = OpenApiRouter::with_openapi(document)
            .nest("/admin", OpenApiRouter::new().routes(routes!(list)))
            .map_router(|router| router.fallback(list));
        let (mut app, document) = app.split_for_parts();
        let document = serde_json::to_value(document).expect("JSON");
        assert_eq!(document["info"]["title"], "Todos");
        assert_eq!(document["paths"].as_object().expect("paths").len(), 1, "{document}");
        // Not that of the annotation, because the gate asks for no scope here.
        assert_eq!(document["paths"]["/admin/list"]["get"]["security"], json!([]));
        for path in ["/admin/list", "/of/the/fallback"] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            assert_eq!(app.call(request).await.expect("a response").status(), 200, "{path}");
        }
    }

    #[test]
    #[should_panic(expected = "documented, but not mounted: `GET /gone`")]
    fn an_operation_without_a_route_is_refused_at_start() {
        let document = json!({
            "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
            "paths": { "/gone": { "get": { "responses": {} } } }
        });
        let document = serde_json::from_value(document).expect("a document");
        let _ = OpenApiRouter::<()>::with_openapi(document).routes(routes!(list)).split_for_parts();
    }

    #[tokio::test]
    async fn a_signed_handler_is_documented_and_guarded() {
        let secret = SigningSecret::from_bytes("9f2c6d5e01b74a83c8f0d3e7a6b51942");
        let github =
            Signatures::builder().secret(secret).events(Events::discard("a test")).build().expect("signatures");
        let routes = OpenApiRouter::<Signatures<GitHub>>::new().routes(routes!(pushed));
        let (mut app, document): (AuthRouter, _) = routes.with_state(github).split_for_parts();
        let document = serde_json::to_value(document).expect("JSON");
        let operation = &document["paths"]["/push"]["post"];
        assert_eq!(operation["security"], json!([{ "signatureOfGitHub": [] }]), "{operation}");
        assert_eq!(
            operation["responses"]["401"]["description"],
            "The signature of the request is missing or not valid."
        );
        // The bytes that the sender signs are in the document, and `Signed` is not a parameter.
        assert!(operation["requestBody"]["content"].is_object() && operation["parameters"].is_null(), "{operation}");
        let scheme = &document["components"]["securitySchemes"]["signatureOfGitHub"];
        assert_eq!(scheme["name"], "X-Hub-Signature-256", "{document}");
        let unsigned = Request::post("/push").body(Body::from("{}")).expect("a request");
        assert_eq!(app.call(unsigned).await.expect("a response").status(), 401);
    }
}
