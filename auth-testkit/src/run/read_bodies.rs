//! Which bodies a plain router reads before it knows the caller.
//!
//! An extractor of axum may read a body in front of a handler that checks the caller itself. The
//! body has the limit of axum and no effect, so this is a suggestion. A layer that reads the bodies
//! of all requests is a finding (INC-84).

use super::attack_run::AttackRun;
use super::hidden_paths::UNKNOWN_PATH;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::target::{Decision, Route};
use http::Method;

impl AttackRun {
    pub(super) async fn learn_who_reads_bodies(&mut self, routes: &[Route]) {
        if self.target.is_guarded() {
            return;
        }
        let is_attacked = |route: &&Route| {
            route.decision() == Decision::Authenticated && self.plan.exclusion_of(route).is_none() && !route.grpc
        };
        let attacked: Vec<Route> = routes.iter().filter(is_attacked).cloned().collect();
        let mut without_extractor = vec![RequestTemplate::bare(&Method::POST, UNKNOWN_PATH).with_body("a=b")];
        if let Some(route) = attacked.iter().find(|route| route.method == "GET") {
            without_extractor.push(self.plan.template(route, &Method::GET).with_body("a=b"));
        }
        for template in without_extractor {
            if self.is_body_read(&template).await {
                return;
            }
        }
        self.checker.handlers_may_read_bodies();
        let mut readers = Vec::new();
        for route in &attacked {
            let Ok(method) = Method::from_bytes(route.method.as_bytes()) else { continue };
            if matches!(method, Method::POST | Method::PUT | Method::PATCH)
                && self.is_body_read(&self.plan.template(route, &method)).await
            {
                readers.push(route.to_string());
            }
        }
        if !readers.is_empty() {
            self.suggestions.insert(format!(
                "request body is read before the caller is known: {}: authenticate in an extractor of the head, which \
                 axum runs before that of the body",
                readers.join(", ")
            ));
        }
    }

    async fn is_body_read(&mut self, template: &RequestTemplate) -> bool {
        let response = self.send(template.request(&Credentials::none())).await;
        response.is_ok_and(|response| response.bytes_read > 0)
    }
}
