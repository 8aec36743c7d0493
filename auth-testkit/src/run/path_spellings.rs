//! H16: other spellings of a path, because a guard in front of the router may compare paths
//! differently.

use super::attack_run::AttackRun;
use super::hidden_paths::UNKNOWN_PATH;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use super::unmatched::unmatched_was_answered;
use super::varying_words::Page;
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::{Route, UnmatchedPolicy};

/// Words for which a guard may accept a request, wherever in the URL they are.
const WORDS: [&str; 9] = [
    "/health",
    "/healthz",
    "/public",
    "/login",
    "/static/x.css",
    "/favicon.ico",
    "/metrics",
    "/swagger",
    "/.well-known/x",
];

/// Folders that a guard may leave open.
const FOLDERS: [&str; 6] = ["/static", "/public", "/assets", "/health", "/login", "/.well-known"];

/// How many segments of a path are spelled in another way.
const SEGMENTS: usize = 5;

const SWITCHES: [&str; 10] = [
    "debug=true",
    "debug=1",
    "test=true",
    "admin=true",
    "internal=true",
    "bypass=true",
    "auth=false",
    "noauth",
    "x=.css",
    "wsdl",
];

impl AttackRun {
    pub(super) async fn attack_path_spellings(&mut self, route: &Route, routes: &[Route], report: &mut RouteReport) {
        let Some(method) = route.methods(&[]).into_iter().next() else { return };
        if self.plan.without.contains("H16") {
            return;
        }
        let path = self.plan.template(route, &method).path;
        let answers_all = self.target.unmatched.path == UnmatchedPolicy::Answered;
        let unknown = RequestTemplate::bare(&method, UNKNOWN_PATH);
        let mut fallback = None;
        if answers_all {
            // Twice, because a page may have a nonce.
            let first = self.send(unknown.request(&Credentials::none())).await;
            let second = self.send(unknown.request(&Credentials::none())).await;
            fallback = first.ok().zip(second.ok()).map(|(first, second)| Page::new(&first, &second));
        }
        self.attack_open_paths(route, routes, fallback.as_ref(), report).await;
        self.attack_forwarded_prefixes((route, &method), fallback.as_ref(), report).await;
        let in_the_query = WORDS.iter().map(|word| format!("{path}?next={word}"));
        let in_the_query = in_the_query.chain(SWITCHES.iter().map(|word| format!("{path}?{word}")));
        let as_parameter = WORDS.iter().map(|word| requests::fill(&route.path, |_| word.strip_prefix('/')));
        let others = spellings(&path).into_iter().chain(in_the_query).chain(as_parameter);
        let others: Vec<String> = others.filter(|other| *other != path).collect();
        let answers = self.send_to_paths(&method, &others).await;
        for (other, answer) in others.into_iter().zip(answers) {
            // A public route answers there. Only the answer of the attacked one shows the mistake.
            let is_open = self.is_open(&method, &other);
            let template = RequestTemplate::bare(&method, &other);
            let none = Credentials::none();
            // Without the path, so that the name of the attack is the same on all routes.
            let spelling = if path == "/" { other.clone() } else { other.replace(path.as_str(), "{path}") };
            let probe = Probe {
                route,
                method: method.clone(),
                id: "H16".to_owned(),
                what: format!("the path as {spelling} without credentials"),
                curl: requests::curl(&template, &none),
            };
            let finding = match answer {
                Err(cause) => Some(probe.without_response(cause)),
                Ok(response) => {
                    let ran = response.gate.ran > 0;
                    let is_page = fallback.as_ref().is_some_and(|page| page.is_in(&response));
                    let by_the_fallback = answers_all && (ran || is_page);
                    let reached = self.reveals_good_answer(route, &method, &response);
                    let open = reached || ((response.status.is_success() || ran) && !is_open);
                    (open && !by_the_fallback).then(|| {
                        let problem = unmatched_was_answered(response.status);
                        probe.finding(Severity::GotThrough, problem, Some(&response))
                    })
                }
            };
            report.count("H16", finding.is_some());
            self.findings.extend(finding);
        }
    }
}

/// Spellings that a proxy, a guard and a router may understand differently (RFC 3986 section 6.2).
pub(super) fn spellings(path: &str) -> Vec<String> {
    let rest = path.trim_start_matches('/');
    let mut spellings = vec![
        format!("{path}/"),
        format!("/{path}"),
        format!("//{rest}"),
        path.to_uppercase(),
        format!("{path};x"),
        format!("{path};x=y"),
        format!("{path}.json"),
        format!("{path}.css"),
        format!("{path}/7.css"),
        format!("{path}/x.js"),
        format!("{path}/."),
        format!("{path}%20"),
        format!("{path}%00"),
        format!("{path}%09"),
        format!("{path}%3f"),
        format!("{path}%23"),
        format!("{path}%2f"),
        format!("{path}/%2e"),
        format!("/.{path}"),
        format!("/%2e{path}"),
        format!("/;x=y{path}"),
        format!("/x/..{path}"),
        format!("/x/%2e%2e{path}"),
        path.replacen('/', "/%2f", 1),
        path.replacen('/', "/%5c", 1),
    ];
    // One letter, the first or the last, encoded once or twice.
    for at in [0, rest.len().saturating_sub(1)] {
        if let Some(byte) = rest.as_bytes().get(at).filter(|byte| byte.is_ascii_alphanumeric()) {
            spellings.push(format!("/{}%{byte:02x}{}", &rest[..at], &rest[at + 1..]));
            spellings.push(format!("/{}%25{byte:02x}{}", &rest[..at], &rest[at + 1..]));
        }
    }
    spellings.extend(encoded_segments(rest));
    for folder in FOLDERS {
        spellings.push(format!("{folder}/..{path}"));
        spellings.push(format!("{folder}/%2e%2e{path}"));
        spellings.push(format!("{folder}/..;{path}"));
        spellings.push(format!("{folder}/..%2f{rest}"));
    }
    spellings
}

/// The path with one encoded letter in a segment behind the first, or with two slashes there.
///
/// A router decodes parameters, and a guard may compare them as they were sent.
fn encoded_segments(rest: &str) -> Vec<String> {
    let segments: Vec<&str> = rest.split('/').collect();
    let mut spellings = Vec::new();
    for at in 1..segments.len().min(SEGMENTS) {
        let (before, after) = (segments[..at].join("/"), segments[at..].join("/"));
        spellings.push(format!("/{before}//{after}"));
        // The last letter of the path is encoded already.
        let first = after.bytes().next().filter(|byte| byte.is_ascii_alphanumeric() && after.len() > 1);
        if let Some(byte) = first {
            spellings.push(format!("/{before}/%{byte:02x}{}", &after[1..]));
        }
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn each_segment_has_an_encoded_letter() {
        let spellings = spellings("/docs/admin/keys");
        for expected in ["/%64ocs/admin/keys", "/docs/%61dmin/keys", "/docs/admin/%6beys", "/docs//admin/keys"] {
            assert_eq!(spellings.iter().filter(|path| *path == expected).count(), 1, "{expected}: {spellings:?}");
        }
    }
}
