//! Drives headless Chromium over its debugging protocol, so that a test can type into the page.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use test_support::{LIMIT, Process};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) struct Browser {
    _process: Process,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The tab that gets the calls.
    tab: Tab,
    sent: u64,
}

/// A tab of the browser. The tabs share their cookies.
#[derive(Clone)]
pub(crate) struct Tab(Value);

impl Browser {
    pub(crate) async fn open(profile: &Path, url: &str) -> Self {
        let mut command = Command::new("chromium");
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--remote-debugging-port=0", "--window-size=1200,1000"])
            // A host whose pages have neither HTTPS nor the exceptions for this machine.
            .arg("--host-resolver-rules=MAP plain.test 127.0.0.1")
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank");
        let mut process = Process::start(command);
        let address = format!("ws://{}", process.wait_for_stderr("DevTools listening on ws://"));
        let (socket, _) = timeout(LIMIT, connect_async(address)).await.expect("in time").expect("a connection");
        let mut browser = Self { _process: process, socket, tab: Tab(Value::Null), sent: 0 };
        browser.open_tab(url).await;
        browser
    }

    /// Opens another tab, which gets the next calls.
    pub(crate) async fn open_tab(&mut self, url: &str) {
        // Calls without a tab are for the browser.
        self.tab = Tab(Value::Null);
        let target = self.call("Target.createTarget", json!({"url": url})).await;
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        self.tab = Tab(self.call("Target.attachToTarget", attach).await["sessionId"].clone());
    }

    /// The tab that gets the calls.
    pub(crate) fn tab(&self) -> Tab {
        self.tab.clone()
    }

    /// The cookies that the tab has, also those that scripts cannot read.
    pub(crate) async fn cookies(&mut self) -> Value {
        self.call("Network.getCookies", json!({})).await
    }

    /// Sends the next calls to this tab.
    pub(crate) fn switch_to(&mut self, tab: &Tab) {
        self.tab = tab.clone();
    }

    /// Runs a script in the page, and returns its value.
    pub(crate) async fn run(&mut self, script: &str) -> Value {
        let result = self.call("Runtime.evaluate", json!({"expression": script, "returnByValue": true})).await;
        assert_eq!(result.get("exceptionDetails"), None, "{script}: {result}");
        result["result"]["value"].clone()
    }

    /// Waits until the document contains a text, and returns the document.
    pub(crate) async fn wait_for(&mut self, text: &str) -> String {
        // Without the script, because it contains every message.
        let script = "(() => { if (document.readyState !== 'complete') return ''; const page = document.documentElement.cloneNode(true); \
                      page.querySelectorAll('script, style').forEach(each => each.remove()); return page.outerHTML })()";
        let mut page = String::new();
        let found = timeout(LIMIT, async {
            loop {
                let evaluated = self.answer("Runtime.evaluate", json!({"expression": script, "returnByValue": true}));
                let evaluated = evaluated.await.unwrap_or_default();
                evaluated["result"]["value"].as_str().unwrap_or_default().clone_into(&mut page);
                if page.contains(text) {
                    return;
                }
                sleep(Duration::from_millis(50)).await;
            }
        });
        let found = found.await.is_ok();
        assert!(found, "`{text}` is not in {page}");
        page
    }

    pub(crate) async fn screenshot(&mut self, file: &Path) {
        let image = self.call("Page.captureScreenshot", json!({})).await;
        std::fs::write(file, BASE64_STANDARD.decode(image["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    async fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.answer(method, parameters).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Returns the error of the browser, for example while a tab opens another page.
    async fn answer(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if self.tab.0.is_string() {
            message["sessionId"] = self.tab.0.clone();
        }
        let answer = timeout(LIMIT, async {
            self.socket.send(Message::text(message.to_string())).await.expect("sent");
            loop {
                let message = self.socket.next().await.expect("an answer").expect("an answer");
                let Ok(text) = message.into_text() else { continue };
                let Ok(answer) = serde_json::from_str::<Value>(&text) else { continue };
                // Other messages are events.
                if answer["id"] == self.sent {
                    return answer;
                }
            }
        });
        let answer = answer.await.unwrap_or_else(|_| panic!("no answer to {method}"));
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["result"].clone()),
        }
    }
}
