//! The one-time set-up, over sockets: the token, the state, and the handler that must close it.

use crate::support::{BARE_CHALLENGE, Connection, INVALID_TOKEN, PROBLEM_401, Response, Runs, get_with, serve};
use auth_runtime::events::{Class, Collected, Reason};
use auth_runtime::routing::{get, post};
use auth_runtime::setup::{Closing, SetupClosed, SetupGate, SetupState, SetupStateError, SetupStatus, SetupToken};
use auth_runtime::{AuthRouter, Claims, Events, Rejection, Setup, Vault, capability, setup};
use axum::extract::{FromRef, State};
use http::StatusCode;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Barrier;

/// A token of the operator.
const TOKEN: &str = "c1f0e7ab34d52880617cbfe94a1d3f29";

/// A state in memory, which outlives the router as a database does.
#[derive(Clone, Default)]
struct Shared {
    closed: Arc<AtomicBool>,
    fails: Arc<AtomicBool>,
    panics: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SetupStateError>> + Send + 'a>>;

impl Shared {
    fn reachable(&self) -> Result<(), SetupStateError> {
        assert!(!self.panics.load(Ordering::SeqCst), "deliberate: a state");
        if self.fails.load(Ordering::SeqCst) { Err(SetupStateError::new("deliberate")) } else { Ok(()) }
    }
}

impl SetupState for Shared {
    fn status(&self) -> Answer<'_, SetupStatus> {
        Box::pin(async {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.reachable()?;
            let closed = self.closed.load(Ordering::SeqCst);
            Ok(if closed { SetupStatus::AlreadyClosed } else { SetupStatus::StillOpen })
        })
    }

    fn close(&self) -> Answer<'_, Closing> {
        Box::pin(async {
            self.reachable()?;
            Ok(if self.closed.swap(true, Ordering::SeqCst) { Closing::Before } else { Closing::ByThisCall })
        })
    }
}

/// The users of the service, in a vault.
#[derive(Default)]
struct Users(Mutex<Vec<String>>);

capability!(FirstUser for Users = "creates the first user");

#[derive(Clone, FromRef)]
struct App {
    gate: SetupGate,
    runs: Runs,
    users: Vault<Users, Claims>,
    both: Arc<Barrier>,
}

fn create(users: &Vault<Users, Claims>, closed: &SetupClosed<FirstUser>, name: String) {
    users.open(closed).0.lock().expect("a lock").push(name);
}

#[setup]
async fn first(setup: Setup<FirstUser>, State(app): State<App>, name: String) -> Result<StatusCode, Rejection> {
    app.runs.count();
    let closed = setup.close().await?;
    create(&app.users, &closed, name);
    Ok(StatusCode::CREATED)
}

/// Waits for a second request before it closes, so that both were admitted.
#[setup(reason = "closes with another request")]
async fn races(setup: Setup, State(app): State<App>) -> Result<(), Rejection> {
    app.both.wait().await;
    let _closed = setup.close().await?;
    app.runs.count();
    Ok(())
}

#[setup(reason = "forgets to close")]
async fn forgets(_setup: Setup, State(runs): State<Runs>, kind: String) -> StatusCode {
    runs.count();
    match kind.as_str() {
        "form" => StatusCode::UNPROCESSABLE_ENTITY,
        "redirect" => StatusCode::SEE_OTHER,
        _ => StatusCode::OK,
    }
}

/// Closes the set-up, and creates no user.
#[setup(reason = "fails after it has closed")]
async fn fails(setup: Setup, State(runs): State<Runs>, kind: String) -> Result<StatusCode, Rejection> {
    let _closed = setup.close().await?;
    runs.count();
    if kind == "hangs" {
        std::future::pending::<()>().await;
    }
    Ok(StatusCode::INTERNAL_SERVER_ERROR)
}

#[setup(reason = "swallows the rejection")]
async fn swallows(setup: Setup) -> &'static str {
    let _ = setup.close().await;
    "done"
}

struct Service {
    address: SocketAddr,
    state: Shared,
    runs: Runs,
    collected: Collected,
}

impl Service {
    async fn start(state: Shared) -> Self {
        let (events, collected) = Events::collect();
        let gate =
            SetupGate::new(SetupToken::from_text(TOKEN).expect("a token"), state.clone(), events).expect("a gate");
        let (runs, users) = (Runs::default(), Vault::new(Users::default()));
        let app = AuthRouter::new()
            .route("/first", post(first))
            .route("/races", post(races))
            .route("/forgets", post(forgets))
            .route("/swallows", post(swallows))
            .route("/fails", post(fails))
            .with_state(App { gate, runs: runs.clone(), users, both: Arc::new(Barrier::new(2)) });
        Self { address: serve(app).await, state, runs, collected }
    }

    async fn post(&self, path: &str, headers: &str, body: &str) -> Response {
        let length = body.len();
        let request =
            format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {length}\r\n\r\n{body}");
        Connection::open(self.address).await.exchange(request).await
    }

    async fn post_good(&self, path: &str, body: &str) -> Response {
        self.post(path, &format!("authorization: Bearer {TOKEN}\r\n"), body).await
    }

    /// The reasons and the statuses of the events since the last call, which have no token.
    fn events(&self) -> Vec<(Reason, u16)> {
        let events = self.collected.take();
        let text = serde_json::to_string(&events).expect("JSON");
        assert!(!text.contains(TOKEN), "{text}");
        assert!(events.iter().all(|event| event.issuer.as_ref() == "set-up"), "{text}");
        events.iter().map(|event| (event.reason, event.status)).collect()
    }

    #[track_caller]
    fn is_401(&self, response: &Response, challenge: &str, reason: Reason) {
        assert_eq!((response.status, response.text()), (401, PROBLEM_401));
        assert_eq!(response.header("www-authenticate"), Some(challenge));
        assert_eq!(self.events(), [(reason, 401)]);
    }
}

#[tokio::test]
async fn inc_45_only_the_token_opens_the_set_up_and_only_once() {
    let service = Service::start(Shared::default()).await;
    let bad = [
        ("", BARE_CHALLENGE, Reason::MissingCredentials),
        ("authorization: Basic YTpi\r\n", BARE_CHALLENGE, Reason::MissingCredentials),
        (&format!("authorization: {TOKEN}\r\n"), BARE_CHALLENGE, Reason::MissingCredentials),
        (&format!("x-setup-token: {TOKEN}\r\n"), BARE_CHALLENGE, Reason::MissingCredentials),
        ("authorization: Bearer \r\n", INVALID_TOKEN, Reason::PlaceholderToken),
        ("authorization: Bearer undefined\r\n", INVALID_TOKEN, Reason::PlaceholderToken),
        (&format!("authorization: Bearer {}\r\n", &TOKEN[..31]), INVALID_TOKEN, Reason::BadSetupToken),
        (&format!("authorization: Bearer {TOKEN}0\r\n"), INVALID_TOKEN, Reason::BadSetupToken),
        (&format!("authorization: Bearer {}\r\n", TOKEN.to_uppercase()), INVALID_TOKEN, Reason::BadSetupToken),
    ];
    for (headers, challenge, reason) in bad {
        service.is_401(&service.post("/first", headers, "eve").await, challenge, reason);
    }
    let twice = format!("authorization: Bearer {TOKEN}\r\n").repeat(2);
    assert_eq!(service.post("/first", &twice, "eve").await.status, 400);
    assert_eq!(service.events(), [(Reason::SeveralCredentials, 400)]);
    service.is_401(
        &service.post(&format!("/first?access_token={TOKEN}"), "", "eve").await,
        BARE_CHALLENGE,
        Reason::TokenInQuery,
    );
    // A client without the token causes no query of the store.
    assert_eq!((service.runs.so_far(), service.state.asked.load(Ordering::SeqCst)), (0, 0));

    let done = service.post_good("/first", "alice").await;
    assert_eq!((done.status, done.header("cache-control")), (201, Some("no-store")));
    assert_eq!((service.runs.so_far(), service.events()), (1, vec![]));

    let late = service.post_good("/first", "eve").await;
    service.is_401(&late, INVALID_TOKEN, Reason::SetupIsClosed);
    let bad = service.post("/first", "authorization: Bearer another\r\n", "eve").await;
    assert_eq!(late.visible(), bad.visible(), "a client can tell that the set-up was closed");
    service.is_401(&bad, INVALID_TOKEN, Reason::BadSetupToken);
    assert_eq!(service.runs.so_far(), 1);
    // An answer that was cached would be one query.
    assert_eq!(service.state.asked.load(Ordering::SeqCst), 2, "one for each request with the good token");

    // Another process over the same state.
    let restarted = Service::start(service.state.clone()).await;
    let late = restarted.post_good("/first", "eve").await;
    restarted.is_401(&late, INVALID_TOKEN, Reason::SetupIsClosed);
    assert_eq!(restarted.runs.so_far(), 0);
}

#[tokio::test]
async fn of_two_requests_at_once_one_closes_the_set_up() {
    let service = Service::start(Shared::default()).await;
    let (first, second) = tokio::join!(service.post_good("/races", ""), service.post_good("/races", ""));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!((statuses, service.runs.so_far()), ([200, 401], 1));
    assert_eq!(service.events(), [(Reason::SetupIsClosed, 401)]);
}

#[tokio::test]
async fn a_handler_that_has_not_closed_the_set_up_gets_its_answer_withheld() {
    let service = Service::start(Shared::default()).await;
    for kind in ["success", "redirect"] {
        let response = service.post_good("/forgets", kind).await;
        let body = r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#;
        assert_eq!((response.status, response.text()), (500, body), "{kind}");
        assert_eq!(response.header("www-authenticate"), None);
        assert_eq!(service.events(), [(Reason::SetupNotClosed, 500)], "{kind}");
    }
    // The operator corrects the input and sends it again.
    assert_eq!(service.post_good("/forgets", "form").await.status, 422);
    assert_eq!(service.events(), []);
    assert!(!service.state.closed.load(Ordering::SeqCst));
    assert_eq!(Reason::SetupNotClosed.class(), Class::Unavailable);

    // The rejection of `close` has an event even if the handler ignores it, and so has its answer.
    service.state.closed.store(true, Ordering::SeqCst);
    let late = service.post_good("/swallows", "").await;
    service.is_401(&late, INVALID_TOKEN, Reason::SetupIsClosed);
}

/// Otherwise an attacker with the token would be a second first user.
#[tokio::test]
async fn a_set_up_that_fails_after_it_has_closed_stays_closed() {
    let service = Service::start(Shared::default()).await;
    assert_eq!(service.post_good("/fails", "at once").await.status, 500);
    // Not `/first`, whose handler would find out by itself.
    service.is_401(&service.post_good("/forgets", "form").await, INVALID_TOKEN, Reason::SetupIsClosed);

    let service = Service::start(Shared::default()).await;
    let mut client = Connection::open(service.address).await;
    let head = format!("POST /fails HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n");
    client.send(format!("{head}content-length: 5\r\n\r\nhangs")).await;
    let begun = std::time::Instant::now();
    while service.runs.so_far() == 0 {
        assert!(begun.elapsed() < test_support::LIMIT, "the handler does not run");
        tokio::task::yield_now().await;
    }
    drop(client);
    service.is_401(&service.post_good("/forgets", "form").await, INVALID_TOKEN, Reason::SetupIsClosed);
}

#[tokio::test]
async fn a_state_that_cannot_decide_is_503_and_the_handler_does_not_run() {
    crate::support::deliberate_panics_are_silent();
    let service = Service::start(Shared::default()).await;
    for (switch, reason) in
        [(&service.state.fails, Reason::SetupUndecided), (&service.state.panics, Reason::VerifierPanicked)]
    {
        switch.store(true, Ordering::SeqCst);
        let response = service.post_good("/first", "alice").await;
        assert_eq!((response.status, response.header("retry-after")), (503, Some("5")));
        assert_eq!((service.events(), service.runs.so_far()), (vec![(reason, 503)], 0));
        // A client without the token does not learn that the store fails.
        assert_eq!(service.post("/first", "", "eve").await.status, 401);
        service.events();
        switch.store(false, Ordering::SeqCst);
    }
    assert_eq!(service.post_good("/first", "alice").await.status, 201);
}

#[tokio::test]
async fn a_set_up_answers_post_only_and_another_mount_panics_at_start() {
    let service = Service::start(Shared::default()).await;
    let response = Connection::open(service.address).await.exchange(get_with("/first", TOKEN)).await;
    assert_eq!((response.status, service.runs.so_far()), (405, 0));

    let mount = || AuthRouter::<App>::new().route("/first", get(first));
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(mount)).expect_err("a panic");
    let message = panic.downcast_ref::<String>().expect("a message");
    assert!(message.contains("mounted for `GET`") && message.contains("`post(..)`"), "{message}");
}

/// Plays the start of a service, in a process of its own.
#[tokio::test]
async fn prints_its_token() {
    let Ok(state) = std::env::var(START) else { return };
    let state = Shared { closed: Arc::new((state == "closed").into()), ..Shared::default() };
    let random = SetupToken::random().expect("a token");
    let gate = SetupGate::new(random, state, Events::discard("a test")).expect("a gate");
    gate.print_token().await.expect("a state");
}

const START: &str = "AUTH_TESTS_SET_UP";

#[test]
fn a_random_token_is_printed_to_standard_error_while_the_set_up_is_open() {
    let printed = |state: &str| {
        let mut command = std::process::Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "gate::setup::prints_its_token", "--nocapture"]).env(START, state);
        let output = test_support::run(command);
        assert!(output.status.success(), "{output:?}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("setup_"), "{output:?}");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    let open = printed("open");
    assert!(open.contains("Authorization: Bearer` and `setup_"), "{open}");
    assert!(!printed("closed").contains("set-up is open"));
}

#[test]
fn the_posture_names_the_set_up_with_its_reason_and_what_it_opens() {
    let app: AuthRouter<App> = AuthRouter::new().route("/first", post(first)).route("/races", post(races));
    let posture = app.posture();
    let table = posture.to_string();
    assert!(table.contains("SETUP: creates the first user, opens Users"), "{table}");
    assert!(table.contains("SETUP: closes with another request"), "{table}");
    // The events of a set-up show who tries to be the first user.
    let token = SetupToken::from_text(TOKEN).expect("a token");
    let gate = SetupGate::new(token, Shared::default(), Events::discard("a test")).expect("a gate");
    let (runs, users) = (Runs::default(), Vault::new(Users::default()));
    let table = app.with_state::<()>(App { gate, runs, users, both: Arc::new(Barrier::new(2)) }).posture().to_string();
    let settings = "\nSETUP\n  token in the configuration of the program\n  rejections are discarded: a test\n";
    assert!(table.contains(settings), "{table}");
    let json: serde_json::Value = serde_json::from_str(&posture.to_json()).expect("JSON");
    let row = json.as_array().expect("rows").iter().find(|row| row["path"] == "/first").expect("a row");
    assert_eq!((&row["policy"], &row["reason"]), (&"setup".into(), &"creates the first user".into()));
}
