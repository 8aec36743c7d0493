//! H31: a request that names the owner of the answer, by another caller or a guest.
//!
//! A handler that takes the caller from the query or the body gives the answer of one caller to all
//! others. The answer must not be that of the owner.

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::identities::headers;
use super::plan::AttackPlan;
use super::probe::Probe;
use super::requests::{self, RequestTemplate};
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::issuer::{TestIssuer, TestToken};
use crate::report::{RouteReport, Severity};
use crate::target::{Decision, Route, ServiceResponse};
use http::Method;

/// Fields of a query or a body that name a caller.
pub(super) const FIELDS: [&str; 20] = [
    "user",
    "user_id",
    "userId",
    "uid",
    "id",
    "sub",
    "subject",
    "owner",
    "owner_id",
    "ownerId",
    "account",
    "account_id",
    "accountId",
    "customer_id",
    "email",
    "username",
    "as",
    "act_as",
    "impersonate",
    "on_behalf_of",
];

/// Claims that name a caller beside `sub`.
const NAMES: [&str; 6] = ["email", "preferred_username", "username", "upn", "user_id", "uid"];

/// How many names of the owner are sent.
const SENT: usize = 3;

/// A longer answer is also found inside of another one.
const LONG: usize = 16;

/// An answer that a caller must not get by naming its owner.
pub(super) struct OwnersAnswer {
    pub(super) own: String,
    /// What the other caller gets without the name.
    pub(super) plain: String,
}

/// One name of an owner, and the fields and headers that may take it.
pub(super) struct OwnerNames<'a> {
    pub(super) name: &'a str,
    pub(super) fields: &'a [&'a str],
    pub(super) headers: Vec<Credentials>,
}

impl OwnersAnswer {
    pub(super) fn is_in(&self, body: &str) -> bool {
        body != self.plain && (body == self.own || (self.own.len() >= LONG && body.contains(&self.own)))
    }
}

impl AttackRun {
    pub(super) async fn attack_named_owner(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        if self.plan.without.contains("H31") || *method == Method::HEAD {
            return;
        }
        let template = self.plan.template(route, method);
        let good = self.plan.good_token(route);
        let names = names_of(&good);
        let Some(own) = self.stable_answer(&template, &Credentials::bearer(&good)).await else { return };
        for (who, caller) in self.other_callers(route) {
            for name in &names {
                let owner = OwnerNames { name, fields: &FIELDS, headers: headers(name) };
                self.name_owner(route, method, (who, &caller, &own), owner, report).await;
            }
        }
    }

    /// Sends the name of the owner in each field and header, by another caller.
    pub(super) async fn name_owner(
        &mut self,
        route: &Route,
        method: &Method,
        (who, caller, own): (&str, &Credentials, &str),
        owner: OwnerNames<'_>,
        report: &mut RouteReport,
    ) {
        let template = self.plan.template(route, method);
        // An answer that is the same for all callers has no owner.
        let plain = match self.stable_answer(&template, caller).await {
            Some(plain) if plain == own => return,
            Some(plain) => plain,
            None if self.is_rejected(&template, caller).await => String::new(),
            None => return,
        };
        let answer = OwnersAnswer { own: own.to_owned(), plain };
        let OwnerNames { name, fields, headers } = owner;
        let all = headers.iter().cloned().fold(Credentials::none(), Credentials::and);
        let by_header = self.names_owner(&template, caller, &all, &answer).await.is_some();
        let mut ways = if by_header { by_each(headers) } else { Vec::new() };
        ways.extend(fields.iter().map(|field| {
            let pair = format!("{field}={}", encoded(name));
            (format!("?{pair}"), Credentials::none().query(pair))
        }));
        ways.extend(fields.iter().filter_map(|field| {
            let body = template.body_with(field, name)?;
            Some((format!("{field} in the body"), Credentials { body: Some(body), ..Credentials::none() }))
        }));
        let request = |(_, oddity): &(String, Credentials)| template.request(&caller.clone().with(oddity.clone()));
        let answers = self.send_all(|| ways.iter().map(request).collect()).await;
        for ((what, oddity), response) in ways.into_iter().zip(answers) {
            let is_owners = |response: &ServiceResponse| {
                response.status.is_success() && answer.is_in(&comparable_body(response, &self.plan.varying))
            };
            let found = response.ok().filter(is_owners);
            report.count("H31", found.is_some());
            if let Some(response) = found {
                let credentials = caller.clone().with(oddity);
                self.report_owner(route, method, (format!("{what}, of {who}"), &template, &credentials), &response);
            }
        }
    }

    /// The answer that a caller gets twice.
    pub(super) async fn stable_answer(&mut self, template: &RequestTemplate, caller: &Credentials) -> Option<String> {
        let first = self.answer(template, caller).await?;
        (self.answer(template, caller).await.as_ref() == Some(&first)).then_some(first)
    }

    /// Whether a check or a look-up rejects the caller.
    pub(super) async fn is_rejected(&mut self, template: &RequestTemplate, caller: &Credentials) -> bool {
        self.send(template.request(caller)).await.is_ok_and(|response| is_rejection(response.status))
    }

    /// Callers that are not the owner: a guest, and a good token of another subject.
    pub(super) fn other_callers(&self, route: &Route) -> Vec<(&'static str, Credentials)> {
        let mut callers = Vec::new();
        if route.decision() == Decision::Visitor {
            callers.push(("a guest", Credentials::none()));
        }
        if let Some(issuer) = self.plan.sources.of(route).issuer() {
            let caller = issuer.another_caller("another-caller", &AttackPlan::scopes_for(route));
            callers.push(("another caller", caller));
        }
        callers
    }

    /// The response, if it is the answer of the owner.
    async fn names_owner(
        &mut self,
        template: &RequestTemplate,
        caller: &Credentials,
        oddity: &Credentials,
        answer: &OwnersAnswer,
    ) -> Option<ServiceResponse> {
        let response = self.send(template.request(&caller.clone().with(oddity.clone()))).await.ok()?;
        let body = comparable_body(&response, &self.plan.varying);
        (response.status.is_success() && answer.is_in(&body)).then_some(response)
    }

    fn report_owner(
        &mut self,
        route: &Route,
        method: &Method,
        (what, template, credentials): (String, &RequestTemplate, &Credentials),
        response: &ServiceResponse,
    ) {
        let problem = format!(
            "request names the owner, and gets the owner's answer: `{what}`: take the caller from the token only"
        );
        let probe = Probe {
            route,
            method: method.clone(),
            id: "H31".to_owned(),
            what,
            curl: requests::curl(template, credentials),
        };
        let finding = probe.finding(Severity::GotThrough, problem, Some(response));
        self.findings.push(finding);
    }
}

impl TestIssuer {
    /// A good token of another subject, whose other names differ, too.
    pub(super) fn another_caller(&self, subject: &str, scopes: &[String]) -> Credentials {
        let token = scopes.iter().fold(self.token(), |token, scope| token.scope(scope));
        let names = NAMES.iter().filter(|claim| self.has_claim(claim));
        let token = names.fold(token, |token, claim| token.claim(claim, another(self.claims()[*claim].as_str())));
        Credentials::bearer(&token.subject(subject).signed())
    }
}

/// The names of the caller of a good token, the subject first.
pub(super) fn names_of(good: &str) -> Vec<String> {
    let Some(token) = TestToken::decoded(good) else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    for name in std::iter::once("sub").chain(NAMES).filter_map(|claim| token.text(claim)) {
        if !names.iter().any(|known| known == name) && names.len() < SENT {
            names.push(name.to_owned());
        }
    }
    names
}

/// Another name of the same kind: an address in the same domain.
pub(super) fn another(name: Option<&str>) -> String {
    let domain = name.and_then(|name| name.split_once('@')).map(|(_, domain)| format!("@{domain}"));
    format!("another-caller{}", domain.unwrap_or_default())
}

fn by_each(headers: Vec<Credentials>) -> Vec<(String, Credentials)> {
    let described = |credentials: Credentials| {
        let (header, value) = &credentials.headers[0];
        (format!("{header}: {}", String::from_utf8_lossy(value.as_bytes())), credentials)
    };
    headers.into_iter().map(described).collect()
}

/// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
pub(super) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
