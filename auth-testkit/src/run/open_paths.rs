//! H16: public paths as a way in.
//!
//! A guard may look for a public path in the whole URL, compare only its start or its end, or read
//! the path before it is decoded or normalized (RFC 3986 section 6.2). The client chooses the query
//! and the parameters of a path, so it chooses what such a guard sees.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::hidden_paths::UNKNOWN_PATH;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use super::varying_words::Page;
use crate::catalogue::Credentials;
use crate::report::{RouteReport, Severity};
use crate::target::{Route, ServiceResponse};
use http::Method;

/// How many public paths of the service are tried.
const PUBLIC: usize = 4;

/// Paths that services usually leave open.
const USUAL: [&str; 4] = ["/health", "/login", "/public", "/static"];

/// Further ones, of which the guard may compare the start.
const ALSO_OPEN: [&str; 2] = ["/metrics", "/favicon.ico"];

/// Folders that a guard may leave open below a wildcard.
const BELOW_WILDCARDS: [&str; 12] = [
    "assets",
    "auth",
    "callback",
    "docs",
    "favicon.ico",
    "metrics",
    "register",
    "status",
    "swagger",
    "version",
    "webhooks",
    ".well-known",
];

/// Another form of a request, which the guard may take for a public one.
struct Way {
    what: String,
    path: String,
    query: Option<String>,
}

impl AttackRun {
    /// Sends a protected route's request without credentials, in the form of a public one.
    pub(super) async fn attack_open_paths(
        &mut self,
        route: &Route,
        routes: &[Route],
        fallback: Option<&Page>,
        report: &mut RouteReport,
    ) {
        let Some(method) = route.methods(&[]).into_iter().next() else { return };
        if self.plan.without.contains("H16") || route.grpc {
            return;
        }
        let template = self.plan.template(route, &method);
        let ways = ways(route, &template, &self.public_paths(routes));
        let none = Credentials::none();
        let in_query = |way: &Way| way.query.iter().fold(none.clone(), |sent, query| sent.query(query.as_str()));
        let requests = || ways.iter().map(|way| template.at(&way.path).request(&in_query(way))).collect();
        let answers = self.send_all(requests).await;
        for (way, answer) in ways.iter().zip(answers) {
            let (sent, credentials) = (template.at(&way.path), in_query(way));
            let probe = Probe {
                route,
                method: method.clone(),
                id: "H16".to_owned(),
                what: format!("{} without credentials", way.what),
                curl: requests::curl(&sent, &credentials),
            };
            let finding = match answer {
                Err(cause) => Some(probe.without_response(cause)),
                Ok(response) => {
                    let is_page = fallback.is_some_and(|page| response.gate.ran > 0 || page.is_in(&response));
                    let reached = !is_page && self.is_reached(route, &method, way, &response).await;
                    reached.then(|| {
                        let problem = format!(
                            "public path opens another route: `{}`: compare the whole path with the public one, decoded, \
                             normalized and without the query",
                            response.status
                        );
                        probe.finding(Severity::GotThrough, problem, Some(&response))
                    })
                }
            };
            report.count("H16", finding.is_some());
            self.findings.extend(finding);
        }
    }

    /// The paths of public routes, with their parameters filled in.
    pub(super) fn public_paths(&self, routes: &[Route]) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for route in routes.iter().filter(|route| route.public.is_some()) {
            let Some(method) = route.methods(&[]).into_iter().next() else { continue };
            let path = self.plan.template(route, &method).path;
            if path.len() > 1 && !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths.truncate(PUBLIC);
        paths
    }

    /// Whether the answer is that of the protected route, or of a handler that is not public.
    async fn is_reached(&mut self, route: &Route, method: &Method, way: &Way, response: &ServiceResponse) -> bool {
        if self.reveals_good_answer(route, method, response) {
            return true;
        }
        let answered = response.status.is_success() || response.gate.ran > 0;
        // The query does not choose the route.
        if !answered || way.query.is_some() || !self.is_open(method, &way.path) {
            return answered;
        }
        // The body says nothing, so the same way to a path that does not exist shows whose it is.
        let body = comparable_body(response, &self.plan.varying);
        if !self.good_answers.is_of(route, method, &(response.status, body.clone())) {
            return false;
        }
        let path = self.plan.template(route, method).path;
        let Some(folder) = way.path.strip_suffix(path.trim_start_matches('/')) else { return false };
        let elsewhere = RequestTemplate::bare(method, &format!("{folder}{}", UNKNOWN_PATH.trim_start_matches('/')));
        let answer = self.send(elsewhere.request(&Credentials::none())).await;
        answer.is_ok_and(|other| comparable_body(&other, &self.plan.varying) != body)
    }
}

fn ways(route: &Route, template: &RequestTemplate, public: &[String]) -> Vec<Way> {
    let path = template.path.as_str();
    let rest = path.trim_start_matches('/');
    let public: Vec<&str> = public.iter().map(String::as_str).filter(|public| *public != path).collect();
    let mut ways = Vec::new();
    let mut add = |what: String, path: String| ways.push(Way { what, path, query: None });
    for open in &public {
        // As many folders up as the public path has segments.
        let depth = open.split('/').count() - 1;
        for up in ["../", "%2e%2e/", "..;/", "..%2f"] {
            add(format!("the path behind {open}/{}", up.repeat(depth)), format!("{open}/{}{rest}", up.repeat(depth)));
        }
        // A handler may normalize only what is behind the folder that both are in.
        let shared = open.split('/').zip(path.split('/')).skip(1).take_while(|(one, other)| one == other).count();
        if shared > 0 {
            let below: Vec<&str> = rest.split('/').skip(shared).collect();
            let up = "../".repeat(depth - shared);
            add(format!("the path behind {open}/{up}"), format!("{open}/{up}{}", below.join("/")));
        }
        add(format!("the path before {open}"), format!("{path}{open}"));
        add(format!("the path before ;{open}"), format!("{path};{open}"));
    }
    for open in ALSO_OPEN {
        for up in ["..", "..;"] {
            add(format!("the path behind {open}/{up}"), format!("{open}/{up}/{rest}"));
        }
    }
    for open in public.iter().chain(&USUAL) {
        for (what, path) in as_parameter(route, path, open) {
            add(what, path);
        }
    }
    if let Some(folder) = route.path.split("{*").next().filter(|before| *before != route.path) {
        let (before, value) = path.split_at_checked(folder.len()).unwrap_or_default();
        // Another parameter in front of the wildcard has another length.
        for below in BELOW_WILDCARDS.iter().filter(|_| before == folder) {
            add(format!("the path behind {below}/../"), format!("{before}{below}/../{value}"));
        }
    }
    ways.sort_by(|one, other| one.path.cmp(&other.path));
    ways.dedup_by(|one, other| one.path == other.path);
    ways.retain(|way| way.path != path);
    for open in &public {
        for query in [(*open).to_owned(), format!("next={open}")] {
            ways.push(Way { what: format!("the path with ?{query}"), path: path.to_owned(), query: Some(query) });
        }
    }
    ways
}

/// Paths whose last parameter has a public path in it.
fn as_parameter(route: &Route, path: &str, open: &str) -> Vec<(String, String)> {
    let (templates, values): (Vec<&str>, Vec<&str>) = (route.path.split('/').collect(), path.split('/').collect());
    let Some(at) = templates.iter().rposition(|segment| segment.starts_with('{') && segment.ends_with('}')) else {
        return Vec::new();
    };
    let is_rest = templates[at].starts_with("{*");
    let (before, after) = (values[..at].join("/"), if is_rest { String::new() } else { tail(&values[at + 1..]) });
    let value = if is_rest { values[at..].join("/") } else { values[at].to_owned() };
    let inner = open.trim_start_matches('/');
    let last = open.rsplit('/').next().unwrap_or_default();
    let mut replaced = vec![last.to_owned(), inner.replace('/', "%2f"), format!("%2f{}", inner.replace('/', "%2f"))];
    if is_rest {
        let depth = inner.split('/').count();
        replaced.push(inner.to_owned());
        replaced.extend(["../", "%2e%2e/", "..%2f"].map(|up| format!("{inner}/{}{value}", up.repeat(depth))));
    } else {
        replaced.push(format!("{last}%2f..%2f{value}"));
        replaced.push(format!("{value};{open}"));
    }
    let name = templates[at];
    replaced.into_iter().map(|new| (format!("{name} as {new}"), format!("{before}/{new}{after}"))).collect()
}

fn tail(segments: &[&str]) -> String {
    segments.iter().flat_map(|segment| ["/", segment]).collect()
}

#[cfg(test)]
mod tests {
    use super::ways;
    use crate::run::requests::RequestTemplate;
    use crate::target::Route;
    use http::Method;

    fn paths(path: &str, public: &[&str]) -> Vec<String> {
        let route = Route::new("GET", path);
        let template = RequestTemplate::new(&route, &Method::GET, &[], &[]);
        let public: Vec<String> = public.iter().map(|public| (*public).to_owned()).collect();
        let ways = ways(&route, &template, &public);
        ways.into_iter()
            .map(|way| way.query.map_or(way.path.clone(), |query| format!("{}?{query}", way.path)))
            .collect()
    }

    #[test]
    fn a_public_path_is_before_behind_and_inside_of_the_path() {
        let paths = paths("/users/{id}/tokens/{name}", &["/auth/login"]);
        for expected in [
            "/auth/login/../../users/1/tokens/1",
            "/auth/login/..%2f..%2fusers/1/tokens/1",
            "/users/1/tokens/login",
            "/users/1/tokens/auth%2flogin",
            "/users/1/tokens/1?/auth/login",
            "/users/1/tokens/1?next=/auth/login",
        ] {
            assert!(paths.iter().any(|path| path == expected), "{expected}: {paths:?}");
        }
        assert!(paths.len() < 40, "{paths:?}");
    }

    #[test]
    fn a_wildcard_has_the_public_path_and_dots_before_its_value() {
        let paths = paths("/api/{*path}", &["/api/v1/totp"]);
        for expected in
            ["/api/auth/../a/b", "/api/v1/totp/../../a/b", "/api/v1/totp/../../../api/a/b", "/api/health/../a/b"]
        {
            assert!(paths.iter().any(|path| path == expected), "{expected}: {paths:?}");
        }
    }

    #[test]
    fn a_service_without_public_paths_gets_few_requests() {
        assert!(paths("/orders", &[]).len() <= 4);
    }
}
