//! A shop whose login is axum-login's, and an API that shares its sessions.

use crate::support::{Connection, Redis, Response, Runs, Service, serve, standard};
use auth_runtime::credentials::{AxumLogin, CredentialRecord, NoSessionCaller, SessionUser, SessionUsers, Sessions};
use auth_runtime::events::{Collected, Reason};
use auth_runtime::revocation::RevocationList;
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Claims, Events, Verifier, Visitor, public};
use axum::Form;
use axum_login::tower_sessions::SessionManagerLayer;
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
use serde::Deserialize;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, PerformanceConfig, Pool};

pub(crate) const LOGIN: &str = "https://shop.example.com/login";
pub(crate) const COOKIE: &str = "__Host-id";

/// The users of the shop, with their passwords. axum-login asks it, and so does the verifier.
#[derive(Debug, Clone)]
pub(crate) struct Users(Arc<Mutex<HashMap<i64, User>>>);

#[derive(Debug, Clone)]
pub(crate) struct User {
    id: i64,
    name: &'static str,
    password: String,
}

impl Users {
    pub(super) fn new() -> Self {
        let user = |id, name| (id, User { id, name, password: "swordfish".to_owned() });
        Self(Arc::new(Mutex::new([user(7, "alice"), user(8, "bob")].into())))
    }

    pub(crate) fn set_password(&self, id: i64, password: &str) {
        password.clone_into(&mut self.0.lock().unwrap().get_mut(&id).expect("a user").password);
    }

    pub(crate) fn remove(&self, id: i64) {
        self.0.lock().unwrap().remove(&id);
    }

    fn by_id(&self, id: i64) -> Option<User> {
        self.0.lock().unwrap().get(&id).cloned()
    }
}

impl AuthUser for User {
    type Id = i64;

    fn id(&self) -> i64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password.as_bytes()
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

impl AuthnBackend for Users {
    type User = User;
    type Credentials = Credentials;
    type Error = Infallible;

    async fn authenticate(&self, credentials: Credentials) -> Result<Option<User>, Infallible> {
        let users = self.0.lock().unwrap();
        let found = users.values().find(|user| user.name == credentials.name && user.password == credentials.password);
        Ok(found.cloned())
    }

    async fn get_user(&self, id: &i64) -> Result<Option<User>, Infallible> {
        Ok(self.by_id(*id))
    }
}

impl SessionUsers for Users {
    type Id = i64;

    async fn find(&self, id: &i64) -> Result<SessionUser, NoSessionCaller> {
        let user = self.by_id(*id).ok_or(NoSessionCaller::NotFound)?;
        let record = CredentialRecord::of(user.name).scopes(["orders:write", "orders:refund"]);
        Ok(SessionUser::new(record, user.session_auth_hash()))
    }
}

#[public(reason = "the login form")]
async fn log_in(mut session: AuthSession<Users>, Form(credentials): Form<Credentials>) -> &'static str {
    match session.authenticate(credentials).await.expect("a backend") {
        Some(user) => {
            session.login(&user).await.expect("a session");
            "welcome"
        }
        None => "wrong",
    }
}

#[public(reason = "logging out")]
async fn log_out(mut session: AuthSession<Users>) {
    session.logout().await.expect("a session");
}

#[public(reason = "guests have a cart too")]
async fn fill_cart(session: AuthSession<Users>) {
    session.session.insert("cart", vec![7]).await.expect("a session");
}

#[public(reason = "the catalogue is for everyone", optional = Claims)]
async fn catalogue(visitor: Visitor<Claims>) -> String {
    visitor.caller().map_or("a guest".to_owned(), |caller| caller.sub.clone())
}

/// The shop and the API, with one store of sessions.
pub(crate) struct Shop {
    /// With axum-login's layer.
    pages: SocketAddr,
    /// Without it: it only reads the sessions.
    api: SocketAddr,
    pub(crate) users: Users,
    pub(crate) revocations: RevocationList,
    /// The API without the login, and the shop, for tests without a socket.
    pub(crate) routers: [AuthRouter; 2],
    events: Collected,
}

pub(crate) async fn connect(url: &str) -> RedisStore<Pool> {
    // Longer than the verifier waits. Without it, axum-login's layer waits for ever.
    let limited = PerformanceConfig { default_command_timeout: Duration::from_secs(5), ..Default::default() };
    let pool = Pool::new(Config::from_url(url).expect("a URL"), Some(limited), None, None, 2).expect("a pool");
    let _running = pool.connect();
    tokio::time::timeout(Duration::from_secs(20), pool.wait_for_connect()).await.expect("in time").expect("a server");
    RedisStore::new(pool)
}

impl Shop {
    pub(crate) async fn open(redis: &Redis) -> Self {
        Self::at(&redis.url(), SystemTime::now).await
    }

    /// `url`: the store that the API reads.
    pub(crate) async fn at(url: &str, clock: fn() -> SystemTime) -> Self {
        Self::with(url, clock, |as_they_are| as_they_are).await
    }

    pub(crate) async fn with(url: &str, clock: fn() -> SystemTime, change: fn(Sessions) -> Sessions) -> Self {
        let (users, store) = (Users::new(), connect(url).await);
        let (events, collected) = Events::collect();
        let revocations = RevocationList::new(100, Duration::from_secs(25 * 60 * 60));
        let sessions = Sessions::of(LOGIN, store.clone(), AxumLogin::users(users.clone()));
        let verifier = Verifier::accepting(change(sessions))
            .events(events)
            .revocations(revocations.clone())
            .clock(clock)
            // A busy machine may take its time; a store that hangs is noticed all the same.
            .time_limit(Duration::from_secs(3))
            .build()
            .expect("a verifier");
        let service = || Service { verifier: verifier.clone(), runs: Runs::default() };
        let routes = || standard_routes(&service());
        let layer = SessionManagerLayer::new(store).with_name(COOKIE);
        let layer = AuthManagerLayerBuilder::new(users.clone(), layer).build();
        let shop = routes().layer(layer);
        let (api, pages) = (serve(routes()).await, serve(shop.clone()).await);
        Self { pages, api, users, revocations, routers: [standard(service()), shop], events: collected }
    }

    /// Logs a user in, and returns the id in the cookie.
    pub(crate) async fn log_in(&self, name: &str, password: &str) -> String {
        self.log_in_with(name, password, None).await
    }

    /// Logs a user in who has a session already.
    pub(crate) async fn log_in_within(&self, name: &str, password: &str, session: &str) -> String {
        self.log_in_with(name, password, Some(session)).await
    }

    async fn log_in_with(&self, name: &str, password: &str, session: Option<&str>) -> String {
        let response = self.post("/login", session, &format!("name={name}&password={password}")).await;
        assert_eq!((response.status, response.text()), (200, "welcome"));
        session_id(&response).expect("a cookie")
    }

    /// Opens a session without a user.
    pub(crate) async fn fill_cart(&self) -> String {
        session_id(&self.post("/cart", None, "").await).expect("a cookie")
    }

    pub(crate) async fn log_out(&self, session: &str) {
        assert_eq!(self.post("/logout", Some(session), "").await.status, 200);
    }

    /// Sends a request to the shop.
    async fn post(&self, path: &str, session: Option<&str>, form: &str) -> Response {
        let cookie = session.map_or(String::new(), |id| format!("cookie: {COOKIE}={id}\r\n"));
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\n{cookie}sec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        Connection::open(self.pages).await.exchange(request).await
    }

    /// Sends a session to the API.
    pub(crate) async fn get(&self, path: &str, session: &str) -> Response {
        Connection::open(self.api).await.exchange(request(path, session)).await
    }

    /// Sends an order to the API, as a browser does from a page of this relation to it.
    pub(crate) async fn place_order(&self, session: &str, fetch_site: &str) -> Response {
        let request = format!(
            "POST /orders HTTP/1.1\r\nhost: localhost\r\ncookie: {COOKIE}={session}\r\n\
             sec-fetch-site: {fetch_site}\r\ncontent-length: 0\r\n\r\n"
        );
        Connection::open(self.api).await.exchange(request).await
    }

    /// Sends a session to the shop.
    pub(crate) async fn get_shop(&self, path: &str, session: &str) -> Response {
        Connection::open(self.pages).await.exchange(request(path, session)).await
    }

    pub(crate) async fn accepts(&self, session: &str, user: &str) {
        let response = self.get("/me", session).await;
        assert_eq!((response.status, response.text()), (200, user), "{:?}", self.events.take());
        let events = self.events.take();
        assert!(events.is_empty(), "{events:?}");
    }

    /// Asserts the status and the one event, which does not contain the session's id.
    pub(crate) async fn refuses(&self, session: &str, reason: Reason) {
        let response = self.get("/me", session).await;
        assert_eq!(response.status, reason.status(), "{reason}");
        let events = self.events.take();
        assert_eq!(events.iter().map(|event| event.reason).collect::<Vec<_>>(), [reason]);
        let shown = format!("{events:?}{response:?}");
        assert!(session.is_empty() || !shown.contains(session), "{shown}");
        assert_eq!(&*events[0].issuer, LOGIN);
    }
}

fn standard_routes(service: &Service) -> AuthRouter {
    AuthRouter::new()
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/cart", post(fill_cart))
        .route("/catalogue", get(catalogue))
        .with_state(service.clone())
        .merge(standard(service.clone()))
}

fn request(path: &str, session: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: theme=dark; {COOKIE}={session}\r\n\r\n")
}

fn session_id(response: &Response) -> Option<String> {
    let cookie = response.header("set-cookie")?;
    assert!(cookie.contains("; Secure") && cookie.contains("; HttpOnly"), "{cookie}");
    Some(cookie.strip_prefix(COOKIE)?.strip_prefix('=')?.split(';').next()?.to_owned())
}
