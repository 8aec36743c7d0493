//! The routes of an axum `Router`, parsed from its `Debug` output.
//!
//! The output is not an interface of axum. Where it has another form, no routes are found, and the test
//! must name them.

use super::Route;

const METHODS: [&str; 9] = ["get", "head", "delete", "options", "patch", "post", "put", "trace", "connect"];

/// axum 0.8 prints `routes: {RouteId(1): MethodRouter(MethodRouter { get: .., .. }), ..}, node: Node { paths: {RouteId(1):
/// "/orders", ..} }`.
pub(super) fn routes(printed: &str) -> Vec<Route> {
    let Some((routes, rest)) = printed.split_once(", node: Node { paths: {") else { return Vec::new() };
    let mut found = Vec::new();
    for (id, path) in entries(up_to_closing_brace(rest)) {
        // `nest_service` adds this for the paths below; the path itself has another entry.
        let path = path.replace("{*__private__axum_nest_tail_param}", "{*rest}");
        let key = format!("RouteId({id}): ");
        let Some(at) = routes.find(&key) else { continue };
        let endpoint = &routes[at + key.len()..];
        let end = endpoint.find(", RouteId(").unwrap_or(endpoint.len());
        found.extend(methods(&endpoint[..end]).map(|method| Route::new(&method, &path)));
    }
    found.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    found
}

/// The fallback of a router, as far as its text shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrintedFallback {
    /// 404, by axum itself.
    Default,
    /// A handler, which may be a page for unknown paths.
    Handler,
    /// A service, which may be a router with routes of its own.
    Service,
}

/// axum 0.8 prints `fallback_router: PathRouter { routes: {RouteId(1): Route(..), ..}, ..`, in which
/// a handler is a `MethodRouter`, also that of a nested router.
pub(super) fn fallback(printed: &str) -> PrintedFallback {
    let Some((_, fallbacks)) = printed.rsplit_once("fallback_router: PathRouter { routes: {") else {
        return PrintedFallback::Default;
    };
    let (endpoints, rest) = fallbacks.split_once("node: Node {").unwrap_or((fallbacks, ""));
    let kinds: Vec<&str> =
        endpoints.split("RouteId(").skip(1).filter_map(|entry| Some(entry.split_once("): ")?.1)).collect();
    let handlers = kinds.iter().filter(|kind| kind.starts_with("MethodRouter(")).count();
    // axum's own fallback is a service at two paths.
    let by_axum = if rest.contains("default_fallback: true") { 2 } else { 0 };
    match (kinds.len() > handlers + by_axum, handlers) {
        (true, _) => PrintedFallback::Service,
        (false, 0) => PrintedFallback::Default,
        (false, _) => PrintedFallback::Handler,
    }
}

/// The list ends at the first brace outside of quotes, because paths contain braces too.
fn up_to_closing_brace(rest: &str) -> &str {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '}' if !quoted => return &rest[..at],
            _ => {}
        }
    }
    rest
}

/// `RouteId(1): "/orders", RouteId(2): "/health"`.
fn entries(paths: &str) -> impl Iterator<Item = (&str, String)> {
    paths.split("RouteId(").skip(1).filter_map(|entry| {
        let (id, path) = entry.split_once("): \"")?;
        let (path, _) = path.rsplit_once('"')?;
        Some((id, path.replace("\\\"", "\"").replace("\\\\", "\\")))
    })
}

/// The methods of a route. A service takes every method.
fn methods(endpoint: &str) -> Box<dyn Iterator<Item = String>> {
    let named: Vec<String> = METHODS
        .iter()
        .filter(|name| endpoint.contains(&format!(" {name}: ")) && !endpoint.contains(&format!(" {name}: None")))
        .map(|name| name.to_uppercase())
        .collect();
    let is_service = !endpoint.starts_with("MethodRouter");
    let answers_any = endpoint.contains("fallback: ") && !endpoint.contains("fallback: Default");
    if is_service || (named.is_empty() && answers_any) {
        Box::new(std::iter::once("ANY".to_owned()))
    } else {
        Box::new(named.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::{PrintedFallback, fallback, routes};
    use axum::Router;
    use axum::routing::{any, delete, get, put};

    async fn handler() {}

    /// Fails when a new version of axum prints another form.
    #[test]
    fn a_plain_router_prints_its_routes() {
        let nested: Router = Router::new().route("/x", put(handler)).fallback(handler);
        let app: Router = Router::new()
            .route("/orders/{id}", get(handler).post(handler))
            .route("/any", any(handler))
            .route("/quoted\"}}", delete(handler))
            .nest("/api", nested)
            .route_service("/service", any(handler))
            .nest_service("/files", any(handler))
            .layer(tower::layer::util::Identity::new());
        let found: Vec<String> = routes(&format!("{app:?}")).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "ANY /any",
                "PUT /api/x",
                "ANY /files",
                "ANY /files/",
                "ANY /files/{*rest}",
                "GET /orders/{id}",
                "POST /orders/{id}",
                "DELETE /quoted\"}}",
                "ANY /service",
            ]
        );
    }

    #[test]
    fn a_plain_router_prints_the_kind_of_its_fallback() {
        let printed = |app: Router| fallback(&format!("{app:?}"));
        let app = || Router::<()>::new().route("/x", get(handler));
        assert_eq!(printed(app()), PrintedFallback::Default);
        assert_eq!(printed(app().fallback(handler)), PrintedFallback::Handler);
        assert_eq!(printed(app().fallback(handler).with_state(())), PrintedFallback::Handler);
        assert_eq!(printed(Router::new().nest("/v1", app().fallback_service(app()))), PrintedFallback::Service);
        assert_eq!(printed(app().fallback_service(app())), PrintedFallback::Service);
        let layered = app().fallback_service(app()).layer(tower::layer::util::Identity::new());
        assert_eq!(printed(layered), PrintedFallback::Service);
    }

    #[test]
    fn another_text_has_no_routes() {
        assert!(routes("Router { .. }").is_empty());
        assert!(routes("Router { routes: {}, node: Node { paths: {}").is_empty());
    }
}
