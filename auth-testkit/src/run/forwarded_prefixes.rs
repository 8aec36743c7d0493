//! H16: the folder of a public route, as the prefix that a proxy has removed from the path.
//!
//! A guard that puts `X-Forwarded-Prefix` in front of the path decides about a path of the client's
//! choice (CVE-2026-35051).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::varying_words::Page;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::Route;
use http::{HeaderName, Method};

/// Headers with the part of the path that a proxy has removed.
const PREFIXES: [HeaderName; 3] = [
    HeaderName::from_static("x-forwarded-prefix"),
    HeaderName::from_static("x-script-name"),
    HeaderName::from_static("x-original-prefix"),
];

/// The header with the path that a proxy has received.
const PATH: HeaderName = HeaderName::from_static("x-forwarded-path");

impl AttackRun {
    /// Sends the folder of each public path, without credentials, in all headers at once.
    pub(super) async fn attack_forwarded_prefixes(
        &mut self,
        (route, method): (&Route, &Method),
        fallback: Option<&Page>,
        report: &mut RouteReport,
    ) {
        let template = self.plan.template(route, method);
        let routes = self.target.routes.clone();
        // A public route at the same path answers all clients.
        if route.grpc || self.is_open(method, &template.path) {
            return;
        }
        for (prefix, public) in prefixes(&self.public_paths(&routes)) {
            let all = PREFIXES.into_iter().fold(Credentials::none(), |sent, name| sent.header(name, &prefix));
            let credentials = all.header(PATH, &public);
            let Ok(response) = self.send(template.request(&credentials)).await else { continue };
            let is_page = fallback.is_some_and(|page| page.is_in(&response));
            let is_found = response.gate.ran > 0 || (response.status.is_success() && !is_page);
            report.count("H16", is_found);
            if is_found {
                let problem = format!(
                    "header with the prefix of a public path opens another route: `x-forwarded-prefix: {prefix}`: `{}`: \
                     decide by the path of the request, and remove the header in the proxy",
                    response.status
                );
                let what = format!("x-forwarded-prefix: {prefix}, without credentials");
                let got_through = GotThrough { id: "H16", what, problem };
                self.report_got_through((route, method), got_through, (&template, &credentials), &response);
                return;
            }
        }
    }
}

/// The first segment of each public path, and the whole path.
fn prefixes(public: &[String]) -> Vec<(String, String)> {
    let mut prefixes: Vec<(String, String)> = Vec::new();
    for path in public {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        for prefix in [format!("/{first}"), path.clone()] {
            if prefix.len() > 1 && !prefixes.iter().any(|(known, _)| *known == prefix) {
                prefixes.push((prefix, path.clone()));
            }
        }
    }
    prefixes
}

#[cfg(test)]
mod tests {
    use super::prefixes;

    #[test]
    fn the_folder_and_the_path_are_prefixes() {
        let public = ["/public/status".to_owned(), "/health".to_owned(), "/public/help".to_owned()];
        let prefixes: Vec<String> = prefixes(&public).into_iter().map(|(prefix, _)| prefix).collect();
        assert_eq!(prefixes, ["/public", "/public/status", "/health", "/public/help"]);
    }
}
