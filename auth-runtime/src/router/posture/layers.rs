//! Names the layers around the routes.

use super::Posture;
use std::collections::BTreeSet;

/// Names a layer, which is around one or several routes.
///
/// The full type of a layer may have hundreds of characters, so rows refer to it by its name.
///
/// [`Posture::layers`] returns them, and has an example.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerPosture {
    /// A short name, unique in the posture: `audit` for `from_fn(audit)`, else `TraceLayer`.
    pub name: String,
    /// The type of the layer, as the compiler names it.
    pub type_name: &'static str,
}

impl Posture {
    /// Returns the layers around the routes, each once, ordered by type.
    ///
    /// ```
    /// # use auth_runtime::{AuthRouter, public, routing::get};
    /// # use axum::{extract::Request, middleware::{Next, from_fn}, response::Response};
    /// async fn audit(request: Request, next: Next) -> Response {
    ///     next.run(request).await
    /// }
    ///
    /// # #[public(reason = "load balancer probe")]
    /// # async fn health() {}
    /// let app: AuthRouter = AuthRouter::new().route("/health", get(health)).layer(from_fn(audit));
    /// assert_eq!(app.posture().layers()[0].name, "audit");
    /// ```
    #[must_use]
    pub fn layers(&self) -> Vec<LayerPosture> {
        let types: BTreeSet<&'static str> = self.routes.iter().flat_map(|route| &route.layers).copied().collect();
        let mut named: Vec<LayerPosture> = Vec::new();
        for type_name in types {
            let short = short_name(type_name);
            let same = named.iter().filter(|layer| short_name(layer.type_name) == short).count();
            let name = if same == 0 { short } else { format!("{short}#{}", same + 1) };
            named.push(LayerPosture { name, type_name });
        }
        named
    }
}

/// Returns the function of a layer of `axum::middleware`, else the name of the type.
fn short_name(type_name: &str) -> String {
    let (head, arguments) = type_name.split_once('<').unwrap_or((type_name, ""));
    let function = arguments.split([',', '<', '>']).next().filter(|_| head.starts_with("axum::middleware::"));
    let path = function.filter(|function| !function.is_empty()).unwrap_or(head);
    let outside = path.trim_end_matches("::{{closure}}");
    let name = outside.rsplit("::").next().unwrap_or(outside);
    // Two layers in one tuple have no name.
    let name = if name.is_empty() || path.starts_with('(') { "layers" } else { name };
    if outside == path { name.to_owned() } else { format!("{name}::closure") }
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn name_is_that_of_the_function_or_of_the_type() {
        for (type_name, name) in [
            ("axum::middleware::from_fn::FromFnLayer<app::log::audit, (), (http::request::Request,)>", "audit"),
            ("axum::middleware::from_fn::FromFnLayer<app::app::{{closure}}, app::App, ()>", "app::closure"),
            ("tower_http::trace::layer::TraceLayer<tower_http::Shared<a::B>>", "TraceLayer"),
            ("tower_http::cors::CorsLayer", "CorsLayer"),
            ("(a::B, c::D)", "layers"),
            ("", "layers"),
        ] {
            assert_eq!(short_name(type_name), name);
        }
    }
}
