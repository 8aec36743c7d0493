//! Sends webhooks of the payment provider to the program, over a socket.

use crate::support::{AUDIENCE, ISSUER, Issuer};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use test_support::{LIMIT, Process, exchange, is_installed, require_or_skip, run};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

struct Orders {
    _process: Process,
    address: String,
    issuer: Issuer,
    folder: PathBuf,
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(issuer: &Issuer, folder: &Path) -> Command {
    std::fs::write(folder.join("keys.json"), issuer.jwks()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    command.args(["--listen", "127.0.0.1:0", "--issuer", ISSUER, "--audience", AUDIENCE, "--jwks"]);
    command.arg(folder.join("keys.json")).arg("--events").arg(folder.join("events.jsonl"));
    command
}

impl Orders {
    fn start(name: &str) -> Self {
        let path = folder(name).join("payments.secret");
        std::fs::write(&path, format!("{SECRET}\n")).unwrap();
        Self::with(name, &["--payment-secret-file", path.to_str().unwrap()])
    }

    fn with(name: &str, arguments: &[&str]) -> Self {
        let (issuer, folder) = (Issuer::new(), folder(name));
        let mut command = command(&issuer, &folder);
        command.args(arguments);
        let mut process = Process::start(command);
        let address = process.line_with("listening on http://");
        Self { _process: process, address, issuer, folder }
    }

    /// Places an order of 450 cents. Its id is 1.
    fn place(&self) {
        let answer = self.send("POST /orders", &self.bearer(), r#"{"item":"tea","cents":450}"#);
        assert_eq!(answer.0, 201, "{}", answer.1);
    }

    fn is_paid(&self) -> bool {
        let (status, body) = self.send("GET /orders/1", &self.bearer(), "");
        assert_eq!(status, 200, "{body}");
        assert_ne!(body.contains("\"paid\":true"), body.contains("\"paid\":false"), "{body}");
        body.contains("\"paid\":true")
    }

    fn bearer(&self) -> String {
        format!("Authorization: Bearer {}\r\n", self.issuer.token("at+jwt", "orders:write"))
    }

    fn pay(&self, lines: &str, body: &str) -> (u16, String) {
        self.send("POST /payments", lines, body)
    }

    fn send(&self, request: &str, lines: &str, body: &str) -> (u16, String) {
        let length = body.len();
        let answer = exchange(
            &self.address,
            &format!(
                "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n{lines}\r\n{body}"
            ),
        );
        let answer = answer.unwrap();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("no status: {answer:?}")), answer)
    }

    /// Waits until the route has an event of this reason, and returns all events.
    fn events_with(&self, reason: &str) -> String {
        let (began, reason) = (Instant::now(), format!("\"reason\":\"{reason}\""));
        loop {
            let events = std::fs::read_to_string(self.folder.join("events.jsonl")).unwrap_or_default();
            if events.lines().any(|event| event.contains(&reason) && event.contains("/payments")) {
                return events;
            }
            assert!(began.elapsed() < LIMIT, "{reason} is not in {events}");
            sleep(Duration::from_millis(20));
        }
    }
}

/// The lines that the provider sends (Standard Webhooks).
fn lines(secret: &str, id: &str, sent: u64, body: &str) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let text = format!("{id}.{sent}.{body}");
    let mac = STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), text.as_bytes()));
    format!("webhook-id: {id}\r\nwebhook-timestamp: {sent}\r\nwebhook-signature: v1,{mac}\r\n")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

const PAYMENT: &str = r#"{"type":"payment.succeeded","data":{"order":1,"cents":450,"card":"private"}}"#;

#[test]
fn a_signed_payment_marks_its_order_as_paid_and_a_repeated_one_changes_nothing() {
    let orders = Orders::start("paid");
    orders.place();
    assert!(!orders.is_paid());
    let signed = lines(SECRET, "msg_1", now(), PAYMENT);
    let (status, answer) = orders.pay(&signed, PAYMENT);
    assert_eq!(status, 204, "{answer}");
    assert!(orders.is_paid());

    // A replay of the same delivery is answered without the handler.
    let (status, answer) = orders.pay(&signed, PAYMENT);
    assert_eq!(status, 200, "{answer}");
    let events = orders.events_with("already_delivered");
    assert!(!events.contains("private") && !events.contains(SECRET), "{events}");
    // Another delivery for the same order reaches the handler.
    assert_eq!(orders.pay(&lines(SECRET, "msg_2", now(), PAYMENT), PAYMENT).0, 204);
    assert!(orders.is_paid());
}

#[test]
fn an_unsigned_or_forged_payment_changes_nothing_and_has_an_event() {
    let orders = Orders::start("forged");
    orders.place();
    let good = lines(SECRET, "msg_1", now(), PAYMENT);
    let cheaper = PAYMENT.replace("450", "1");
    for (lines, body, reason) in [
        (String::new(), PAYMENT, "missing_signature"),
        (orders.bearer(), PAYMENT, "missing_signature"),
        (lines(OTHER, "msg_1", now(), PAYMENT), PAYMENT, "bad_signature"),
        (good, &*cheaper, "bad_signature"),
        (lines(SECRET, "msg_1", now() - 600, PAYMENT), PAYMENT, "stale_signature"),
    ] {
        let (status, answer) = orders.pay(&lines, body);
        assert_eq!(status, 401, "{reason}: {answer}");
        let events = orders.events_with(reason);
        assert!(!events.contains("private") && !events.contains(SECRET), "{events}");
        assert!(!orders.is_paid(), "{reason}");
    }
}

#[test]
fn a_signed_event_that_fits_no_order_changes_nothing() {
    let orders = Orders::start("fits-no-order");
    orders.place();
    let event =
        |r#type: &str, order, cents| format!(r#"{{"type":"{type}","data":{{"order":{order},"cents":{cents}}}}}"#);
    for (id, body, expected) in [
        ("msg_1", event("payment.succeeded", 1, 449), 422),
        ("msg_2", event("payment.succeeded", 2, 450), 404),
        ("msg_3", event("payment.failed", 1, 450), 204),
        ("msg_4", "{".to_owned(), 400),
    ] {
        let (status, answer) = orders.pay(&lines(SECRET, id, now(), &body), &body);
        assert_eq!(status, expected, "{answer}");
        assert!(!orders.is_paid(), "{body}");
    }
}

#[test]
fn without_a_secret_the_route_does_not_exist() {
    let orders = Orders::with("without-secret", &[]);
    assert_eq!(orders.pay(&lines(SECRET, "msg_1", now(), PAYMENT), PAYMENT).0, 404);
}

#[test]
fn a_missing_or_weak_secret_is_an_error_at_start() {
    let folder = folder("weak-secret");
    let path = folder.join("payments.secret");
    let _ = std::fs::remove_file(&path);
    for secret in [None, Some(""), Some("whsec_"), Some("changeme")] {
        if let Some(secret) = secret {
            std::fs::write(&path, secret).unwrap();
        }
        let mut command = command(&Issuer::new(), &folder);
        command.arg("--payment-secret-file").arg(&path);
        let output = run(command);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), message.lines().count()), (Some(1), 1), "{secret:?}: {message}");
        assert!(message.starts_with("orders: can't verify payments"), "{secret:?}: {message}");
    }
}

/// The commands of auth-runtime/manual/webhooks.md, with the address and the folder of this test.
#[test]
fn the_commands_of_the_documentation_pay_an_order() {
    let mut openssl = Command::new("openssl");
    openssl.arg("version");
    let installed =
        is_installed("curl") && Process::try_start(openssl).is_ok_and(|mut openssl| openssl.wait().success());
    let missing = "`curl` or `openssl` is missing; `.ci/bootstrap` installs them";
    let Some(()) = require_or_skip(installed, missing) else { return };
    let page =
        include_str!("../../../../auth-runtime/manual/webhooks.md").split_once("## In the orders service\n").unwrap().1;
    let mut blocks = page.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let (start, pay) = (blocks.next().unwrap(), blocks.next().unwrap());
    let shell = |script: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-euc", script]).current_dir(folder("documented"));
        let output = run(shell);
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // The shell prints the options that the page gives to the service.
    let options = shell(&start.replace("cargo run --", "echo"));
    let options =
        options.trim().replace("payments.secret", folder("documented").join("payments.secret").to_str().unwrap());
    let options: Vec<_> = options.split(' ').collect();
    let orders = Orders::with("documented", &options);
    orders.place();
    let answer = shell(&pay.replace("127.0.0.1:3000", &orders.address));
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    assert!(orders.is_paid());
}

#[test]
fn two_instances_share_the_deliveries_in_redis() {
    let missing = "no Redis: install Debian's package `redis-server`";
    let Some(()) = require_or_skip(is_installed("redis-server"), missing) else { return };
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut redis = Command::new("redis-server");
    redis.args(["--bind", "127.0.0.1", "--save", "", "--port", &address.port().to_string()]);
    let _redis = Process::start(redis);
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(began.elapsed() < LIMIT, "Redis does not listen");
        sleep(Duration::from_millis(20));
    }
    let file = |name: &str| folder("shared").join(name).into_os_string().into_string().unwrap();
    let (secret, database, url) = (file("payments.secret"), file("orders.db"), format!("redis://{address}/"));
    std::fs::write(&secret, SECRET).unwrap();
    let options = ["--payment-secret-file", &secret, "--db", &database, "--redis", &url];
    // This instance has a store of its own. It places the order, because an empty Redis rejects
    // tokens that were issued before.
    let alone = Orders::with("shared-alone", &options[..4]);
    alone.place();
    let (first, second) = (Orders::with("shared-first", &options), Orders::with("shared-second", &options));
    let signed = lines(SECRET, "msg_1", now(), PAYMENT);
    assert_eq!(first.pay(&signed, PAYMENT).0, 204);
    assert_eq!(second.pay(&signed, PAYMENT).0, 200);
    second.events_with("already_delivered");
    assert_eq!(alone.pay(&signed, PAYMENT).0, 204, "its handler did not run");
    assert!(alone.is_paid());
}
