//! N06: what a client kept from before the password of its user was changed.
//!
//! Who knows that a session was stolen changes the password (GHSA-3ccg-x393-96v8, Vikunja), and
//! expects that it ends the others (OWASP ASVS 5, 7.4.3). So must refresh tokens
//! (GHSA-7hgr-xvrr-xpw3, Nhost). Tokens that a user creates for a program, and access tokens that
//! expire soon, may stay.

use super::attack_run::AttackRun;
use super::fixed_sessions::cookie;
use super::got_through::GotThrough;
use super::log_ins::{TOKENS, others};
use super::public_cookies::cookies_of;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::issuer::CredentialSource;
use crate::report::RouteReport;
use crate::target::{Decision, Place, Route, ServiceResponse};
use http::Method;
use serde_json::{Map, Value};

/// How many routes that change a password are tried, and how many log-ins for each.
const CHANGES: usize = 2;
const LOG_INS: usize = 2;

/// Members of a request or an answer that have a refresh token.
const REFRESH: [&str; 2] = ["refresh_token", "refreshToken"];

/// Words of a member by which a user decides what happens to other sessions.
const OPTIONS: [&str; 6] = ["session", "logout", "signout", "revoke", "others", "devices"];

/// A route that changes the password of its caller.
struct Change<'a> {
    route: &'a Route,
    method: Method,
    template: RequestTemplate,
}

/// A route that takes a refresh token, and the member that has it.
struct Renewal {
    template: RequestTemplate,
    member: &'static str,
}

impl Renewal {
    fn with(&self, token: &str) -> Option<RequestTemplate> {
        let own = self.template.text_member(self.member)?;
        self.template.naming(&[self.member], &own, token)
    }
}

impl AttackRun {
    /// Changes the password by the declared body, and uses what is from before the change.
    pub(super) async fn attack_new_passwords(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("N06") || self.locked_out {
            return;
        }
        let changes: Vec<usize> = (0..routes.len()).filter(|place| self.changes_password(&routes[*place])).collect();
        for place in changes.into_iter().take(CHANGES) {
            let route = &routes[place];
            let Ok(method) = route.method.parse::<Method>() else { continue };
            let template = self.plan.template(route, &method);
            let change = Change { route, method, template };
            let mut outcomes = vec![self.change_beside_sessions(&change, routes).await];
            let log_ins: Vec<Route> =
                routes.iter().filter(|route| self.is_log_in(route)).take(LOG_INS).cloned().collect();
            for log_in in log_ins {
                outcomes.push(self.change_beside_log_ins(&change, &log_in, routes).await);
            }
            for is_found in outcomes.into_iter().flatten() {
                reports[place].count("N06", is_found);
            }
        }
    }

    fn changes_password(&self, route: &Route) -> bool {
        let writes = matches!(route.method.as_str(), "POST" | "PUT" | "PATCH");
        let is_attacked = writes
            && route.decision() == Decision::Authenticated
            && !route.grpc
            && self.plan.exclusion_of(route).is_none();
        let Some((_, _, body)) = self.plan.bodies.iter().find(|(of, ..)| *of == route.to_string()) else {
            return false;
        };
        is_attacked && changes_password(&route.path, &members_of(body))
    }

    fn is_log_in(&self, route: &Route) -> bool {
        let has_body = self.plan.bodies.iter().any(|(of, ..)| *of == route.to_string());
        let is_public = route.decision() == Decision::Public && route.method == "POST";
        is_public && has_body && self.plan.exclusion_of(route).is_none()
    }

    /// Changes the password with one session that the test makes, and uses another one.
    async fn change_beside_sessions(&mut self, change: &Change<'_>, routes: &[Route]) -> Option<bool> {
        let kinds = change.route.accepts.iter();
        let sessions = kinds.flat_map(|kind| kind.places.iter().map(move |place| (kind, place)));
        // A token in a header may be one that the user made for a program.
        let cookies = sessions.filter(|(_, place)| matches!(place, Place::Cookie(_)));
        let (source, place) = cookies.into_iter().find_map(|(kind, place)| {
            let source = self.plan.credentials.of(kind).filter(|source| matches!(source, CredentialSource::Own(_)))?;
            Some((source.clone(), place.clone()))
        })?;
        let (own, other) = (source.good(&[]).await, source.good(&[]).await);
        if own == other || !place.holds(&own) || !place.holds(&other) {
            return None;
        }
        self.change_and_use(change, &Credentials::placed(&place, &own), &Credentials::placed(&place, &other), routes)
            .await
    }

    /// Logs in as often as needed, changes the password with one log-in, and uses another one.
    async fn change_beside_log_ins(&mut self, change: &Change<'_>, log_in: &Route, routes: &[Route]) -> Option<bool> {
        let template = self.plan.template(log_in, &Method::POST);
        let mut first = self.log_in(&template).await?;
        let mut is_found = None;
        for (name, value) in cookies_of(&first) {
            let second = self.log_in(&template).await?;
            let Some((_, own)) = cookies_of(&second).into_iter().find(|(known, own)| *known == name && *own != value)
            else {
                continue;
            };
            if let Some(found) = self.change_and_use(change, &cookie(&name, &own), &cookie(&name, &value), routes).await
            {
                is_found = Some(found);
                first = self.log_in(&template).await?;
                break;
            }
        }
        if is_found == Some(true) || member(&first, &REFRESH).is_none() {
            return is_found;
        }
        let renewed = self.change_and_renew(change, (&template, &first), routes).await;
        renewed.or(is_found)
    }

    async fn log_in(&mut self, template: &RequestTemplate) -> Option<ServiceResponse> {
        let answer = self.send(template.request(&Credentials::none())).await.ok()?;
        (answer.status.is_success() || answer.status.is_redirection()).then_some(answer)
    }

    /// `None` where the two sessions show different answers, or the password was not changed.
    async fn change_and_use(
        &mut self,
        change: &Change<'_>,
        own: &Credentials,
        other: &Credentials,
        routes: &[Route],
    ) -> Option<bool> {
        let elsewhere: Vec<Route> = routes.iter().filter(|route| route.path != change.route.path).cloned().collect();
        let protected = self.opened_by(&elsewhere, other).await?;
        // A test may log in another user each time.
        let (of_own, of_other) = (self.answer(&protected, own).await, self.answer(&protected, other).await);
        if of_own.is_none() || of_own != of_other || !self.is_changed(change, own).await {
            return None;
        }
        let response = self.send(protected.request(other)).await.ok()?;
        let is_found = response.status.is_success();
        if is_found {
            let got_through = GotThrough {
                id: "N06",
                what: "another session of the caller, after a new password".to_owned(),
                problem: format!(
                    "session from before the new password is accepted: `{}`: end all other sessions of the user when \
                     the password changes (OWASP ASVS 5, 7.4.3)",
                    response.status
                ),
            };
            self.report_got_through((change.route, &change.method), got_through, (&protected, other), &response);
        }
        Some(is_found)
    }

    async fn is_changed(&mut self, change: &Change<'_>, own: &Credentials) -> bool {
        self.send(change.template.request(own)).await.is_ok_and(|response| response.status.is_success())
    }

    /// Uses the refresh token of a log-in after another one has changed the password.
    async fn change_and_renew(
        &mut self,
        change: &Change<'_>,
        (log_in, stolen): (&RequestTemplate, &ServiceResponse),
        routes: &[Route],
    ) -> Option<bool> {
        let stolen = member(stolen, &REFRESH)?;
        let renewal = self.renewal(routes, &log_in.path)?;
        // A token that is good once shows that the route takes it. A wrong one must fail.
        let used = member(&self.log_in(log_in).await?, &REFRESH)?;
        let wrong = others(&stolen).into_iter().next()?;
        if self.renewed(&renewal, &used).await.is_none() || self.renewed(&renewal, &wrong).await.is_some() {
            return None;
        }
        let own = self.log_in(log_in).await?;
        let token = member(&own, &TOKENS).filter(|token| Place::bearer().holds(token));
        let cookies = cookies_of(&own).into_iter().map(|(name, value)| cookie(&name, &value));
        let callers: Vec<Credentials> =
            token.map(|token| Credentials::bearer(&token)).into_iter().chain(cookies).collect();
        let mut is_changed = false;
        for caller in callers {
            is_changed = is_changed || self.is_changed(change, &caller).await;
        }
        if !is_changed {
            return None;
        }
        let Some((request, response)) = self.renewed(&renewal, &stolen).await else { return Some(false) };
        let got_through = GotThrough {
            id: "N06",
            what: "a refresh token from before a new password".to_owned(),
            problem: format!(
                "refresh token from before the new password gives a new token: `{}`: revoke the refresh tokens of the \
                 user when the password changes (OWASP ASVS 5, 7.4.3)",
                response.status
            ),
        };
        self.report_got_through(
            (change.route, &change.method),
            got_through,
            (&request, &Credentials::none()),
            &response,
        );
        Some(true)
    }

    fn renewal(&self, routes: &[Route], log_in: &str) -> Option<Renewal> {
        routes.iter().filter(|route| self.is_log_in(route)).find_map(|route| {
            let template = self.plan.template(route, &Method::POST);
            let member = REFRESH.iter().find(|member| template.text_member(member).is_some())?;
            let has_password = members_of(&template.body).iter().any(|(name, _)| plain(name).contains("password"));
            (template.path != log_in || !has_password).then_some(Renewal { template, member })
        })
    }

    /// The answer that has a new token.
    async fn renewed(&mut self, renewal: &Renewal, token: &str) -> Option<(RequestTemplate, ServiceResponse)> {
        let request = renewal.with(token)?;
        let response = self.send(request.request(&Credentials::none())).await.ok()?;
        let has_token = member(&response, &TOKENS).is_some() || !cookies_of(&response).is_empty();
        (response.status.is_success() && has_token).then_some((request, response))
    }
}

/// The text of the first of these members of a JSON answer, also one level below.
fn member(response: &ServiceResponse, names: &[&str]) -> Option<String> {
    let answer: Value = serde_json::from_slice(&response.body).ok()?;
    let text = |value: &Value| {
        names.iter().find_map(|name| value.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
    };
    text(&answer).or_else(|| answer.as_object()?.values().find_map(text))
}

/// The members of a JSON body or a form.
fn members_of(body: &[u8]) -> Vec<(String, Value)> {
    if let Ok(members) = serde_json::from_slice::<Map<String, Value>>(body) {
        return members.into_iter().collect();
    }
    let form = String::from_utf8_lossy(body);
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

/// A name without its separators, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Whether a path and the members of a body are those of a change of the password.
fn changes_password(path: &str, members: &[(String, Value)]) -> bool {
    let names: Vec<String> = members.iter().map(|(name, _)| plain(name)).collect();
    let has = |words: &[&str]| names.iter().any(|name| words.contains(&name.as_str()));
    // The user has decided that the other sessions stay.
    let keeps = |(name, value): &(String, Value)| {
        let is_off = matches!(value, Value::Bool(false)) || value.as_str() == Some("false");
        is_off && OPTIONS.iter().any(|word| plain(name).contains(word))
    };
    if members.iter().any(keeps) {
        return false;
    }
    let last = plain(path.rsplit('/').find(|segment| !segment.starts_with('{')).unwrap_or_default());
    let is_named = matches!(
        last.as_str(),
        "password" | "passwd" | "passphrase" | "changepassword" | "passwordchange" | "updatepassword" | "setpassword"
    );
    has(&["newpassword", "passwordnew", "newpass", "newpassphrase"])
        || (is_named && (has(&["new", "current", "old"]) || names.iter().any(|name| name.contains("pass"))))
        || (has(&["currentpassword", "oldpassword"]) && has(&["password"]))
}

#[cfg(test)]
mod tests {
    use super::{changes_password, members_of};

    #[test]
    fn a_change_is_known_by_its_path_or_its_members() {
        for (path, body, is_change) in [
            ("/user/password", r#"{"password": "a"}"#, true),
            ("/me", r#"{"currentPassword": "a", "newPassword": "b"}"#, true),
            ("/me/password", r#"{"current": "a", "new": "b"}"#, true),
            ("/account", "old_password=a&new_password=b", true),
            ("/users/{id}/change-password", r#"{"old_password": "a", "password": "b"}"#, true),
            ("/sudo", r#"{"password": "a"}"#, false),
            ("/me", r#"{"name": "dana"}"#, false),
            ("/password/verify", r#"{"password": "a"}"#, false),
            ("/me", r#"{"new_password": "b", "log_out_others": false}"#, false),
        ] {
            assert_eq!(changes_password(path, &members_of(body.as_bytes())), is_change, "{path} {body}");
        }
    }
}
