//! Tests the page at `/browser`, whose token is in a cookie.

use super::browser::Browser;
use super::service::Service;
use std::io::{Read, Write};
use std::net::TcpListener;
use test_support::exchange;

fn log_in(token: &str) -> String {
    format!("document.getElementById('token').value = {token:?}; document.querySelector('button').click()")
}

/// Places an order as the `curl` line of the demo does.
fn place(service: &Service, item: &str) {
    let line = service.printed.lines().find(|line| line.starts_with("curl") && line.contains(r#""item":"#)).unwrap();
    let header = line.split('\'').find(|part| part.starts_with("Authorization: ")).unwrap();
    let body = serde_json::json!({"item": item, "cents": 450}).to_string();
    let length = body.len();
    let request = format!(
        "POST /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let answer = exchange(&service.address, &request).unwrap();
    assert!(answer.contains(" 201 "), "{answer}");
}

/// Serves a page that sends a form to the service as soon as a browser opens it.
///
/// It has the service's host and another port, so that the browser sends the cookie of the service
/// although the page is not the service's own.
fn neighbour(service: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let page = format!(
        "<form method=post enctype=text/plain action=http://{service}/browser/logout></form>\
         <script>document.forms[0].submit()</script>"
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = page.len();
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html";
            let _ = write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{page}");
        }
    });
    format!("http://{address}/")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_logs_in_follows_the_feed_and_logs_out() {
    let Some(service) = Service::start("customers", &["--browser"]) else { return };
    let token = service.token_below("Log in with this one");
    let page = format!("http://{}/browser", service.address);
    place(&service, "tea");

    let mut browser = Browser::open(&service.folder.join("browser"), &page).await;
    let login = browser.wait_for("Log in to see your orders").await;
    assert_eq!(browser.run("location.pathname").await, "/browser/login", "redirected: {login}");
    browser.screenshot(&service.folder.join("login.png")).await;
    let orders = browser.tab();
    let port = service.address.rsplit(':').next().unwrap();
    browser.open_tab(&format!("http://plain.test:{port}/browser/login")).await;
    browser.wait_for("this page needs HTTPS").await;
    // Without `Sec-Fetch-Mode` the gate cannot know that a browser opens the page.
    browser.open_tab(&format!("http://plain.test:{port}/browser")).await;
    browser.wait_for("\"status\":401").await;
    browser.switch_to(&orders);
    browser.run(&log_in("x.y.z")).await;
    browser.wait_for("this token is not accepted").await;

    browser.run(&log_in(&token)).await;
    let shown = browser.wait_for(">live</span>").await;
    for part in [">alice</span>", "<td>1</td><td>tea</td><td>alice</td><td class=\"number\">4.50</td>"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert_eq!(browser.run("location.pathname").await, "/browser");

    // The text of an order is not a part of the page, and the page is not loaded again.
    browser.run("window.loaded = 'once'").await;
    place(&service, "<img src=x onerror=alert(1)>");
    let shown = browser.wait_for("<td>2</td>").await;
    assert!(shown.contains("<td>&lt;img src=x onerror=alert(1)&gt;</td>"), "{shown}");
    assert_eq!(browser.run("window.loaded").await, "once");
    browser.screenshot(&service.folder.join("orders.png")).await;

    let makes_elements =
        "(() => { try { document.body.innerHTML = '<b>x</b>' } catch (error) { return error.name } })()";
    assert_eq!(browser.run(makes_elements).await, "TypeError", "the policy forbids elements from text");

    // No script can read the token.
    let signature = token.rsplit('.').next().unwrap();
    let kept = "location.href + document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) \
                + performance.getEntries().map(entry => entry.name).join()";
    let kept = browser.run(kept).await;
    assert!(!kept.to_string().contains(signature) && !shown.contains(signature), "{kept}");

    // A page of another origin cannot log the customer out.
    browser.open_tab(&neighbour(&service.address)).await;
    let rejected = browser.wait_for("\"status\":403").await;
    assert!(rejected.contains("Forbidden"), "{rejected}");
    browser.switch_to(&orders);
    place(&service, "coffee");
    browser.wait_for("<td>coffee</td>").await;

    // The feed of the other tab ends with the token, and its data goes.
    browser.open_tab(&page).await;
    browser.wait_for(">live</span>").await;
    browser.run("document.getElementById('logout').click()").await;
    browser.wait_for("Log in to see your orders").await;
    browser.switch_to(&orders);
    let ended = browser.wait_for("the feed has ended").await;
    assert!(!ended.contains("coffee") && !ended.contains("alice"), "{ended}");
    browser.screenshot(&service.folder.join("ended.png")).await;

    let cookies = browser.cookies().await;
    assert!(!cookies.to_string().contains("__Host-orders"), "{cookies}");
    browser.run("location.assign('/browser')").await;
    browser.wait_for("Log in to see your orders").await;
    browser.run(&log_in(&token)).await;
    browser.wait_for("this token is not accepted").await;

    for reason in ["malformed_token", "cross_site", "revoked"] {
        let events = service.events_with(reason);
        assert!(!events.contains(signature), "{events}");
    }
}
