//! H36: the query of a link, sent to another object of its route.
//!
//! A signature that covers the time and not the object opens all objects (CWE-345), and so does a
//! key that is only looked up (CWE-639).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::left_out_proofs::is_proof;
use super::log_ins::others;
use super::requests::RequestTemplate;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::target::{Decision, Route};
use http::{Method, StatusCode};

/// Words for the key of a link.
const KEYS: [&str; 10] = ["key", "k", "t", "link", "share", "access", "auth", "invite", "ticket", "hash"];

/// A shorter value may be a word.
const RANDOM: usize = 12;

impl AttackRun {
    /// Requests the object of another caller with the query of the test.
    ///
    /// It returns what to count, by the place of the route.
    pub(super) async fn attack_linked_objects(
        &mut self,
        routes: &[Route],
        (subject, id): (&str, &str),
    ) -> Vec<(usize, bool)> {
        let mut counted = Vec::new();
        for (place, route) in routes.iter().enumerate() {
            let is_link = route.decision() == Decision::Public
                && route.method == "GET"
                && self.plan.exclusion_of(route).is_none();
            let template = self.plan.template(route, &Method::GET);
            if !is_link || template.query.is_none() {
                continue;
            }
            let other = match self.own_path(route, &template, id) {
                Some(other) => Some(other),
                None => self.in_query(&template, id),
            };
            if let Some(other) = other {
                counted.push((place, self.attack_linked_object(route, &other, (subject, id)).await));
            }
        }
        counted
    }

    /// Suggests to declare an object of another caller, where a signature may cover others.
    ///
    /// A look-up behind the check of the signature shows that it was good. A token for all objects
    /// of a folder may be, so it is not a finding.
    pub(super) async fn suggest_a_linked_object(&mut self, route: &Route) {
        let template = self.plan.template(route, &Method::GET);
        let is_declared = !self.plan.second_objects.is_empty() || self.plan.without.contains("H36");
        let Some(query) = template.query.clone().filter(|_| !is_declared) else { return };
        let is_signed = query.split('&').filter_map(|pair| pair.split_once('=')).any(|(name, _)| is_signature(name));
        let Some(elsewhere) = self.plan.elsewhere(route, &Method::GET).filter(|_| is_signed) else { return };
        let wrong = elsewhere.clone().with(Some(changed(&query)), elsewhere.headers.clone());
        let guest = Credentials::none();
        let (Ok(signed), Ok(wrong)) =
            (self.send(elsewhere.request(&guest)).await, self.send(wrong.request(&guest)).await)
        else {
            return;
        };
        let is_refused = matches!(wrong.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        if signed.status == StatusCode::NOT_FOUND && is_refused {
            self.suggestions.insert(format!(
                "the signature of a link may open other objects: {route}: declare one of another caller: \
                 `.object_of(\"bob\", \"8\")`"
            ));
        }
    }

    async fn attack_linked_object(
        &mut self,
        route: &Route,
        other: &RequestTemplate,
        (subject, id): (&str, &str),
    ) -> bool {
        let with = |query: String| other.clone().with(Some(query), other.headers.clone());
        let query = other.query.as_deref().unwrap_or_default();
        let (of_object, of_link): (Vec<&str>, Vec<&str>) =
            query.split('&').partition(|pair| pair.split_once('=').is_some_and(|(_, value)| value == id));
        let changed = changed(&of_link.join("&"));
        let of_object = of_object.join("&");
        let wrong = if of_object.is_empty() { changed } else { format!("{of_object}&{changed}") };
        let (plain, wrong) = (with(of_object), with(wrong));
        // A 404 may be that of another version.
        let mut of_link = of_link.iter().filter_map(|pair| pair.split_once('='));
        let is_proven = of_link.any(|(name, value)| is_proof(name, true) || is_key(name, value));
        let guest = Credentials::none();
        for without in [plain, wrong] {
            let Ok(response) = self.send(without.request(&guest)).await else { return false };
            // Without the query of a link, the object is for its owner.
            if !is_rejection(response.status) || (response.status == StatusCode::NOT_FOUND && !is_proven) {
                return false;
            }
        }
        let Ok(response) = self.send(other.request(&guest)).await else { return false };
        if response.status.is_success() {
            let problem = format!(
                "query of one object opens another one: `{}`: sign the id of the object together with the time, or \
                 compare the object that the key of a link is for with that of the path",
                response.status
            );
            let what = format!("the query of a link, for the object of {subject}");
            let got_through = GotThrough { id: "H36", what, problem };
            self.report_got_through((route, &Method::GET), got_through, (other, &guest), &response);
        }
        response.status.is_success()
    }

    /// The request with another object in its query: the pair that has the value of a parameter.
    fn in_query(&self, template: &RequestTemplate, id: &str) -> Option<RequestTemplate> {
        let query = template.query.as_deref()?;
        let is_known = |value: &str| self.plan.parameters.iter().any(|(_, known)| known == value);
        let pairs: Vec<String> = query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) if is_known(value) => format!("{name}={id}"),
                _ => pair.to_owned(),
            })
            .collect();
        let other = pairs.join("&");
        (other != query).then(|| template.clone().with(Some(other), template.headers.clone()))
    }
}

/// Whether a member of a query is a signature, which covers one object.
pub(super) fn is_signature(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["sig", "signature", "hmac"].contains(&name.as_str()) || name.ends_with("signature")
}

/// Whether a member of a query is the key of a link: random, and not the name of a file.
fn is_key(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_named = KEYS.iter().any(|key| name.split(['_', '-']).any(|word| word == *key)) || name.ends_with("key");
    let is_random = value.len() >= RANDOM
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte))
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_named && is_random
}

/// The query with another value of each pair.
fn changed(query: &str) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", others(value)[0]),
        None => pair.to_owned(),
    };
    query.split('&').map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn a_key_is_random() {
        assert!(is_key("key", "5d41402abc4b2a76") && is_key("shareKey", "aB3-dE5_gH7jK"));
        assert!(!is_key("key", "photo-of-2026.jpg") && !is_key("key", "photos") && !is_key("v", "5d41402abc4b2a76"));
    }
}
