//! C05: requests that a page of another site can send with the victim's cookie.
//!
//! A form, and a fetch without a preflight, choose among three content types and none (WHATWG
//! Fetch, "CORS-safelisted request-header"). They cannot add the other headers that the test sends.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::got_through::GotThrough;
use super::kinds::PlacedKind;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use crate::catalogue::{Credentials, SEC_FETCH_SITE};
use crate::report::{Finding, RouteReport, Severity};
use crate::target::{Place, Route, ServiceResponse};
use http::header::{CONNECTION, HOST, ORIGIN, REFERER, UPGRADE};
use http::{Method, StatusCode};

/// The content types of such a request.
const TYPES: [Option<&str>; 4] = [
    Some("text/plain;charset=UTF-8"),
    Some("application/x-www-form-urlencoded"),
    Some("multipart/form-data; boundary=x"),
    None,
];

impl AttackRun {
    /// Sends a good cookie from pages of other sites, with each content type.
    pub(super) async fn attack_from_other_sites(
        &mut self,
        route: &Route,
        method: &Method,
        one: &PlacedKind,
        report: &mut RouteReport,
    ) {
        let is_cookie = matches!(one.place, Place::Cookie(_));
        if !is_cookie || route.grpc || self.plan.without.contains("C05") {
            return;
        }
        let Some(good) = self.good_of_kind(route, &one.kind).await else { return };
        let (name, value) = one.place.header(&good);
        let cookie = Credentials::none().header(name, &value);
        let template = self.plan.template(route, method);
        if *method == Method::GET {
            self.attack_head(route, &template, &cookie, report).await;
        }
        if *method != Method::POST {
            return;
        }
        let own = own_origin(&template, one);
        self.attack_from_near_origins(route, &template, (&cookie, one.good_status), (own, report)).await;
        let simple = template.without_headers();
        // The service does not require that a browser sends the request.
        let takes_others = self.is_answered(&simple, &cookie, one.good_status).await;
        let mut pages = pages(&own_host(&template));
        pages.retain(|(page, _)| !takes_others || !page.contains(WITHOUT_ORIGIN));
        // An `AuthRouter` decides before the content type is read.
        if self.target.is_guarded() {
            pages.truncate(1);
        }
        for content_type in TYPES {
            let template = simple.with_content_type(content_type);
            for (page, headers) in &pages {
                let credentials = headers
                    .iter()
                    .fold(cookie.clone(), |sent, (name, value)| sent.header(name.clone(), value.as_bytes()));
                let before = self.read_side_effects().await;
                let Ok(response) = self.send(template.request(&credentials)).await else { continue };
                let typed = content_type.unwrap_or("no content type");
                let probe = Probe {
                    route,
                    method: method.clone(),
                    id: "C05".to_owned(),
                    what: format!("{} in a request of {page}, with {typed}", one.place),
                    curl: requests::curl(&template, &credentials),
                };
                let mut findings: Vec<Finding> = Vec::new();
                if is_handled(&response, one.good_status) {
                    let problem = format!(
                        "request of another site was accepted: `{}`: compare `Origin` or `Sec-Fetch-Site`, whatever the \
                         content type is",
                        response.status
                    );
                    findings.push(probe.finding(Severity::GotThrough, problem, Some(&response)));
                } else {
                    findings.extend(self.changed_side_effects(&probe, &before, Some(&response)).await);
                }
                report.count("C05", !findings.is_empty());
                self.findings.extend(findings);
            }
        }
    }

    /// Sends the usual body from origins that are spelled like the own one.
    ///
    /// A browser asks for JSON first, and many services then compare the origin in the same way.
    async fn attack_from_near_origins(
        &mut self,
        route: &Route,
        template: &RequestTemplate,
        (cookie, good_status): (&Credentials, StatusCode),
        (origin, report): (Option<String>, &mut RouteReport),
    ) {
        let Some(origin) = origin else { return };
        if self.target.is_guarded() {
            return;
        }
        let from = |origin: &str| cookie.clone().header(SEC_FETCH_SITE, "cross-site").header(ORIGIN, origin);
        // Where any origin is accepted, none is compared, and other headers may decide.
        let Ok(other) = self.send(template.request(&from("https://evil.example"))).await else { return };
        if other.status != StatusCode::FORBIDDEN && other.status != StatusCode::UNAUTHORIZED {
            return;
        }
        let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
        let mut nears = vec![format!("{origin}.evil.example"), format!("https://evil{host}")];
        // CVE-2025-47909: a form of plain HTTP may come from each machine in between.
        nears.extend(origin.strip_prefix("https://").map(|host| format!("http://{host}")));
        for near in nears {
            let credentials = from(&near);
            let Ok(response) = self.send(template.request(&credentials)).await else { continue };
            let is_found = is_handled(&response, good_status);
            report.count("C05", is_found);
            if is_found {
                let problem = format!(
                    "request of another site was accepted: `{}`: `{near}` is not `{origin}`: compare the whole `Origin`",
                    response.status
                );
                let what = "a cookie in a request of an origin that is spelled like ours".to_owned();
                let got_through = GotThrough { id: "C05", what, problem };
                self.report_got_through((route, &Method::POST), got_through, (template, &credentials), &response);
                return;
            }
        }
    }

    /// Sends HEAD, which a service may take for the submitted form of a page.
    ///
    /// GitHub granted access to an app at a HEAD of its page (2019): it was routed as GET, where no
    /// origin is compared, and was not GET for the handler.
    async fn attack_head(
        &mut self,
        route: &Route,
        template: &RequestTemplate,
        cookie: &Credentials,
        report: &mut RouteReport,
    ) {
        let before = self.read_side_effects().await;
        if before.is_empty() || self.send(template.request(cookie)).await.is_err() {
            return;
        }
        let shown = self.read_side_effects().await;
        if shown != before {
            return;
        }
        let head = RequestTemplate { method: Method::HEAD, ..template.clone() };
        let page = [(SEC_FETCH_SITE, "cross-site"), (ORIGIN, "https://evil.example")];
        let credentials = page.into_iter().fold(cookie.clone(), |sent, (name, value)| sent.header(name, value));
        let Ok(response) = self.send(head.request(&credentials)).await else { return };
        let probe = Probe {
            route,
            method: Method::HEAD,
            id: "C05".to_owned(),
            what: "a cookie in HEAD of another site".to_owned(),
            curl: requests::curl(&head, &credentials),
        };
        let findings = self.changed_side_effects(&probe, &shown, Some(&response)).await;
        report.count("C05", !findings.is_empty());
        self.findings.extend(findings);
    }

    async fn is_answered(&mut self, template: &RequestTemplate, cookie: &Credentials, good: StatusCode) -> bool {
        self.send(template.request(cookie)).await.is_ok_and(|response| is_handled(&response, good))
    }

    /// Whether the good request, as the test sends it, can be that of another site's page.
    pub(super) async fn can_come_from_other_sites(
        &mut self,
        route: &Route,
        method: &Method,
        place: &Place,
        good: &str,
    ) -> bool {
        // Such a page cannot add a header of the service's own, such as that of a CSRF token.
        if !self.target.is_guarded() && self.plan.template(route, method).has_own_header() {
            return false;
        }
        *method != Method::GET || !self.ignores_upgrades(route, method, place, good).await
    }

    /// Whether the route of a service without a posture answers an upgrade as any other request.
    ///
    /// Then it has no WebSocket, and the page of another site cannot read the answer.
    async fn ignores_upgrades(&mut self, route: &Route, method: &Method, place: &Place, good: &str) -> bool {
        if self.target.is_guarded() {
            return false;
        }
        let template = self.plan.template(route, method);
        let usual = Credentials::placed(place, good);
        let upgrade = usual.clone().header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
        let mut answers = Vec::new();
        for credentials in [&usual, &usual, &upgrade] {
            let Ok(response) = self.send(template.request(credentials)).await else { return false };
            answers.push((response.status, comparable_body(&response, &self.plan.varying)));
        }
        let [first, second, upgraded] = answers.as_slice() else { return false };
        // A body that differs by itself shows nothing.
        upgraded.0 == first.0 && (upgraded.1 == first.1 || first.1 != second.1)
    }
}

/// Whether the handler has got the request.
fn is_handled(response: &ServiceResponse, good_status: StatusCode) -> bool {
    response.status.is_success() || (response.status == good_status && !response.status.is_client_error())
}

const WITHOUT_ORIGIN: &str = "with a Referer only";

type Page = (String, Vec<(http::HeaderName, String)>);

/// Pages of other sites, each with the headers by which a service can know it.
fn pages(host: &str) -> Vec<Page> {
    let site = |site: &str| (SEC_FETCH_SITE, site.to_owned());
    let origin = |origin: String| (ORIGIN, origin);
    let referer = |referer: String| (REFERER, referer);
    vec![
        ("a page of another site".to_owned(), vec![site("cross-site"), origin("https://evil.example".to_owned())]),
        ("a sandboxed page".to_owned(), vec![site("cross-site"), origin("null".to_owned())]),
        ("a neighbour on the same site".to_owned(), vec![site("same-site"), origin(format!("https://evil.{host}"))]),
        ("a page whose host starts with ours".to_owned(), vec![origin(format!("https://{host}.evil.example"))]),
        ("a page without an origin".to_owned(), vec![site("cross-site")]),
        (format!("a page {WITHOUT_ORIGIN}"), vec![referer(format!("https://evil.example/{host}/"))]),
    ]
}

/// The origin of the service's own pages: that of good requests, or of the issuer of its sessions.
pub(super) fn own_origin(template: &RequestTemplate, one: &PlacedKind) -> Option<String> {
    let of_issuer = |issuer: &String| {
        let host = issuer.strip_prefix("https://")?.split('/').next().filter(|host| !host.is_empty())?;
        Some(format!("https://{host}"))
    };
    template.header(&ORIGIN).or_else(|| one.kind.issuers.iter().find_map(of_issuer))
}

/// The host of the service's own pages: that of the origin which good requests have.
fn own_host(template: &RequestTemplate) -> String {
    let own = template.header(&ORIGIN).and_then(|origin| Some(origin.split_once("://")?.1.to_owned()));
    own.or_else(|| template.header(&HOST)).unwrap_or_else(|| "localhost".to_owned())
}
