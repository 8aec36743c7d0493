//! What a good request of a route needs beside the token: a query, headers, a body.

use super::attack_run::AttackRun;
use super::builder::AttackBuilder;
use super::plan::AttackPlan;
use super::requests::RequestTemplate;
use crate::target::{Decision, Route, ServiceResponse};
use http::{HeaderName, HeaderValue, StatusCode, Uri};
use std::fmt;

impl AttackBuilder {
    /// Sets the query of all requests to a route: `.query("GET /search", "q=tea&page=1")`.
    ///
    /// An attack in the query is added to it.
    ///
    /// # Panics
    ///
    /// When the text cannot be the query of a URL.
    #[track_caller]
    pub fn query(mut self, route: &str, query: &str) -> Self {
        let is_query = format!("/?{query}").parse::<Uri>().is_ok_and(|uri| uri.query() == Some(query));
        assert!(is_query, "query is not a part of a URL: `{query}`: encode it, without the `?`");
        self.plan.name_route("query", route);
        self.plan.queries.push((route.to_owned(), query.to_owned()));
        self
    }

    /// Adds a header to all requests to a route: `.header("GET /orders", "x-tenant", "7")`.
    ///
    /// An attack with the same header replaces it.
    ///
    /// # Panics
    ///
    /// When HTTP does not allow the name or the value.
    #[track_caller]
    pub fn header<N, V>(mut self, route: &str, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: fmt::Debug>,
        V: TryInto<HeaderValue, Error: fmt::Debug>,
    {
        let name = name.try_into().expect("a name that a header can have");
        let value = value.try_into().expect("a value that a header can have");
        self.plan.name_route("header", route);
        self.plan.headers.push((route.to_owned(), name, value));
        self
    }

    /// Sets the body of requests to a route: `.body("POST /import", "text/csv", "id\n7\n")`.
    ///
    /// [`json`](Self::json) is shorter for JSON.
    pub fn body(mut self, route: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.plan.name_route("body", route);
        self.plan.bodies.push((route.to_owned(), content_type.to_owned(), body.into()));
        self
    }
}

impl AttackPlan {
    /// Adds the query and the headers that the test gives a route.
    pub(super) fn completed(&self, route: &Route, template: RequestTemplate) -> RequestTemplate {
        let route = route.to_string();
        let query = self.queries.iter().rfind(|(of, _)| *of == route).map(|(_, query)| query.clone());
        let headers = self.headers.iter().filter(|(of, ..)| *of == route);
        template.with(query, headers.map(|(_, name, value)| (name.clone(), value.clone())).collect())
    }
}

impl AttackRun {
    /// Suggests to complete a request whose good token is answered as malformed.
    pub(super) fn suggest_a_complete_request(&mut self, route: &Route, response: &ServiceResponse) {
        let is_malformed = matches!(
            response.status,
            StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY
        );
        if is_malformed {
            self.suggestions.insert(format!(
                "request with a good token is incomplete: {route} answers {}: give it what the handler needs: \
                 `.query(\"{route}\", ..)`, `.header(..)`, `.json(..)` or `.body(..)`",
                response.status.as_u16()
            ));
        }
    }

    /// Suggests to read what a rejected request must not change.
    ///
    /// An `AuthRouter` shows whether a handler ran. Elsewhere only the effect shows it.
    pub(super) fn suggest_side_effects(&mut self, routes: &[Route]) {
        let writes = |route: &&Route| {
            matches!(route.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE" | "ANY")
                && route.decision() == Decision::Authenticated
                && self.plan.exclusion_of(route).is_none()
        };
        let writing: Vec<String> = routes.iter().filter(writes).map(ToString::to_string).collect();
        if !self.target.is_guarded() && self.plan.side_effects.is_empty() && !writing.is_empty() {
            self.suggestions.insert(format!(
                "a handler may run behind a rejection: {}: name what a rejected request must not change: \
                 `.unchanged(\"orders\", || count())`",
                writing.join(", ")
            ));
        }
    }
}
