//! Tests the program as users see it: its output, the issuers it trusts, and how it ends.

use crate::support::{AUDIENCE, ISSUER, Issuer};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use test_support::{Process, exchange, is_installed, require_or_skip, run};

/// The running service. It ends with the test.
struct Orders {
    _process: Process,
    printed: Vec<String>,
    address: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    command.args(arguments);
    command
}

impl Orders {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Process::start(command(arguments));
        let address = process.line_with("listening on http://");
        let printed = process.stdout().lines().map(str::to_owned).collect();
        Self { _process: process, printed, address }
    }

    fn get(&self, path: &str, token: &str) -> u16 {
        status(&self.send("GET", path, token, ""))
    }

    fn send(&self, method: &str, path: &str, token: &str, body: &str) -> String {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        exchange(&self.address, &request).unwrap()
    }
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status: {answer:?}"))
}

/// Runs a start that fails, and returns the exit code and the one line of the error.
fn failure(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(command(arguments));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message.lines().count(), 1, "{message}");
    (output.status.code(), message)
}

/// Returns an address that no server listens on.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn file(name: &str, content: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}

#[test]
fn the_curl_lines_work_as_printed() {
    let installed = is_installed("curl");
    let Some(()) = require_or_skip(installed, "there is no `curl`; `.ci/bootstrap` installs it") else { return };
    let orders = Orders::start(&["--listen", "127.0.0.1:0"]);
    let mut seen = Vec::new();
    for pair in orders.printed.windows(2).filter(|pair| pair[1].starts_with("curl ")) {
        let announced: u16 = pair[0].rsplit(' ').next().unwrap().parse().unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", &pair[1]]);
        let output = run(shell);
        assert_eq!(status(&String::from_utf8(output.stdout).unwrap()), announced, "{}", pair[0]);
        seen.push(announced);
    }
    assert_eq!(seen, [200, 201, 200, 200, 401, 401, 401, 403, 404, 200, 403, 204, 401]);
}

#[test]
fn tokens_of_the_configured_keys_are_accepted_and_no_others() {
    let issuer = Issuer::new();
    let jwks = file("keys.json", &issuer.jwks());
    let provider = ["--listen", "127.0.0.1:0", "--issuer", ISSUER, "--audience", AUDIENCE, "--jwks", &jwks];

    let orders = Orders::start(&provider);
    assert!(orders.printed.iter().any(|line| line.contains("load balancer probe")), "the posture is printed");
    assert!(!orders.printed.iter().any(|line| line.starts_with("curl")), "no token is printed");
    assert_eq!(orders.get("/orders", &issuer.token("at+jwt", "")), 200);
    assert_eq!(orders.get("/orders", &issuer.token("JWT", "")), 200);
    assert_eq!(orders.get("/orders", &Issuer::new().token("at+jwt", "")), 401);

    let strict = Orders::start(&[&provider[..], &["--token-type", "access-token"]].concat());
    assert_eq!(strict.get("/orders", &issuer.token("at+jwt", "")), 200);
    assert_eq!(strict.get("/orders", &issuer.token("JWT", "")), 401);
}

/// Scrapes the metrics from their own listener.
fn scraped(orders: &Orders) -> String {
    let announced = orders.printed.iter().find_map(|line| line.split_once("metrics at http://"));
    let address = announced.unwrap().1.strip_suffix("/metrics:").unwrap();
    let answer = exchange(address, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    assert_eq!(status(&answer), 200);
    answer
}

/// Reads a series of decisions from the metrics.
fn counted(answer: &str, label: &str) -> u64 {
    let decisions = answer.lines().filter(|line| line.starts_with("auth_decisions_total{"));
    let mut values = decisions.filter(|line| line.contains(label)).map(|line| line.rsplit(' ').next().unwrap());
    values.next().unwrap_or_else(|| panic!("no {label}: {answer}")).parse().unwrap()
}

#[test]
fn metrics_are_served_on_their_own_listener_and_count_from_zero() {
    let (issuer, publisher) = (Issuer::new(), TcpListener::bind("127.0.0.1:0").unwrap());
    let (jwks, keys) = (format!("http://{}/jwks", publisher.local_addr().unwrap()), issuer.jwks());
    std::thread::spawn(move || {
        for stream in publisher.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = keys.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{keys}"
            );
        }
    });
    let provider = ["--issuer", ISSUER, "--audience", AUDIENCE, "--jwks", &jwks];
    let orders = Orders::start(&[&provider[..], &["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]].concat());
    assert!(
        orders.printed.iter().any(|line| line.contains("Prometheus reads it")),
        "the posture of the metrics is printed"
    );

    let before = scraped(&orders);
    assert_eq!(counted(&before, r#"reason="bad_signature""#), 0);
    assert!(before.contains(&format!(r#"auth_key_set_read_timestamp_seconds{{issuer="{ISSUER}"}}"#)), "{before}");
    assert_eq!(orders.get("/orders/17", &issuer.token("at+jwt", "")), 404);
    assert_eq!(orders.get("/orders/17", &Issuer::new().token("at+jwt", "")), 401);
    let after = scraped(&orders);
    assert_eq!(counted(&after, r#"reason="bad_signature""#), 1);
    assert_eq!(counted(&after, r#"outcome="accepted""#), 1);
    assert!(after.contains(r#"route="/orders/{id}""#) && !after.contains("/orders/17"), "{after}");
    assert_eq!(orders.get("/metrics", ""), 404, "not on the port of the API");
}

#[test]
fn without_an_address_no_metrics_are_served() {
    let orders = Orders::start(&["--listen", "127.0.0.1:0"]);
    assert!(!orders.printed.iter().any(|line| line.contains("metrics")), "{:?}", orders.printed);
    assert_eq!(orders.get("/metrics", ""), 404);
}

#[test]
fn orders_in_a_file_outlive_the_process() {
    let issuer = Issuer::new();
    let jwks = file("kept.json", &issuer.jwks());
    let database = file("kept.db", "");
    let token = issuer.token("at+jwt", "orders:write");
    let provider = ["--issuer", ISSUER, "--audience", AUDIENCE, "--jwks", &jwks];
    let arguments = [&provider[..], &["--listen", "127.0.0.1:0", "--db", &database]].concat();

    let placed = Orders::start(&arguments).send("POST", "/orders", &token, r#"{"item":"tea","cents":450}"#);
    assert_eq!(status(&placed), 201);
    assert!(Orders::start(&arguments).send("GET", "/orders/1", &token, "").contains("\"tea\""));
}

#[test]
fn a_taken_port_is_an_error_if_it_was_configured() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, message) = failure(&["--listen", &address]);
    assert_eq!(code, Some(1));
    assert!(message.starts_with(&format!("orders: can't listen on `{address}`")), "{message}");
}

#[test]
fn without_an_address_the_service_uses_the_next_free_port() {
    // Another program may hold the port already; the test works either way.
    let _taken = TcpListener::bind("127.0.0.1:3000");
    let orders = Orders::start(&[]);
    assert_ne!(orders.address, "127.0.0.1:3000");
    assert!(orders.printed[0].starts_with("Port 3000 is taken"), "{:?}", orders.printed[0]);
}

#[test]
fn a_failed_start_is_reported_in_one_line() {
    let private = file("private.json", r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}]}"#);
    let garbage = file("garbage.json", "no JSON");
    let missing = format!("{garbage}.missing");
    for (jwks, why) in [(&private, "private key"), (&garbage, "JWK set"), (&missing, "can't read")] {
        let (code, message) = failure(&["--issuer", ISSUER, "--audience", AUDIENCE, "--jwks", jwks]);
        assert_eq!(code, Some(1));
        assert!(message.contains(why) && message.contains(jwks.as_str()), "{message}");
    }
    let unreachable = format!("http://{}", free_address());
    for (jwks, why) in [(None, "openid-configuration"), (Some("/jwks"), "/jwks")] {
        let url = jwks.map(|path| format!("{unreachable}{path}"));
        let keys = url.iter().flat_map(|url| ["--jwks", url]);
        let arguments: Vec<_> = ["--issuer", &unreachable, "--audience", AUDIENCE].into_iter().chain(keys).collect();
        let (code, message) = failure(&arguments);
        assert_eq!(code, Some(1));
        assert!(message.contains(why) && message.to_lowercase().contains("connection refused"), "{message}");
    }
    let (code, message) = failure(&["--redis", &unreachable.replace("http", "redis")]);
    assert_eq!(code, Some(1));
    assert!(message.contains("the revocation store cannot be used: Redis at 127.0.0.1"), "{message}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, message) = failure(&["--metrics", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(code, Some(1));
    assert!(message.contains("can't show metrics on `127.0.0.1"), "{message}");
    let (code, message) = failure(&["--db", &garbage]);
    assert_eq!(code, Some(1));
    assert!(message.contains("is not a database"), "{message}");
}

#[test]
fn issuer_and_audience_are_required_together_and_for_keys() {
    for arguments in
        [&["--issuer", ISSUER][..], &["--audience", AUDIENCE], &["--jwks", "x"], &["--jwks", "x", "--issuer", ISSUER]]
    {
        assert_eq!(run(command(arguments)).status.code(), Some(2), "{arguments:?}");
    }
}

/// A broken pager must not be an outage too.
#[test]
fn an_unreachable_pager_does_not_delay_requests() {
    let unreachable = format!("http://{}/", free_address());
    let orders = Orders::start(&["--listen", "127.0.0.1:0", "--page-url", &unreachable]);
    let began = Instant::now();
    assert_eq!(orders.get("/me", "garbage"), 401);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

/// Without options the service prints a token for operators.
#[test]
fn operators_see_notices_without_the_path_of_the_event_file() {
    let events = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("private-{}.jsonl", std::process::id()));
    let orders = Orders::start(&["--listen", "127.0.0.1:0", "--events", events.to_str().unwrap()]);
    let token = orders.printed.iter().skip_while(|line| !line.starts_with("Enter this one:")).nth(2).unwrap();
    let mut shown = String::new();
    for _ in 0..500 {
        shown = orders.send("GET", "/watch", token, "");
        if shown.contains("started") {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(shown.contains("\"notice\":\"started\""), "{shown}");
    assert!(!shown.contains("private-"), "{shown}");
    let refused = orders.send("GET", "/watch", "", "");
    assert_eq!(status(&refused), 401);
    assert!(!refused.contains("started") && !refused.contains("GET /orders"), "{refused}");
}

/// Metrics show the reason of each rejection.
#[test]
fn metrics_beyond_loopback_require_an_explicit_option() {
    let (code, message) = failure(&["--listen", "127.0.0.1:0", "--metrics", "0.0.0.0:0"]);
    assert_eq!(code, Some(1));
    assert!(
        message.contains("can't show metrics on `0.0.0.0:") && message.contains("--metrics-beyond-loopback"),
        "{message}"
    );
    let opened = ["--listen", "127.0.0.1:0", "--metrics", "[::ffff:127.0.0.1]:0", "--metrics-beyond-loopback"];
    let orders = Orders::start(&opened);
    assert!(orders.printed.iter().any(|line| line.contains("metrics at http://")), "{:?}", orders.printed);
}

/// The file is the only sink.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_reported_on_stderr() {
    let mut process = Process::start(command(&["--listen", "127.0.0.1:0", "--events", "/dev/full"]));
    process.wait_for_stderr("events are dropped");
    // The report must not repeat with each attempt.
    std::thread::sleep(Duration::from_secs(3));
    process.kill();
    let text = process.stderr();
    assert_eq!(text.matches("events are dropped").count(), 1, "{text:?}");
}
