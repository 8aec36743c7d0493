//! H32: a redirect to a host of the client's choice.
//!
//! A log-in that redirects to any `next` sends its users to the page of an attacker, and a route
//! that redirects with a code or a token gives it to the attacker (CWE-601, RFC 9700 section 4.1).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::named_owners::encoded;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use http::header::LOCATION;
use http::{Method, Uri};

/// Parameters that name the page after a log-in.
const NAMES: [&str; 14] = [
    "next",
    "return_to",
    "returnTo",
    "return_url",
    "returnUrl",
    "redirect",
    "redirect_to",
    "redirect_uri",
    "redirect_url",
    "redirectUrl",
    "continue",
    "callback_url",
    "callbackUrl",
    "post_logout_redirect_uri",
];

const EVIL: &str = "evil.example";

impl AttackRun {
    pub(super) async fn attack_redirect(
        &mut self,
        (route, method): (&Route, &Method),
        caller: &Credentials,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("H32") || !matches!(*method, Method::GET | Method::POST) || route.grpc {
            return;
        }
        let template = self.plan.template(route, method);
        for (name, requests) in requests(&template) {
            let Ok(good) = self.send(template.request(caller)).await else { return };
            // Elsewhere the value does something else.
            if !good.status.is_redirection() {
                return;
            }
            let mut found = None;
            for (value, request) in requests {
                let Ok(response) = self.send(request.request(caller)).await else { continue };
                if response.status.is_redirection() && leaves(&response) {
                    found = Some((value, request, response));
                    break;
                }
            }
            report.count("H32", found.is_some());
            if let Some((value, request, response)) = found {
                let location = response.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
                let got_through = GotThrough {
                    id: "H32",
                    what: format!("{name}: {value}"),
                    problem: format!(
                        "client chooses the host of a redirect: `{location}`: compare `{name}` with a list, or accept a \
                         path only"
                    ),
                };
                self.report_got_through((route, method), got_through, (&request, caller), &response);
                return;
            }
        }
    }
}

/// The requests that name another host, by the parameter.
fn requests(template: &RequestTemplate) -> Vec<(&'static str, Vec<(String, RequestTemplate)>)> {
    let in_query = |name: &str| {
        let pairs = template.query.as_deref()?.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(own, _)| *own == name).map(|(_, value)| value.to_owned()).next()
    };
    let named = |name: &'static str| {
        let known = in_query(name).or_else(|| template.text_member(name))?;
        let plain = known.replace("%3A", ":").replace("%2F", "/").replace("%3a", ":").replace("%2f", "/");
        let host = plain.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default().to_owned());
        let mut hosts = vec![format!("https://{EVIL}/"), format!("//{EVIL}/"), format!("/\\{EVIL}/")];
        if let Some(host) = host {
            hosts.extend([format!("https://{host}.{EVIL}/"), format!("https://{host}@{EVIL}/")]);
        }
        let request = |value: String| {
            let mut request = template.naming(&[name], &known, &value)?;
            // Spelled as the test spells it. A URI has no backslash.
            if known.contains('/') && !value.contains('\\') {
                request.query = request.query.map(|query| query.replace(&encoded(&value), &value));
            }
            Some((value, request))
        };
        Some((name, hosts.into_iter().filter_map(request).collect()))
    };
    NAMES.into_iter().filter_map(named).take(2).collect()
}

/// Whether the redirect goes to the attacker's host.
fn leaves(response: &ServiceResponse) -> bool {
    let location = response.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A browser reads a backslash as a slash.
    let location = location.trim_start().replace('\\', "/");
    let absolute = location.strip_prefix("//").map_or_else(|| location.clone(), |rest| format!("https://{rest}"));
    let host = absolute.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    host.is_some_and(|host| host == EVIL || host.ends_with(&format!(".{EVIL}")))
}
