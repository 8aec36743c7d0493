//! Shows layers and mounted services a readable `MatchedPath`.
//!
//! The route of a mounted service ends with [`REST_PARAMETER`], a name that axum hides from `Path`.
//! Layers around it, such as spans and metrics, use the template as a label.

use crate::proof::REST_PARAMETER;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, MatchedPath, Request};
use axum::routing::any;
use http::Extensions;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::{LazyLock, PoisonError, RwLock};
use std::task::{Context, Poll, Waker};
use tower_layer::Layer;
use tower_service::Service;

/// The parameter that readers see, in events and in the posture too.
const READABLE: &str = "{*rest}";

/// Comes before a layer of the service.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadablePath;

/// The service of [`ReadablePath`].
#[derive(Debug, Clone)]
pub(super) struct WithReadablePath<S>(S);

impl<S> Layer<S> for ReadablePath {
    type Service = WithReadablePath<S>;

    fn layer(&self, inner: S) -> Self::Service {
        WithReadablePath(inner)
    }
}

impl<S: Service<Request>> Service<Request> for WithReadablePath<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> S::Future {
        replace(request.extensions_mut(), |template| {
            template.strip_suffix(REST_PARAMETER).map(|prefix| format!("{prefix}{READABLE}"))
        });
        self.0.call(request)
    }
}

/// Leaves the prefix only, because a mounted router of axum appends its own template to it.
pub(super) fn of_the_prefix(extensions: &mut Extensions) {
    replace(extensions, |template| {
        let prefix = template.strip_suffix(REST_PARAMETER).or_else(|| template.strip_suffix(READABLE));
        let prefix = prefix.unwrap_or(template).trim_end_matches('/');
        (!prefix.is_empty() && prefix != template).then(|| prefix.to_owned())
    });
}

fn replace(extensions: &mut Extensions, template: impl FnOnce(&str) -> Option<String>) {
    let replaced = extensions.get::<MatchedPath>().and_then(|path| template(path.as_str()));
    if let Some(path) = replaced.and_then(matched_path) {
        extensions.insert(path);
    }
}

/// The paths of all templates so far. A client cannot add one, because they come from the routes.
static PATHS: LazyLock<RwLock<HashMap<String, Option<MatchedPath>>>> = LazyLock::new(RwLock::default);

/// Returns the `MatchedPath` of a template. Only a router of axum can make one.
fn matched_path(template: String) -> Option<MatchedPath> {
    let known = PATHS.read().unwrap_or_else(PoisonError::into_inner).get(&template).cloned();
    known.unwrap_or_else(|| {
        let path = made_by_axum(&template);
        PATHS.write().unwrap_or_else(PoisonError::into_inner).insert(template, path.clone());
        path
    })
}

fn made_by_axum(template: &str) -> Option<MatchedPath> {
    // The name is taken already, so axum would refuse the route.
    if template.contains("{rest}") {
        return None;
    }
    let router = Router::<()>::new().route(template, any(async |path: MatchedPath| Extension(path)));
    let request = Request::get(example(template)).body(Body::empty()).ok()?;
    let mut router = router;
    let answer = pin!(router.call(request));
    // The handler waits for nothing.
    match answer.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(mut response)) => response.extensions_mut().remove::<MatchedPath>(),
        Poll::Pending => None,
    }
}

/// Returns a path that a template matches: `/a/x` for `/a/{id}`. `{{` is a brace.
fn example(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        path += &rest[..at];
        let escaped = rest[at..].starts_with("{{") || rest[at..].starts_with("}}");
        let length = if escaped { 2 } else { rest[at..].find('}').map_or(rest.len() - at, |end| end + 1) };
        path += match (escaped, &rest[at..=at]) {
            (false, _) => "x",
            (true, "{") => "%7B",
            (true, _) => "%7D",
        };
        rest = &rest[at + length..];
    }
    path + rest
}

#[cfg(test)]
mod tests {
    use super::{example, matched_path};

    #[test]
    fn axum_makes_the_path_of_each_template() {
        for template in ["/files", "/files/{*rest}", "/{tenant}/v{version}/files/{*rest}", "/"] {
            let path = matched_path(template.to_owned());
            assert_eq!(path.as_ref().map(axum::extract::MatchedPath::as_str), Some(template));
        }
        // Not a panic while a request is handled.
        assert!(matched_path("/{rest}/files/{*rest}".to_owned()).is_none());
        assert_eq!(example("/a{{b}}/{id}/{*rest}"), "/a%7Bb%7D/x/x");
    }
}
