//! The page at `/`, in a real browser.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// In CI there has to be one; elsewhere its absence is said.
fn browser_is_there() -> bool {
    let version = Command::new("chromium").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if version.is_ok_and(|status| status.success()) {
        return true;
    }
    let said = "no browser: install Debian's package `chromium`";
    assert!(std::env::var_os("CI").is_none(), "{said}");
    // Not `eprintln!`, which the test harness keeps to itself.
    let _ = writeln!(std::io::stderr(), "skipped: {said}");
    false
}

fn orders(events: &Path) -> (Process, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_orders"))
        .args(["--listen", "127.0.0.1:0", "--events"])
        .arg(events)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let process = Process(child);
    for line in lines {
        if let Some(address) = line.strip_prefix("listening on http://") {
            return (process, address.to_owned());
        }
    }
    panic!("it ended before it listened");
}

/// What the browser has made of a page, after it has run for some seconds.
fn shown(url: &str, folder: &Path) -> String {
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--dump-dom"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", folder.display()))
        .args(["--virtual-time-budget=5000", url])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_page_shows_the_posture_the_last_refusals_and_how_many_there_were() {
    if !browser_is_there() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (_orders, address) = orders(&folder.join("events.jsonl"));
    for token in ["garbage", "<script>alert(1)</script>"] {
        let mut stream = TcpStream::connect(&address).unwrap();
        let request = "GET /me HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer";
        write!(stream, "{request} {token}\r\n\r\n").unwrap();
        std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    }
    // The counts of a second are known when it is over.
    std::thread::sleep(Duration::from_secs(2));
    let page = shown(&format!("http://{address}/"), &folder.join("browser"));
    for part in [
        ">live</span>",
        "2 of 2 refused (100 %)",
        "malformed_token",
        "<td>/me</td><td>401</td>",
        "class=\"refused\"",
        "PUBLIC: load balancer probe",
        "requires orders:write",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("alert(1)") && !page.contains("garbage"), "a stranger's words are shown: {page}");
}
