//! Tests the page at `/` in a real browser.

mod browser;

use browser::Browser;
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::{Process, exchange, is_installed, require_or_skip};

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Starts the service, and returns it with its address and its operator's token.
fn orders(folder: &Path) -> (Process, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    command.args(["--listen", "127.0.0.1:0", "--events"]).arg(folder.join("events.jsonl"));
    let mut process = Process::start(command);
    let address = process.line_with("listening on http://");
    let printed = process.stdout();
    let token = printed.lines().skip_while(|line| !line.starts_with("Enter this one:")).nth(2).unwrap();
    (process, address, token.to_owned())
}

fn enter(token: &str) -> String {
    format!("document.getElementById('token').value = {token:?}; document.querySelector('button').click()")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_rejections_to_an_operator_and_nothing_to_others() {
    if require_or_skip(is_installed("chromium"), "no browser: install Debian's package `chromium`").is_none() {
        return;
    }
    let folder = folder();
    let (_orders, address, token) = orders(&folder);
    for bad in ["garbage", "<script>alert(1)</script>"] {
        let head = "GET /me HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer";
        assert!(exchange(&address, &format!("{head} {bad}\r\n\r\n")).unwrap().contains(" 401 "));
    }
    let mut browser = Browser::open(&folder.join("browser"), &format!("http://{address}/")).await;

    let empty = browser.wait_for("no token</span>").await;
    browser.screenshot(&folder.join("before.png")).await;
    let data = ["malformed_token", "/me", "PUBLIC", "orders:write", "class=\"refused\""];
    assert!(data.iter().all(|part| !empty.contains(part)), "shown without a token: {empty}");

    for (bad, message) in [("x.y.z", "this token is not accepted"), ("\u{20ac}", "this is not a token")] {
        browser.run(&enter(bad)).await;
        let refused = browser.wait_for(message).await;
        assert!(data.iter().all(|part| !refused.contains(part)), "shown with a bad token: {refused}");
    }

    browser.run(&enter(&token)).await;
    let page = browser.wait_for("class=\"refused\"").await;
    for part in
        [">live</span>", "malformed_token", "<td>/me</td><td>401</td>", "load balancer probe", "requires orders:write"]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("alert(1)") && !page.contains("garbage"), "text of a client is shown: {page}");
    browser.screenshot(&folder.join("after.png")).await;

    // The token is not in any storage that outlives the page.
    let signature = token.rsplit('.').next().unwrap();
    assert!(!page.contains(signature), "the token is in the document");
    let kept = "location.href + document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) \
                + performance.getEntries().map(entry => entry.name).join() + document.getElementById('token').value";
    let kept = browser.run(kept).await;
    assert!(kept.as_str().unwrap().contains(&address) && !kept.to_string().contains(signature), "{kept}");

    // A token that is not accepted removes the data.
    browser.run(&enter("x.y.z")).await;
    let gone = browser.wait_for("this token is not accepted").await;
    assert!(data.iter().all(|part| !gone.contains(part)), "shown with a bad token: {gone}");
}
