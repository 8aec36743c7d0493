//! Routes documented handlers through the gate: [`OpenApiRouter`].

use super::document::BEARER;
use super::routes::DocumentedOperation;
use super::{DocumentedSecurity, OpenApiError, Routes, SecurityAlternative};
use crate::router::{AuthRouter, MethodRoutes};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{HeaderBuilder, OpenApi, OpenApiBuilder, RefOr};

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
    /// gate gives them and the handler does not document them. The security scheme is the
    /// document's own, if it has exactly one for tokens, or a new one, `bearerAuth`.
    ///
    /// # Panics
    ///
    /// If the document describes an operation that no route serves, for instance one from
    /// `#[openapi(paths(..))]`.
    #[track_caller]
    pub fn split_for_parts(mut self) -> (AuthRouter<S>, OpenApi) {
        let posture = self.router.posture();
        let own_scheme = scheme(&self.document);
        let scheme = own_scheme.as_deref().unwrap_or(BEARER);
        let mut missing = Vec::new();
        let mut has_tokens = false;
        let mut senders = Vec::new();
        for (path, item) in &mut self.document.paths.paths {
            for (method, operation) in operations(item) {
                match posture.documented_security(method, path) {
                    Some(security) => {
                        has_tokens |= security.rejects_bad_tokens() && security.signature().is_none();
                        senders.extend(security.signature());
                        document(operation, scheme, &security);
                    }
                    None => missing.push(format!("{} {path}", method.to_uppercase())),
                }
            }
        }
        // P10: an operation without a route would keep whatever it states about its security.
        assert!(missing.is_empty(), "{}", OpenApiError::NotMounted(missing));
        if has_tokens && own_scheme.is_none() {
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
            let components = self.document.components.get_or_insert_default();
            components.security_schemes.entry(BEARER.to_owned()).or_insert_with(|| SecurityScheme::Http(bearer).into());
        }
        for (sender, header) in senders {
            let components = self.document.components.get_or_insert_default();
            let scheme = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(header)));
            let name = SecurityAlternative::signature_scheme(sender);
            components.security_schemes.entry(name).or_insert_with(|| scheme.into());
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

/// Returns the document's own scheme for tokens, as `apply_to_openapi` does.
fn scheme(document: &OpenApi) -> Option<String> {
    let schemes = &document.components.as_ref()?.security_schemes;
    let takes_tokens = |scheme: &RefOr<SecurityScheme>| match scheme {
        RefOr::T(SecurityScheme::Http(http)) => matches!(http.scheme, HttpAuthScheme::Bearer),
        RefOr::T(SecurityScheme::OAuth2(_) | SecurityScheme::OpenIdConnect(_)) => true,
        RefOr::T(_) | RefOr::Ref(_) => false,
    };
    let mut of_tokens = schemes.iter().filter(|(_, scheme)| takes_tokens(scheme));
    let (name, _) = of_tokens.next()?;
    of_tokens.next().is_none().then(|| name.clone())
}

fn document(operation: &mut Operation, scheme: &str, security: &DocumentedSecurity) {
    let requirement = |alternative: &SecurityAlternative| match alternative {
        SecurityAlternative::Unauthenticated => SecurityRequirement::default(),
        SecurityAlternative::Token(scopes) => SecurityRequirement::new(scheme, scopes),
        SecurityAlternative::Signature { sender, .. } => {
            SecurityRequirement::new(SecurityAlternative::signature_scheme(sender), [""; 0])
        }
    };
    let alternatives = security.alternatives.iter().map(requirement).collect();
    // An empty list says that no credential is needed, also if the document has a default.
    operation.security = Some(if security.rejects_bad_tokens() { alternatives } else { Vec::new() });
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
