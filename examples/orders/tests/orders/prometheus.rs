//! Tests the whole path of a page with the real programs and the files of `ops/`.
//!
//! The path leads from the service to Prometheus, to Alertmanager, and to a fake PagerDuty.

use crate::support::{AUDIENCE, ISSUER, Issuer};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use test_support::{Process, exchange, is_installed, require_or_skip};

const PATIENCE: Duration = Duration::from_secs(60);

/// Returns an address that no server listens on.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Writes a file of `ops/` with other addresses.
fn from_ops(folder: &Path, name: &str, replaced: &[(&str, &str)]) -> PathBuf {
    let ops = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops");
    let mut text = fs::read_to_string(ops.join(name)).unwrap();
    for (from, to) in replaced {
        assert!(text.contains(from), "{name} no longer contains `{from}`");
        text = text.replace(from, to);
    }
    fs::write(folder.join(name), text).unwrap();
    folder.join(name)
}

fn option(name: &str, value: impl AsRef<Path>) -> String {
    format!("--{name}={}", value.as_ref().display())
}

/// Sends a GET request, and returns the response if there is one.
fn get(address: &str, path: &str, token: &str) -> Option<String> {
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
    exchange(address, &head).ok()
}

/// Starts a fake PagerDuty, which accepts every page and forwards it to the test.
fn fake_pager_duty() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (pages, arrived) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                let header = line.to_lowercase();
                length = header.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap());
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = r#"{"status":"success"}"#;
            let stream = reader.get_mut();
            let _ = write!(
                stream,
                "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{answer}",
                answer.len()
            );
            if pages.send(String::from_utf8(body).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, arrived)
}

#[test]
fn fifty_forged_tokens_page_within_a_minute_through_prometheus() {
    let installed = is_installed("prometheus") && is_installed("prometheus-alertmanager");
    if require_or_skip(installed, "no `prometheus` and `prometheus-alertmanager`: `.ci/ops` installs them").is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("prometheus");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let issuer = Issuer::new();
    fs::write(folder.join("keys.json"), issuer.jwks()).unwrap();
    let (metrics, prometheus, alertmanager) = (free_address(), free_address(), free_address());
    let (pagerduty, pages) = fake_pager_duty();

    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    command.args(["--listen", "127.0.0.1:0", "--metrics", &metrics, "--issuer", ISSUER, "--audience", AUDIENCE]);
    command.arg("--jwks").arg(folder.join("keys.json"));
    let mut orders = Process::start(command);
    let service = orders.line_with("listening on http://");

    let receiver = format!("routing_key: {}\n        url: http://{pagerduty}/", "0".repeat(32));
    let receiver = [("routing_key_file: pagerduty-routing-key", receiver.as_str())];
    let mut command = Command::new("prometheus-alertmanager");
    command
        .arg(option("config.file", from_ops(&folder, "alertmanager.yml", &receiver)))
        .arg(option("storage.path", folder.join("alertmanager")))
        .arg(option("web.listen-address", &alertmanager))
        // No cluster, because it would listen on an address of its own.
        .arg("--cluster.listen-address=");
    let _alertmanager = Process::start(command);
    let addresses = [("orders:9464", metrics.as_str()), ("alertmanager:9093", alertmanager.as_str())];
    from_ops(&folder, "prometheus-rules.yml", &[]);
    let mut command = Command::new("prometheus");
    command
        .arg(option("config.file", from_ops(&folder, "prometheus.yml", &addresses)))
        .arg(option("storage.tsdb.path", folder.join("data")))
        .arg(option("web.listen-address", &prometheus));
    let _prometheus = Process::start(command);

    // The positive control: Prometheus reads the metrics, and no alert fires before the attack.
    let started = Instant::now();
    let zeros = "/api/v1/query?query=auth_decisions_total%7Breason%3D%22bad_signature%22%7D";
    while !get(&prometheus, zeros, "none").is_some_and(|answer| answer.contains(r#","0"]"#)) {
        assert!(started.elapsed() < PATIENCE, "Prometheus has not read the metrics");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(pages.try_recv().is_err(), "a page before the attack");

    let status_for = |token: &str| get(&service, "/orders", token).unwrap().split(' ').nth(1).unwrap().to_owned();
    // One accepted request, so that the attack is not a blackout as well.
    assert_eq!(status_for(&issuer.token("at+jwt", "")), "200");
    let attacked = Instant::now();
    for _ in 0..50 {
        assert_eq!(status_for(&Issuer::new().token("at+jwt", "")), "401");
    }
    loop {
        let left = PATIENCE.saturating_sub(attacked.elapsed());
        let page = pages.recv_timeout(left).expect("a page within a minute");
        assert!(page.contains(r#""event_action":"trigger""#), "{page}");
        if page.contains("AuthInvalidSpike") {
            break;
        }
        assert!(page.contains("AuthFailureRatio"), "a page about something else: {page}");
    }
    println!("paged after {:?}", attacked.elapsed());
    let alerts = get(&prometheus, "/api/v1/alerts", "none").unwrap();
    assert!(alerts.contains(r#""alertname":"AuthInvalidSpike""#) && alerts.contains(r#""state":"firing""#), "{alerts}");
}
