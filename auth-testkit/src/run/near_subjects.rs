//! H36: an object of the good caller, requested by a caller with almost the same subject.
//!
//! A subject is compared case-sensitively (RFC 7519 section 2), and is unique for its issuer only
//! (section 4.1.2). Such a caller is another one, even where its e-mail address is the owner's.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::named_owners::another;
use super::plan::AttackPlan;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::issuer::TestToken;
use crate::target::{Route, ServiceResponse};
use http::Method;

/// Callers that are alike in one way: a service that confuses one has one mistake.
struct NearCallers {
    problem: &'static str,
    /// Each with its description.
    callers: Vec<(String, Credentials)>,
}

/// Claims by which a service may look up an account, and that a user or another tenant can set
/// (CVE-2023-3128).
const SET_BY_USERS: [&str; 6] = ["email", "preferred_username", "upn", "unique_name", "name", "nickname"];

impl AttackRun {
    /// Requests an object that is not for another caller, and returns whether there is a finding.
    ///
    /// Where the other caller has got the object, these callers show nothing more.
    pub(super) async fn attack_near_subjects(
        &mut self,
        (route, method): (&Route, &Method),
        has_owner: bool,
        of_another: &ServiceResponse,
    ) -> bool {
        let is_good = self.good_answers.status(route, method).is_some_and(|status| status.is_success());
        let is_denied = is_rejection(of_another.status) || (has_owner && *method == Method::GET);
        if !is_good || !is_denied || self.is_object(route, method, of_another) {
            return false;
        }
        let template = self.plan.template(route, method);
        let mut is_found = false;
        for NearCallers { problem, callers } in self.near_callers(route) {
            for (what, caller) in callers {
                let Ok(response) = self.send(template.request(&caller)).await else { continue };
                if self.is_object(route, method, &response) {
                    let problem = format!("{problem}: `{what}` gets the object: `{}`", response.status);
                    let got_through =
                        GotThrough { id: "H36", what: format!("the object of the good caller, by {what}"), problem };
                    self.report_got_through((route, method), got_through, (&template, &caller), &response);
                    is_found = true;
                    break;
                }
            }
        }
        is_found
    }

    /// Whether a response is the object, or that of a write to it.
    fn is_object(&self, route: &Route, method: &Method, response: &ServiceResponse) -> bool {
        response.status.is_success() && (*method != Method::GET || self.reveals_good_answer(route, method, response))
    }

    fn near_callers(&self, route: &Route) -> Vec<NearCallers> {
        let good = TestToken::decoded(&self.plan.good_token(route));
        let subject = good.as_ref().and_then(|good| good.text("sub")).unwrap_or_default();
        let Some(issuer) = self.plan.sources.of(route).issuer().filter(|_| !subject.is_empty()) else {
            return Vec::new();
        };
        let scopes = AttackPlan::scopes_for(route);
        let spelled = spellings(subject).into_iter().map(|near| {
            (format!("the subject `{near}` in place of `{subject}`"), issuer.another_caller(&near, &scopes))
        });
        let partners = self.plan.partners.iter().filter(|partner| partner.name() != issuer.name()).map(|partner| {
            (format!("the subject `{subject}` of {}", partner.name()), partner.another_caller(subject, &scopes))
        });
        let claims = SET_BY_USERS.iter().filter_map(|claim| Some((*claim, good.as_ref()?.text(claim)?)));
        // A claim with the subject is the name of the account itself.
        let named = claims.filter(|(_, value)| *value != subject && !value.is_empty()).map(|(claim, value)| {
            let token = scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope));
            let others = SET_BY_USERS.iter().filter(|other| **other != claim && issuer.has_claim(other));
            let token =
                others.fold(token, |token, other| token.claim(other, another(issuer.claims()[*other].as_str())));
            let token = token.subject("another-caller").claim(claim, value);
            (format!("another subject with the `{claim}` of the owner"), Credentials::bearer(&token.signed()))
        });
        vec![
            NearCallers {
                problem: "account is looked up by a claim that others can set: use `iss` and `sub` only (OpenID \
                          Connect Core section 5.7)",
                callers: named.collect(),
            },
            NearCallers {
                problem: "subject that is almost the owner's is taken for it: compare the whole subject, \
                          case-sensitively (RFC 7519 section 2)",
                callers: spelled.collect(),
            },
            NearCallers {
                problem: "subject of another issuer is taken for the owner: look up an account by `iss` and `sub` \
                          (RFC 7519 section 4.1.2)",
                callers: partners.collect(),
            },
        ]
    }
}

/// What comes behind a part of a subject.
const SEPARATORS: [&str; 4] = ["/x", "+x", "#x", "\0x"];

/// Other subjects that a lax comparison takes for this one.
fn spellings(subject: &str) -> Vec<String> {
    let mut spellings = vec![subject.to_uppercase(), format!("{subject} "), format!("{subject}1")];
    // A part of a number is the subject of a real user.
    let start: String = subject.chars().take(subject.chars().count() - 1).collect();
    if start.len() >= 3 && !start.bytes().all(|byte| byte.is_ascii_digit()) {
        spellings.push(start);
    }
    spellings.retain(|near| near != subject);
    // CVE-2017-11427: the part before a separator, or before a NUL, is taken for the subject.
    let local = subject.split_once('@').map_or(subject, |(local, _)| local);
    spellings.push(format!("{local}@evil.example"));
    spellings.extend(SEPARATORS.map(|rest| format!("{subject}{rest}")));
    spellings
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn a_part_of_a_number_is_not_sent() {
        assert_eq!(spellings("alice")[..4], ["ALICE", "alice ", "alice1", "alic"]);
        assert_eq!(spellings("4711")[..3], ["4711 ", "47111", "4711@evil.example"]);
    }

    #[test]
    fn an_address_gets_another_domain() {
        assert!(spellings("alice@shop.example").contains(&"alice@evil.example".to_owned()));
        assert!(spellings("alice").contains(&"alice@evil.example".to_owned()));
    }
}
