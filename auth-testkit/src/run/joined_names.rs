//! H36: the name of a file that leads into the folder of its owner.
//!
//! A handler that joins the folder of its caller with a name of the request reads each file of the
//! service by `../alice/contract.pdf`, or by an absolute name, which replaces the folder (CWE-22,
//! CWE-36).

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::named_owners::{encoded, names_of};
use super::plan::{AttackPlan, names_of_parameters};
use super::requests::RequestTemplate;
use crate::report::RouteReport;
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;
use serde_json::{Map, Value};

/// A subject that is a name of a folder, also where a service takes letters only.
const CALLER: &str = "mallory";

/// How many names of files, and of their owner, are sent.
const FILES: usize = 2;
const OWNERS: usize = 2;

/// Words in the names of members that name a file.
const NAMES: [&str; 9] = ["file", "path", "document", "attachment", "download", "report", "image", "name", "key"];

/// A name of a file in a request.
struct NamedFile {
    place: Place,
    name: String,
    value: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Path,
    Query,
    Form,
    Json,
}

impl AttackRun {
    pub(super) async fn attack_joined_names(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let is_sent = matches!(*method, Method::GET | Method::POST) && route.decision() == Decision::Authenticated;
        let is_good = self.good_answers.status(route, method).is_some_and(|status| status.is_success());
        if !is_sent || !is_good || route.grpc || self.plan.without.contains("H36") {
            return;
        }
        let template = self.plan.template(route, method);
        let files = self.named_files(route, &template);
        let Some(issuer) = self.plan.sources.of(route).issuer().filter(|_| !files.is_empty()) else { return };
        let caller = issuer.another_caller(CALLER, &AttackPlan::scopes_for(route));
        let owners = names_of(&self.plan.good_token(route));
        // A file that the caller gets anyway is for all of them.
        let Ok(plain) = self.send(template.request(&caller)).await else { return };
        if self.reveals_good_answer(route, method, &plain) {
            return;
        }
        for file in files {
            let mut is_found = false;
            let of_owner = |owner: &String| {
                let ways = file.ways(owner).into_iter();
                ways.map(|way| (owner.clone(), way)).collect::<Vec<_>>()
            };
            for (owner, way) in owners.iter().take(OWNERS).flat_map(of_owner) {
                let joined = file.replaced(&template, &way);
                let Ok(response) = self.send(joined.request(&caller)).await else { continue };
                let end = format!("{owner}/{}", file.value);
                if response.status.is_success() && self.is_file_of_owner((route, method), &response, &end) {
                    let problem = format!(
                        "name of a file opens the folder of another caller: `{way}` as `{}`: `{}`: take the last part \
                         of the name only, and resolve the path in front of the check of the folder",
                        file.name, response.status
                    );
                    let what = format!("{way} as {}, by {CALLER}", file.name);
                    let got_through = GotThrough { id: "H36", what, problem };
                    self.report_got_through((route, method), got_through, (&joined, &caller), &response);
                    is_found = true;
                    break;
                }
            }
            report.count("H36", is_found);
        }
    }

    /// An answer may repeat the name that was sent, whose end is that of the owner's file.
    fn is_file_of_owner(&self, (route, method): (&Route, &Method), response: &ServiceResponse, end: &str) -> bool {
        let body = comparable_body(response, &self.plan.varying);
        let decoded = body.replace("%2f", "/").replace("%2F", "/").replace("%252f", "/");
        if decoded.contains(end) {
            return self.good_answers.body(route, method) == Some(body.as_str());
        }
        self.reveals_good_answer(route, method, response)
    }

    fn named_files(&self, route: &Route, template: &RequestTemplate) -> Vec<NamedFile> {
        let is_owned = self.is_owned(route);
        let of_pairs = |text: &str, place: Place| -> Vec<NamedFile> {
            let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
            pairs.map(|(name, value)| NamedFile { place, name: name.to_owned(), value: value.to_owned() }).collect()
        };
        let parameters = names_of_parameters(&route.path);
        let known = |name: String| self.plan.parameters.iter().find(|(known, _)| *known == name);
        let in_path = parameters.filter_map(known).filter(|(_, value)| has_extension(value));
        let mut files: Vec<NamedFile> = in_path
            .map(|(name, value)| NamedFile { place: Place::Path, name: name.clone(), value: value.clone() })
            .filter(|file| template.path.split('/').any(|segment| segment == file.value))
            .collect();
        files.extend(of_pairs(template.query.as_deref().unwrap_or_default(), Place::Query));
        if template.takes_form() {
            files.extend(of_pairs(&String::from_utf8_lossy(&template.body), Place::Form));
        } else if let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&template.body) {
            let texts = members.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
            files.extend(texts.map(|(name, value)| NamedFile { place: Place::Json, name, value }));
        }
        files.retain(|file| is_file(&file.name, &file.value, is_owned && file.place == Place::Query));
        files.truncate(FILES);
        files
    }
}

impl NamedFile {
    /// Names of the same file from another folder: plain, encoded and absolute.
    ///
    /// The last ones are for a handler that removes `../` or decodes once more.
    fn ways(&self, owner: &str) -> Vec<String> {
        let owner = if self.place == Place::Json { owner.to_owned() } else { encoded(owner) };
        let value = &self.value;
        let encoded = [format!("..%2f{owner}%2f{value}"), format!("..%252f{owner}%252f{value}")];
        if self.place == Place::Path {
            return [&encoded[..], &[format!("%2f{owner}%2f{value}")]].concat();
        }
        let plain = [format!("../{owner}/{value}"), format!("/{owner}/{value}"), format!("....//{owner}/{value}")];
        [&plain[..], &encoded[..]].concat()
    }

    fn replaced(&self, template: &RequestTemplate, way: &str) -> RequestTemplate {
        let in_pairs = |text: &str| {
            let pair = |pair: &str| match pair.split_once('=') {
                Some((name, value)) if name == self.name && value == self.value => format!("{name}={way}"),
                _ => pair.to_owned(),
            };
            text.split('&').map(pair).collect::<Vec<_>>().join("&")
        };
        match self.place {
            Place::Path => {
                let segment = |segment| if segment == self.value { way } else { segment };
                template.at(&template.path.split('/').map(segment).collect::<Vec<_>>().join("/"))
            }
            Place::Query => {
                let query = template.query.as_deref().map(in_pairs);
                template.clone().with(query, template.headers.clone())
            }
            Place::Form => {
                let body = in_pairs(&String::from_utf8_lossy(&template.body)).into_bytes();
                RequestTemplate { body, ..template.clone() }
            }
            Place::Json => template.with_body(&template.body_with(&self.name, way).unwrap_or_default()),
        }
    }
}

/// Whether a member names a file. In the query of an owned route, each one may.
fn is_file(name: &str, value: &str, is_owned: bool) -> bool {
    let name = name.to_ascii_lowercase();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.%/".contains(letter);
    let is_named =
        NAMES.iter().any(|word| name.split(['_', '-']).any(|part| part == *word || part == format!("{word}name")));
    !value.is_empty() && value.chars().all(is_plain) && (is_owned || is_named || has_extension(value))
}

/// Whether a value ends like the name of a file: `contract.pdf`, and not `1.5`.
fn has_extension(value: &str) -> bool {
    let is_extension = |end: &str| {
        (1..=5).contains(&end.len())
            && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && end.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    value.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && is_extension(end)) && !value.contains('@')
}

#[cfg(test)]
mod tests {
    use super::{has_extension, is_file};

    #[test]
    fn a_file_is_found_by_its_name_and_by_its_extension() {
        assert!(has_extension("contract.pdf") && has_extension("a/b.tar.gz"));
        assert!(!has_extension("1.5") && !has_extension("alice@shop.example") && !has_extension(".env"));
        assert!(is_file("file", "7", false) && is_file("fileName", "7", false) && is_file("doc", "a.pdf", false));
        assert!(!is_file("year", "2026", false) && !is_file("file", "https://evil.example", false));
        assert!(is_file("year", "2026", true));
    }
}
