//! H37 and H38: a new account, from its registration to a protected route.
//!
//! CVE-2019-16097 (Harbor): the registration stored the member `has_admin_role` of its body, and
//! the new user was an administrator after the log-in. A registration must not replace the account
//! of another user either (CWE-640).

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::given_members::is_account;
use super::got_through::GotThrough;
use super::log_ins::{CODES, Outcome, PASSWORDS, TOKENS, USERS, others};
use super::public_cookies::cookies_of;
use super::requests::RequestTemplate;
use super::weaker_methods::is_rejection;
use crate::catalogue::{Credentials, SEC_FETCH_SITE};
use crate::report::RouteReport;
use crate::target::{Decision, Place, Route, ServiceResponse};
use http::header::COOKIE;
use serde_json::{Value, json};

/// How many pairs of a registration and a log-in are tried, and how many protected routes.
const PAIRS: usize = 2;
const PROTECTED: usize = 6;

/// Parts of the path of a registration.
const REGISTER: [&str; 7] = ["signup", "sign-up", "sign_up", "register", "registr", "join", "enrol"];

/// Members that name the user of a log-in, beside those of a registration.
const PRINCIPALS: [&str; 2] = ["principal", "identifier"];

/// The public routes by which a client gets an account and a session.
struct Accounts {
    place: usize,
    register: RequestTemplate,
    log_in: RequestTemplate,
    /// The member of the log-in with the name of its user, and that name.
    user: (&'static str, String),
    password: (&'static str, String),
    /// The places of credentials at protected routes.
    carriers: Vec<Place>,
    protected: Vec<(Route, RequestTemplate)>,
}

/// The names and the password of an account.
struct Names {
    all: Vec<(&'static str, String)>,
    password: String,
}

impl Accounts {
    /// The registration of an account, with more members.
    fn registration(&self, names: &Names, members: &[(&str, Value)]) -> Option<RequestTemplate> {
        let (own, password) = self.register.first_member(&PASSWORDS)?;
        let mut all: Vec<(&str, Value)> = names.all.iter().map(|(name, value)| (*name, json!(value))).collect();
        all.push((own, json!(names.password)));
        // A second member repeats the password.
        let repeats = |name: &&&str| self.register.text_member(name).is_some_and(|text| text == password);
        all.extend(CONFIRMATIONS.iter().filter(repeats).map(|name| (*name, json!(names.password))));
        all.extend(members.iter().cloned());
        let body = self.register.body_with_all_replaced(&all)?;
        Some(RequestTemplate { body: body.into_bytes(), ..self.register.clone() })
    }

    fn log_in(&self, user: &str, password: &str) -> Option<RequestTemplate> {
        let members = [(self.user.0, json!(user)), (self.password.0, json!(password))];
        let body = self.log_in.body_with_all_replaced(&members)?;
        Some(RequestTemplate { body: body.into_bytes(), ..self.log_in.clone() })
    }

    /// The names of a new account, in the form of those that the test registers.
    fn fresh(&self, name: &str) -> Option<Names> {
        let named = |member: &'static str| {
            let value = self.register.text_member(member)?;
            let value = value.replace("%40", "@");
            Some((member, value.split_once('@').map_or(name.to_owned(), |(_, domain)| format!("{name}@{domain}"))))
        };
        let all: Vec<(&'static str, String)> = USERS.into_iter().filter_map(named).collect();
        let (_, password) = self.register.first_member(&PASSWORDS)?;
        (!all.is_empty()).then_some(Names { all, password })
    }

    /// What the log-in asks for.
    fn user_of(&self, names: &Names) -> String {
        let same = names.all.iter().find(|(member, _)| *member == self.user.0);
        let alike = names.all.iter().find(|(_, value)| value.contains('@') == self.user.1.contains('@'));
        same.or(alike).or(names.all.first()).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// Members that repeat a password.
const CONFIRMATIONS: [&str; 6] = [
    "password_confirmation",
    "passwordConfirmation",
    "confirm_password",
    "confirmPassword",
    "password2",
    "repeat_password",
];

impl AttackRun {
    pub(super) async fn attack_new_accounts(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.locked_out {
            return;
        }
        for accounts in self.accounts(routes) {
            if !self.plan.without.contains("H37")
                && let Some(is_found) = self.register_with_role(&accounts, &routes[accounts.place]).await
            {
                reports[accounts.place].count("H37", is_found);
            }
            // Last, because the account may have another password from here on.
            if !self.plan.without.contains("H38")
                && let Some(is_found) = self.register_again(&accounts, &routes[accounts.place]).await
            {
                reports[accounts.place].count("H38", is_found);
            }
        }
    }

    /// Each registration of the service, with a log-in.
    fn accounts(&self, routes: &[Route]) -> Vec<Accounts> {
        let mut accounts = Vec::new();
        let public = |route: &&Route| {
            route.decision() == Decision::Public
                && matches!(route.method.as_str(), "POST" | "PUT")
                && !route.grpc
                && self.plan.exclusion_of(route).is_none()
        };
        let template = |route: &Route| Some(self.plan.template(route, &route.methods(&[]).into_iter().next()?));
        for (place, route) in routes.iter().enumerate().filter(|(_, route)| public(route) && registers(route)) {
            let Some(register) = template(route).filter(|template| template.first_member(&PASSWORDS).is_some()) else {
                continue;
            };
            for other in routes.iter().filter(public).filter(|other| !registers(other)) {
                let Some(log_in) = template(other).filter(|template| template.first_member(&CODES).is_none()) else {
                    continue;
                };
                let user = log_in.first_member(&USERS).or_else(|| log_in.first_member(&PRINCIPALS));
                let (Some(user), Some(password)) = (user, log_in.first_member(&PASSWORDS)) else { continue };
                let user = (user.0, user.1.replace("%40", "@"));
                let protected = self.protected_of_accounts(routes);
                let mut carriers: Vec<Place> = Vec::new();
                for place in protected.iter().flat_map(|(route, _)| route.places()) {
                    if !carriers.contains(place) {
                        carriers.push(place.clone());
                    }
                }
                accounts.push(Accounts {
                    place,
                    register: register.clone(),
                    log_in,
                    user,
                    password,
                    carriers,
                    protected,
                });
            }
        }
        accounts.truncate(PAIRS);
        accounts
    }

    fn protected_of_accounts(&self, routes: &[Route]) -> Vec<(Route, RequestTemplate)> {
        let is_tried = |route: &&Route| {
            route.decision() == Decision::Authenticated && !route.grpc && self.plan.exclusion_of(route).is_none()
        };
        let reads = routes.iter().filter(is_tried).filter(|route| route.method == "GET");
        let writes =
            routes.iter().filter(is_tried).filter(|route| matches!(route.method.as_str(), "POST" | "PUT" | "PATCH"));
        let all = reads.take(PROTECTED).chain(writes.take(PROTECTED));
        let with = |route: &Route| {
            let method = route.methods(&[]).into_iter().next()?;
            Some((route.clone(), self.plan.template(route, &method)))
        };
        all.filter_map(with).collect()
    }

    /// Registers with members that only the service sets, and asks for what a new account must not
    /// have.
    async fn register_with_role(&mut self, accounts: &Accounts, route: &Route) -> Option<bool> {
        let plain = self.session_of(accounts, "norakit", &[]).await?;
        let mut denied = Vec::new();
        for (route, template) in &accounts.protected {
            let answers = self.send(template.request(&plain.1)).await;
            if answers.is_ok_and(|response| is_rejection(response.status)) {
                denied.push((route.clone(), template.clone()));
            }
        }
        if denied.is_empty() {
            return None;
        }
        let mut names = vec!["admin".to_owned()];
        for (route, _) in &denied {
            names.extend(route.permissions.iter().map(ToString::to_string));
        }
        names.dedup();
        for (round, name) in names.into_iter().take(2).enumerate() {
            let members = members(&name);
            let new = format!("norakit{round}");
            match self.opens_denied((accounts, route), &denied, (&new, &members)).await {
                Some(true) => return Some(true),
                Some(false) => continue,
                // A typed body may reject one of them.
                None => {}
            }
            for (place, member) in members.chunks(1).enumerate() {
                let new = format!("norakit{round}x{place}");
                if self.opens_denied((accounts, route), &denied, (&new, member)).await == Some(true) {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    /// `None` where the body is rejected.
    async fn opens_denied(
        &mut self,
        (accounts, route): (&Accounts, &Route),
        denied: &[(Route, RequestTemplate)],
        (name, members): (&str, &[(&'static str, Value)]),
    ) -> Option<bool> {
        let (registered, session) = self.session_of(accounts, name, members).await?;
        for (protected, template) in denied {
            let Ok(response) = self.send(template.request(&session)).await else { continue };
            if response.status.is_success() {
                let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
                let names = names.join(", ");
                let got_through = GotThrough {
                    id: "H37",
                    what: format!("a registration with members that only the service sets: {names}"),
                    problem: format!(
                        "new account sets its own role: {protected} answers `{}` after the log-in, and rejects a new \
                         account without `{names}`: read a type that has the members of clients only",
                        response.status
                    ),
                };
                let none = Credentials::none();
                self.report_got_through((route, &registered.method), got_through, (&registered, &none), &response);
                return Some(true);
            }
        }
        Some(false)
    }

    /// Registers a new account, and logs in.
    async fn session_of(
        &mut self,
        accounts: &Accounts,
        name: &str,
        members: &[(&str, Value)],
    ) -> Option<(RequestTemplate, Credentials)> {
        let names = accounts.fresh(name)?;
        let register = accounts.registration(&names, members)?;
        let response = self.send(register.request(&Credentials::none())).await.ok()?;
        if !response.status.is_success() && !response.status.is_redirection() {
            return None;
        }
        let log_in = accounts.log_in(&accounts.user_of(&names), &names.password)?;
        let response = self.send(log_in.request(&Credentials::none())).await.ok()?;
        Some((register, session(&response, &accounts.carriers)?))
    }

    /// Registers the user of the log-in once more, with another password.
    async fn register_again(&mut self, accounts: &Accounts, route: &Route) -> Option<bool> {
        let none = Credentials::none();
        let (_, chosen) = accounts.register.first_member(&PASSWORDS)?;
        let other = others(&chosen).into_iter().find(|other| *other != accounts.password.1 && !other.is_empty())?;
        let user = accounts.user.1.clone();
        let with_other = accounts.log_in(&user, &other)?;
        let right = self.send(accounts.log_in.request(&none)).await.ok()?;
        let good = Outcome::of(&right);
        let before = self.send(with_other.request(&none)).await.ok()?;
        // Where any password is right, H38 has found it.
        if !good.logs_in() || Outcome::of(&before) == good {
            return None;
        }
        let own = self.answers_of(accounts, &session(&right, &accounts.carriers)?).await;
        for (number, (what, name)) in spellings(&user).into_iter().enumerate() {
            // Another address may have to be new, too.
            let mut names = accounts.fresh(&format!("norakity{number}"))?;
            names.password.clone_from(&other);
            let member = names
                .all
                .iter()
                .find(|(member, _)| *member == accounts.user.0)
                .or_else(|| names.all.iter().find(|(_, value)| value.contains('@') == user.contains('@')))?;
            let member = member.0;
            names.all.iter_mut().filter(|(own, _)| *own == member).for_each(|(_, value)| value.clone_from(&name));
            let register = accounts.registration(&names, &[])?;
            self.send(register.request(&none)).await.ok()?;
            let taken = self.send(with_other.request(&none)).await.ok()?;
            let is_taken = Outcome::of(&taken) == good;
            let is_other = !is_taken && name != user && self.has_answers_of(accounts, &own, (&name, &other)).await;
            if is_taken || is_other {
                let got_through = GotThrough {
                    id: "H38",
                    what: format!("a registration of {what}, with another password"),
                    problem: format!(
                        "registration gives the account of another user: `{}` at the log-in with the new password: \
                         reject a name that exists, in each spelling that the log-in accepts",
                        taken.status
                    ),
                };
                self.report_got_through((route, &register.method), got_through, (&register, &none), &taken);
                return Some(true);
            }
        }
        Some(false)
    }

    /// What the routes that are read answer to a session.
    async fn answers_of(&mut self, accounts: &Accounts, session: &Credentials) -> Vec<Option<String>> {
        let mut answers = Vec::new();
        for (_, template) in accounts.protected.iter().filter(|(route, _)| route.method == "GET") {
            let response = self.send(template.request(session)).await.ok();
            let good = response.filter(|response| response.status.is_success() && !response.body.is_empty());
            answers.push(good.map(|response| comparable_body(&response, &self.plan.varying)));
        }
        answers
    }

    /// Whether a log-in gets an answer of the user that a new account does not get.
    async fn has_answers_of(
        &mut self,
        accounts: &Accounts,
        own: &[Option<String>],
        (name, password): (&str, &str),
    ) -> bool {
        let Some((_, plain)) = self.session_of(accounts, "norakitthree", &[]).await else { return false };
        let Some(log_in) = accounts.log_in(name, password) else { return false };
        let Ok(response) = self.send(log_in.request(&Credentials::none())).await else { return false };
        let Some(session) = session(&response, &accounts.carriers) else { return false };
        let plain = self.answers_of(accounts, &plain).await;
        let got = self.answers_of(accounts, &session).await;
        let mut all = own.iter().zip(plain).zip(got);
        all.any(|((own, plain), got)| own.is_some() && *own == got && *own != plain)
    }
}

/// What a log-in gives, as a page or a client of the service sends it.
pub(super) fn session(response: &ServiceResponse, carriers: &[Place]) -> Option<Credentials> {
    if !response.status.is_success() && !response.status.is_redirection() {
        return None;
    }
    let cookies = cookies_of(response);
    if !cookies.is_empty() {
        let pairs: Vec<String> = cookies.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        return Some(Credentials::none().header(COOKIE, pairs.join("; ")).header(SEC_FETCH_SITE, "same-origin"));
    }
    let json = serde_json::from_slice::<Value>(&response.body).ok()?;
    let token = TOKENS.iter().find_map(|name| json.get(name)?.as_str()).filter(|token| !token.is_empty())?;
    let place = carriers.iter().find(|place| place.holds(token)).cloned().unwrap_or_else(Place::bearer);
    place.holds(token).then(|| Credentials::placed(&place, token))
}

fn registers(route: &Route) -> bool {
    let path = route.path.to_ascii_lowercase();
    let is_log_in =
        ["login", "log-in", "log_in", "signin", "sign-in", "session"].iter().any(|part| path.contains(part));
    !is_log_in && !path.contains('{') && (is_account(&path) || REGISTER.iter().any(|part| path.contains(part)))
}

/// The name of a user, and names that a lax comparison takes for it.
fn spellings(user: &str) -> Vec<(&'static str, String)> {
    let mut all = vec![("a name that exists", user.to_owned())];
    let capitals = user.to_uppercase();
    if capitals != user {
        all.push(("a name that exists, in capitals", capitals));
    }
    all.push(("a name that exists, with a space", format!("{user} ")));
    all
}

/// Members by which services store what a user may do.
fn members(name: &str) -> Vec<(&'static str, Value)> {
    let mut members = vec![
        ("role", json!(name)),
        ("roles", json!([name])),
        ("groups", json!([name])),
        ("permissions", json!([name])),
        ("scope", json!(name)),
        ("scopes", json!([name])),
        ("user_type", json!(name)),
    ];
    let flags = ["is_admin", "isAdmin", "admin", "has_admin_role", "is_staff", "is_superuser"];
    members.extend(flags.map(|name| (name, json!(true))));
    members
}
