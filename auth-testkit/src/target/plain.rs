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
    use super::routes;
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
    fn another_text_has_no_routes() {
        assert!(routes("Router { .. }").is_empty());
        assert!(routes("Router { routes: {}, node: Node { paths: {}").is_empty());
    }
}
