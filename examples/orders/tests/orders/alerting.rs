//! Replays the attack of the incident against the service, with a pager and a Splunk on real
//! sockets.
//!
//! Both fail during the attack.

use auth_testkit::TestIssuer;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use test_support::{Process, exchange, run};

/// What has arrived, and when.
type Arrived = Arc<Mutex<Vec<(Instant, Value)>>>;

/// A server for JSON over HTTP that a test can kill and restart at the same address.
struct FakeServer {
    address: SocketAddr,
    app: Router,
    arrived: Arrived,
    runtime: Option<tokio::runtime::Runtime>,
}

impl FakeServer {
    /// Accepts pages.
    fn listener() -> Self {
        Self::of(|arrived| Router::new().fallback(page).with_state(arrived))
    }

    /// Accepts events as Splunk's HTTP Event Collector does, and acknowledges them.
    fn splunk() -> Self {
        Self::of(|arrived| Router::new().fallback(collect).with_state(arrived))
    }

    fn of(app: impl FnOnce(Arrived) -> Router) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let arrived = Arrived::default();
        let mut server = Self { address, app: app(Arc::clone(&arrived)), arrived, runtime: None };
        server.restart();
        server
    }

    fn restart(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (app, address) = (self.app.clone(), self.address);
        let listener = runtime.block_on(tokio::net::TcpListener::bind(address)).unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        self.runtime = Some(runtime);
    }

    /// Closes its connections without a response.
    fn kill(&mut self) {
        self.runtime.take().into_iter().for_each(tokio::runtime::Runtime::shutdown_background);
    }

    fn arrived(&self) -> Vec<(Instant, Value)> {
        self.arrived.lock().unwrap().clone()
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

async fn page(State(arrived): State<Arrived>, body: String) -> StatusCode {
    arrived.lock().unwrap().push((Instant::now(), serde_json::from_str(&body).unwrap()));
    StatusCode::OK
}

async fn collect(State(arrived): State<Arrived>, uri: Uri, body: String) -> impl IntoResponse {
    if uri.path().ends_with("/ack") {
        let asked: Value = serde_json::from_str(&body).unwrap();
        let acks = asked["acks"].as_array().unwrap().iter().map(|id| (id.to_string(), json!(true)));
        return axum::Json(json!({ "acks": acks.collect::<serde_json::Map<_, _>>() }));
    }
    let mut arrived = arrived.lock().unwrap();
    let events = serde_json::Deserializer::from_str(&body).into_iter::<Value>();
    arrived.extend(events.map(|event| (Instant::now(), event.unwrap())));
    axum::Json(json!({"text": "Success", "code": 0, "ackId": arrived.len()}))
}

struct Orders {
    process: Process,
    address: String,
}

impl Orders {
    fn start(arguments: &[&str]) -> Self {
        Self::with_stderr(arguments, Stdio::piped())
    }

    fn with_stderr(arguments: &[&str], stderr: Stdio) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        let mut process = Process::spawned(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr)).unwrap();
        let address = process.line_with("listening on http://");
        Self { process, address }
    }

    fn send(&self, token: &str) -> u16 {
        let request =
            format!("GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
        exchange(&self.address, &request).unwrap().split(' ').nth(1).unwrap().parse().unwrap()
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("alerting-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Lists the alerts that were triggered, without those of drills.
fn triggered_alerts(listener: &FakeServer) -> Vec<(Instant, String)> {
    let pages = listener.arrived().into_iter().filter(|(_, page)| page["alert"] != "drill");
    pages.filter(|(_, page)| page["state"] == "triggered").map(|(at, page)| (at, page["alert"].to_string())).collect()
}

/// Counts the rejections that Splunk got, one by one and in summaries. A copy counts once.
fn counted(splunk: &FakeServer) -> u64 {
    let mut seen = BTreeSet::new();
    let events = splunk.arrived().into_iter().map(|(_, record)| record["event"].clone());
    let rejections = events.filter(|event| event["reason"].is_string() && seen.insert(event["id"].to_string()));
    rejections.map(|event| event["suppressed"].as_u64().unwrap_or(1)).sum()
}

fn within(seconds: u64, what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(seconds), "not within {seconds} seconds: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Makes an issuer that the service trusts, and the arguments for that.
fn trusted(folder: &Path) -> (TestIssuer, Vec<String>) {
    let issuer = TestIssuer::new();
    let jwks = folder.join("jwks.json");
    std::fs::write(&jwks, issuer.jwks_json()).unwrap();
    let jwks = jwks.to_str().unwrap().to_owned();
    let arguments = ["--issuer", issuer.name(), "--audience", issuer.audience(), "--jwks"].map(str::to_owned);
    let mut arguments = arguments.to_vec();
    arguments.push(jwks);
    (issuer, arguments)
}

#[test]
fn inc_01_fifty_bad_signatures_page_once_within_ten_seconds() {
    let folder = folder("once");
    let listener = FakeServer::listener();
    let (issuer, mut arguments) = trusted(&folder);
    let events = folder.join("events.jsonl");
    arguments.extend(["--page-url", &listener.url(), "--events", events.to_str().unwrap()].map(str::to_owned));
    let orders = Orders::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(orders.send(&issuer.token().signed()), 200);

    let began = Instant::now();
    for _ in 0..50 {
        assert_eq!(orders.send(&issuer.token().signed_with_untrusted_key()), 401);
        std::thread::sleep(Duration::from_millis(100));
    }
    within(10, "a page", || !triggered_alerts(&listener).is_empty());
    let took = triggered_alerts(&listener)[0].0 - began;
    assert!(took < Duration::from_secs(10), "{took:?} to the page");
    // The whole attack and some seconds after it make one alert of each kind.
    std::thread::sleep(Duration::from_secs(3));
    let alerts: Vec<String> = triggered_alerts(&listener).into_iter().map(|(_, alert)| alert).collect();
    let once: BTreeSet<&String> = alerts.iter().collect();
    assert_eq!(once.len(), alerts.len(), "{alerts:?}");
    assert!(alerts.contains(&"\"invalid_spike\"".to_owned()), "{alerts:?}");
}

#[test]
fn all_rejections_arrive_after_an_outage_of_the_pager_and_splunk() {
    let folder = folder("dies");
    let (mut listener, mut splunk) = (FakeServer::listener(), FakeServer::splunk());
    let (issuer, mut arguments) = trusted(&folder);
    let (events, token, spool) = (folder.join("events.jsonl"), folder.join("token"), folder.join("spool"));
    std::fs::write(&token, "b0f1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d\n").unwrap();
    arguments.extend(["--page-url", &listener.url(), "--splunk-url", &splunk.url()].map(str::to_owned));
    for (option, path) in [("--events", &events), ("--splunk-token-file", &token), ("--spool", &spool)] {
        arguments.extend([option, path.to_str().unwrap()].map(str::to_owned));
    }
    let orders = Orders::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    within(10, "the drill at start", || !listener.arrived().is_empty());
    assert_eq!(orders.send(&issuer.token().signed()), 200);

    let attack = |times: usize| {
        (0..times).for_each(|_| assert_eq!(orders.send(&issuer.token().signed_with_untrusted_key()), 401));
    };
    attack(5);
    within(10, "the first rejections at Splunk", || counted(&splunk) == 5);
    listener.kill();
    splunk.kill();
    attack(200);
    std::thread::sleep(Duration::from_secs(3));
    attack(45);
    assert_eq!(orders.send(&issuer.token().signed()), 200, "requests do not wait for the pager or Splunk");
    listener.restart();
    splunk.restart();
    let back = Instant::now();
    within(15, "the page, once the pager is up again", || !triggered_alerts(&listener).is_empty());
    assert!(triggered_alerts(&listener)[0].0 - back < Duration::from_secs(15));
    within(60, "each rejection at Splunk", || counted(&splunk) >= 250);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(counted(&splunk), 250, "each rejection once");
    let spikes = triggered_alerts(&listener).iter().filter(|(_, alert)| alert == "\"invalid_spike\"").count();
    assert_eq!(spikes, 1);
    // No part of a token leaves the process.
    let forged = issuer.token().signed_with_untrusted_key();
    let header = forged.split('.').next().unwrap();
    let sent: String = listener.arrived().iter().chain(&splunk.arrived()).map(|(_, body)| body.to_string()).collect();
    assert!(!sent.contains(header), "a part of a token was sent");
    assert!(!std::fs::read_to_string(&events).unwrap().contains(header), "a token is in the file");
}

/// A process that does not end in time is killed, and the test fails.
#[test]
#[cfg(unix)]
fn sigterm_ends_the_service_within_ten_seconds_although_splunk_is_down_and_stderr_is_not_read() {
    const LIMIT: Duration = Duration::from_secs(10);
    let folder = folder("stuck");
    let (issuer, trust) = trusted(&folder);
    let (token, spool) = (folder.join("token"), folder.join("spool"));
    std::fs::write(&token, "b0f1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d\n").unwrap();
    let closed = format!("http://{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let splunk = ["--splunk-url", &closed, "--splunk-token-file", token.to_str().unwrap()].map(str::to_owned);
    for spool in [None, Some(spool)] {
        let spool = spool.iter().flat_map(|spool| ["--spool".to_owned(), spool.to_str().unwrap().to_owned()]);
        let arguments: Vec<String> = trust.iter().chain(&splunk).cloned().chain(spool).collect();
        let (unread, stderr) = std::io::pipe().unwrap();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut orders = Orders::with_stderr(&arguments, stderr.into());
        let forged = issuer.token().signed_with_untrusted_key();
        for token in ["garbage", &forged, "", "a.b.c"] {
            (0..250).for_each(|_| assert!(orders.send(token) >= 400));
        }
        let mut kill = Command::new("kill");
        kill.args(["-TERM", &orders.process.id().to_string()]);
        assert!(run(kill).status.success());
        let status = orders.process.wait_within(LIMIT);
        assert_eq!(status.code(), Some(0), "{arguments:?}");
        drop(unread);
    }
}
