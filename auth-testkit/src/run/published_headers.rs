//! H11 and H31: headers of published weaknesses and of products, whose value names a user.
//!
//! A proxy or a platform sends them, and a service that does not remove those of clients takes the
//! caller from them. They are sent at once, and each by itself where one works.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::named_owners::names_of;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route};
use http::{HeaderName, Method};

/// Names of headers, each with the value that a role has; the others have that of the user.
const PUBLISHED: [(&str, Option<&str>); 22] = [
    // CVE-2023-28121 (WooCommerce Payments).
    ("x-wcpay-platform-checkout-user", None),
    // CVE-2019-19781 (Citrix).
    ("nsc_user", None),
    // CVE-2021-26855 (Exchange).
    ("msexchlogonaccount", None),
    ("msexchlogonmailbox", None),
    ("msexchtargetmailbox", None),
    // The proxy authentication of CouchDB.
    ("x-auth-couchdb-username", None),
    ("x-auth-couchdb-roles", Some("_admin")),
    // Elasticsearch and Search Guard.
    ("es-security-runas-user", None),
    ("x-proxy-user", None),
    ("x-proxy-roles", Some("admin")),
    // Hasura.
    ("x-hasura-user-id", None),
    ("x-hasura-role", Some("admin")),
    // SiteMinder, WebSEAL, Oracle Access Manager and Shibboleth.
    ("sm_user", None),
    ("sm-user", None),
    ("iv-user", None),
    ("oam_remote_user", None),
    ("proxy-remote-user", None),
    ("eppn", None),
    // Discourse, Mattermost, SonarQube and Rundeck.
    ("api-username", None),
    ("mattermost-user-id", None),
    ("x-forwarded-login", None),
    ("x-forwarded-uuid", None),
];

/// Such headers, each by itself, for a user.
pub(super) fn published(user: &str) -> Vec<Credentials> {
    let header = |(name, role): (&'static str, Option<&str>)| {
        Credentials::none().header(HeaderName::from_static(name), role.unwrap_or(user))
    };
    PUBLISHED.into_iter().map(header).collect()
}

impl AttackRun {
    /// Sends the headers without a token.
    pub(super) async fn attack_published_headers(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H11") || route.decision() != Decision::Authenticated {
            return;
        }
        let good = self.plan.good_token(route);
        let is_plain = |name: &String| name.bytes().all(|byte| byte.is_ascii_graphic());
        let name = names_of(&good).into_iter().next().filter(is_plain);
        for user in std::iter::once("1".to_owned()).chain(name) {
            let is_found = self.attack_published(route, method, &user).await;
            report.count("H11", is_found);
            if is_found {
                return;
            }
        }
    }

    async fn attack_published(&mut self, route: &Route, method: &Method, user: &str) -> bool {
        let template = self.plan.template(route, method);
        let is_own = |one: &Credentials| route.places().iter().any(|place| one.are_in(place));
        let each: Vec<Credentials> = published(user).into_iter().filter(|one| !is_own(one)).collect();
        let all = each.iter().cloned().fold(Credentials::none(), Credentials::with);
        let Ok(of_all) = self.send(template.request(&all)).await else { return false };
        if !of_all.status.is_success() {
            return false;
        }
        // Where the check does not run at all, H01 is the finding.
        let plain = self.send(template.request(&Credentials::none())).await;
        if plain.is_ok_and(|plain| plain.status.is_success()) {
            return false;
        }
        let mut found = (all, of_all);
        for one in each {
            let Ok(response) = self.send(template.request(&one)).await else { continue };
            if response.status.is_success() {
                found = (one, response);
                break;
            }
        }
        let (credentials, response) = found;
        let what = match credentials.headers.as_slice() {
            [(name, value)] => format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())),
            _ => format!("headers of published weaknesses with the user {user}"),
        };
        let problem = format!(
            "header of the client is taken for the caller: `{what}`: `{}`: take the caller from the token only",
            response.status
        );
        let got_through = GotThrough { id: "H11", what, problem };
        self.report_got_through((route, method), got_through, (&template, &credentials), &response);
        true
    }
}
