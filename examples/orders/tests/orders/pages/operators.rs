//! Tests the page at `/`.

use super::browser::Browser;
use super::service::Service;
use test_support::exchange;

fn enter(token: &str) -> String {
    format!("document.getElementById('token').value = {token:?}; document.querySelector('button').click()")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_rejections_to_an_operator_and_nothing_to_others() {
    let Some(orders) = Service::start("operators", &[]) else { return };
    let Service { address, folder, .. } = &orders;
    let token = orders.token_below("Enter this one:");
    for bad in ["garbage", "<script>alert(1)</script>"] {
        let head = "GET /me HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer";
        assert!(exchange(address, &format!("{head} {bad}\r\n\r\n")).unwrap().contains(" 401 "));
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
    // Two bad tokens, the one that was entered, and the request for the data.
    let counted = browser.wait_for("3 of 4 rejected (75 %)").await;
    assert!(counted.contains("rect class=\"refused\""), "the chart has no rejections: {counted}");
    browser.screenshot(&folder.join("after.png")).await;

    // The token is not in any storage that outlives the page.
    let signature = token.rsplit('.').next().unwrap();
    assert!(!page.contains(signature), "the token is in the document");
    let kept = "location.href + document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) \
                + performance.getEntries().map(entry => entry.name).join() + document.getElementById('token').value";
    let kept = browser.run(kept).await;
    assert!(kept.as_str().unwrap().contains(address) && !kept.to_string().contains(signature), "{kept}");

    // A token that is not accepted removes the data.
    browser.run(&enter("x.y.z")).await;
    let gone = browser.wait_for("this token is not accepted").await;
    assert!(data.iter().all(|part| !gone.contains(part)), "shown with a bad token: {gone}");
}
