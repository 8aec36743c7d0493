//! How an attack is put together.

use super::{Judge, Run};
use crate::catalogue::{Attack, catalogue};
use crate::issuer::{PublicKey, TestIssuer};
use crate::report::AttackReport;
use crate::target::{Route, Target};
use auth_runtime::PermissionName;
use http::HeaderName;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Attacks every route of a service, present and future: the whole test is one line.
///
/// ```
/// # use auth_runtime::AuthRouter;
/// # use auth_testkit::{TestIssuer, attack};
/// # async fn test(app: AuthRouter, issuer: TestIssuer) {
/// attack(app).with(&issuer).await.assert_nothing_got_through();
/// # }
/// ```
///
/// Each attack of the [`catalogue`] goes to each route and method that asks for a caller. Of each answer it is asserted:
/// the status, the challenge, that it tells no more than the others, that no handler ran and no byte of the body was read,
/// that there was exactly one event, with the right reason and nothing of the token in it; and that a good token works
/// before and after, since a 404 that looks like a refusal shows nothing. Public routes are called without credentials, and have
/// to answer. Methods and paths that are not there have to be refused as the posture says.
///
/// Handlers run, with good tokens: give it a service on a database of its own.
pub fn attack(target: impl Into<Target>) -> Unarmed {
    Unarmed { target: target.into() }
}

/// An attack that needs good tokens to compare with, and to spoil: [`with`](Self::with) says who issues them.
#[derive(Debug)]
#[must_use = "without good tokens nothing is shown: say `.with(&issuer)`"]
pub struct Unarmed {
    target: Target,
}

impl Unarmed {
    /// The issuer whose key the service trusts.
    pub fn with(self, issuer: &TestIssuer) -> Attacking {
        Attacking {
            target: self.target,
            armed: Armed {
                issuer: Some(issuer.clone()),
                issue: None,
                published: Vec::new(),
                between: None,
                told: None,
                attacks: catalogue(),
                parameters: Vec::new(),
                bodies: Vec::new(),
                probes: Vec::new(),
                heard: None,
                left_out: Vec::new(),
                granted: Vec::new(),
                answers: Vec::new(),
                named: Vec::new(),
                varying: Vec::new(),
            },
        }
    }

    /// Good tokens from somewhere else, one each time it is asked, when the issuer's key is not at hand. What has to be signed
    /// is not sent then; the report says what that is.
    pub fn with_tokens(self, issue: impl Fn() -> String + Send + Sync + 'static) -> Attacking {
        let mut attacking = self.with(&TestIssuer::new());
        attacking.armed.issuer = None;
        attacking.armed.issue = Some(Arc::new(issue));
        attacking
    }
}

/// An attack that is ready: `.await` it.
#[must_use = "nothing is attacked until it is awaited"]
pub struct Attacking {
    target: Target,
    armed: Armed,
}

/// What a run needs beside its target.
#[derive(Clone)]
pub(crate) struct Armed {
    pub(super) issuer: Option<TestIssuer>,
    issue: Option<Arc<dyn Fn() -> String + Send + Sync>>,
    pub(super) published: Vec<PublicKey>,
    between: Option<Duration>,
    told: Option<Arc<dyn Fn(usize) + Send + Sync>>,
    pub(super) attacks: Vec<Attack>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) bodies: Vec<(String, String, Vec<u8>)>,
    pub(super) probes: Vec<Probe>,
    pub(super) heard: Option<Ask>,
    left_out: Vec<(String, String)>,
    pub(super) granted: Vec<(String, String)>,
    pub(super) answers: Vec<(String, u16)>,
    /// Routes that were spoken of, each with the method of the builder: one that is not there is a slip of the pen.
    named: Vec<(&'static str, String)>,
    /// Headers that differ in each answer.
    pub(super) varying: Vec<HeaderName>,
}

pub(super) type Ask = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = String> + Send>> + Send + Sync>;

/// Something that no refused request may change.
#[derive(Clone)]
pub(super) struct Probe {
    pub(super) name: String,
    pub(super) ask: Ask,
}

impl Attacking {
    /// What stands in a path for a parameter: `.parameter("id", "7")` makes `/orders/7` of `/orders/{id}`. Else it is `1`.
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.armed.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The body of a good request to a route, as JSON: `.json("POST /orders", json!({"item": "tea"}))`.
    ///
    /// It matters for plain routers, where a good token has to get an answer that is no refusal.
    pub fn json(mut self, route: &str, body: impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(&body).unwrap_or_default();
        self.armed.names("json", route);
        self.armed.bodies.push((route.to_owned(), "application/json".to_owned(), body));
        self
    }

    /// Something that no refused request may change: the rows of a table, mails sent. A 401 does not show that nothing
    /// happened.
    pub fn unchanged<F, Fut>(mut self, name: &str, ask: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output: ToString> + Send + 'static,
    {
        self.armed.probes.push(Probe { name: name.to_owned(), ask: asking(ask) });
        self
    }

    /// How many refusals the service has told somebody about so far, for one that is not built on auth-runtime: each
    /// attack has to be heard exactly once.
    pub fn heard<F, Fut>(mut self, ask: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = u64> + Send + 'static,
    {
        self.armed.heard = Some(asking(ask));
        self
    }

    /// The issuer's public keys as it publishes them (RFC 7517), for attacks that take one for a shared secret. Only needed
    /// where the issuer is not at hand.
    ///
    /// # Errors
    ///
    /// When it is no JWK set.
    pub fn published_keys(mut self, jwks: &str) -> Result<Self, serde_json::Error> {
        self.armed.published = PublicKey::of_set(jwks)?;
        Ok(self)
    }

    /// No more requests than this in a second.
    pub fn at_most(mut self, per_second: u32) -> Self {
        self.armed.between = Duration::from_secs(1).checked_div(per_second);
        self
    }

    /// Tells somebody how many requests were sent, after each.
    pub fn on_progress(mut self, tell: impl Fn(usize) + Send + Sync + 'static) -> Self {
        self.armed.told = Some(Arc::new(tell));
        self
    }

    /// An attack of your own, beside the catalogue.
    pub fn also(mut self, attack: Attack) -> Self {
        self.armed.attacks.push(attack);
        self
    }

    /// A route of a plain router that anybody may call, and why: it is called in the open instead of attacked. An
    /// `AuthRouter` says that itself.
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason, as [`AuthRouter::public_service`](auth_runtime::AuthRouter::public_service).
    #[track_caller]
    pub fn public(mut self, route: &str, reason: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason of `{route}`"), reason);
        self.armed.names("public", route);
        for known in self.target.routes.iter_mut().filter(|known| known.to_string() == route) {
            known.public = Some(reason.to_owned());
        }
        self
    }

    /// What a caller of a plain router's route must be permitted: the scope is in each good token, and missing in attacks.
    pub fn requires(mut self, route: &str, scope: &str) -> Self {
        self.armed.names("requires", route);
        for known in self.target.routes.iter_mut().filter(|known| known.to_string() == route) {
            known.permissions.push(PermissionName::Scope(scope.to_owned().into()));
        }
        self
    }

    /// A route that the router did not tell: of a plain router whose routes could not be read.
    ///
    /// # Panics
    ///
    /// When it is not a method, a space and a path.
    #[track_caller]
    pub fn route(mut self, route: &str) -> Self {
        let (method, path) = route.split_once(' ').expect("a route is written as `GET /orders/{id}`");
        if !self.target.routes.iter().any(|known| known.to_string() == route) {
            self.target.routes.push(Route::new(method, path));
        }
        self
    }

    /// A permission that callers have who have nothing else, and why that is right: its `NAME`, or its text in the posture. Without it, a permission that refuses
    /// nobody is taken for a check that does not check.
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason, as [`public`](Self::public).
    #[track_caller]
    pub fn granted_to_all(mut self, permission: &str, why: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason why `{permission}` is granted to all"), why);
        self.armed.granted.push((permission.to_owned(), why.to_owned()));
        self
    }

    /// What a public route answers to a request without anything: `.answers("POST /login", 401)`. Else 401, 403 and
    /// errors of the server count as being out of order.
    pub fn answers(mut self, route: &str, status: u16) -> Self {
        self.armed.names("answers", route);
        self.armed.answers.push((route.to_owned(), status));
        self
    }

    /// A header that differs in each answer, such as `x-request-id`. It is not compared where a path that exists must
    /// look like one that does not; `date` never is.
    pub fn varies(mut self, header: HeaderName) -> Self {
        self.armed.varying.push(header);
        self
    }

    /// Leaves a route out, and says why in the report.
    ///
    /// # Panics
    ///
    /// When a reviewer cannot read the reason, as [`public`](Self::public).
    #[track_caller]
    pub fn without_route(mut self, route: &str, why: &str) -> Self {
        auth_runtime::__macro::assert_words(&format!("the reason to leave out `{route}`"), why);
        self.armed.names("without_route", route);
        self.armed.left_out.push((route.to_owned(), why.to_owned()));
        self
    }
}

fn asking<F, Fut>(ask: F) -> Ask
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output: ToString> + Send + 'static,
{
    Arc::new(move || {
        let asked = ask();
        Box::pin(async move { asked.await.to_string() })
    })
}

impl Armed {
    fn names(&mut self, by: &'static str, route: &str) {
        self.named.push((by, route.to_owned()));
    }

    /// What was said of routes that there are none of.
    pub(super) fn misnamed<'a>(&'a self, routes: &'a [Route]) -> impl Iterator<Item = String> + 'a {
        let missing = |named: &&(&'static str, String)| !routes.iter().any(|route| route.to_string() == named.1);
        self.named.iter().filter(missing).map(|(by, route)| {
            let there: Vec<String> = routes.iter().map(ToString::to_string).collect();
            format!("`.{by}({route:?}, ..)` names no route; there are {}", there.join(", "))
        })
    }

    /// A good token: a new one each time, since a handler may take it back.
    pub(super) fn good(&self, scopes: &[String]) -> String {
        match (&self.issuer, &self.issue) {
            (Some(issuer), _) => scopes.iter().fold(issuer.token(), |token, scope| token.scope(scope)).signed(),
            (None, Some(issue)) => issue(),
            (None, None) => String::new(),
        }
    }

    /// The permissions of a route as scopes: for those that are none, the issuer has to put a claim into its tokens.
    pub(super) fn scopes_for(route: &Route) -> Vec<String> {
        fn collect(permission: &PermissionName, scopes: &mut Vec<String>) {
            match permission {
                PermissionName::Scope(scope) if !scopes.iter().any(|known| known == scope) => {
                    scopes.push(scope.clone().into_owned());
                }
                PermissionName::All(parts) | PermissionName::Any(parts) => {
                    for part in parts {
                        collect(part, scopes);
                    }
                }
                _ => {}
            }
        }
        let mut scopes = Vec::new();
        route.permissions.iter().for_each(|permission| collect(permission, &mut scopes));
        scopes
    }

    /// Whether these scopes are not enough for a route, whatever else a caller has.
    pub(super) fn lacks(route: &Route, scopes: &[&String]) -> bool {
        fn may_hold(permission: &PermissionName, scopes: &[&String]) -> bool {
            match permission {
                PermissionName::Scope(scope) => scopes.iter().any(|had| *had == scope),
                PermissionName::All(parts) => parts.iter().all(|part| may_hold(part, scopes)),
                PermissionName::Any(parts) => parts.iter().any(|part| may_hold(part, scopes)),
                // For the service to say.
                _ => true,
            }
        }
        !route.permissions.iter().all(|permission| may_hold(permission, scopes))
    }

    pub(super) async fn pace(&self) {
        if let Some(between) = self.between {
            tokio::time::sleep(between).await;
        }
    }

    pub(super) fn tell(&self, sent: usize) {
        if let Some(tell) = &self.told {
            tell(sent);
        }
    }

    pub(super) fn left_out(&self, route: &Route) -> Option<&str> {
        let route = route.to_string();
        self.left_out.iter().find(|(left_out, _)| *left_out == route).map(|(_, why)| why.as_str())
    }

    pub(super) fn granted(&self, permission: &PermissionName) -> Option<&str> {
        let is_meant = |granted: &str| match permission {
            PermissionName::Check { name, .. } if name == granted => true,
            permission => permission.to_string() == granted,
        };
        self.granted.iter().find(|(granted, _)| is_meant(granted)).map(|(_, why)| why.as_str())
    }

    pub(super) fn answer_of(&self, route: &Route) -> Option<u16> {
        let route = route.to_string();
        self.answers.iter().find(|(name, _)| *name == route).map(|(_, status)| *status)
    }
}

impl IntoFuture for Attacking {
    type Output = AttackReport;
    type IntoFuture = Pin<Box<dyn Future<Output = AttackReport> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { target, armed } = self;
        Box::pin(Run { target, armed, judge: Judge::default(), findings: Vec::new(), sent: 0 }.all())
    }
}

impl fmt::Debug for Attacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attacking").field("target", &self.target).finish_non_exhaustive()
    }
}
