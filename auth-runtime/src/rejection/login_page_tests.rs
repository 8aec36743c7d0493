//! Only a browser that opens a page is redirected, and only to a page of the service.

use crate::rejection::{ClientView, LoginPage};
use axum::extract::OriginalUri;
use http::Request;
use http::request::Parts;

const OPENS_A_PAGE: [(&str, &str); 2] = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];

fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let request = Request::builder().method(method).uri(target);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(()).expect("a request").into_parts().0
}

fn view(return_parameter: Option<&str>) -> ClientView {
    let mut view = ClientView::challenging(&["Cookie"], None, None).expect("a view");
    view.redirects_to(LoginPage::new("/login", return_parameter).expect("a page")).expect("the only page");
    view
}

fn location(view: &ClientView, parts: &Parts) -> Option<String> {
    Some(view.login_for(parts)?.to_str().expect("ASCII").to_owned())
}

#[test]
fn a_browser_that_opens_a_page_is_redirected() {
    let parts = head("GET", "/orders?page=2", &OPENS_A_PAGE);
    assert_eq!(location(&view(None), &parts).as_deref(), Some("/login"));
    assert_eq!(location(&view(Some("next")), &parts).as_deref(), Some("/login?next=%2Forders%3Fpage%3D2"));
    assert_eq!(location(&ClientView::default(), &parts), None);
}

#[test]
fn other_requests_get_the_401() {
    let [mode, dest] = OPENS_A_PAGE;
    for (method, headers) in [
        ("POST", &[mode, dest][..]),
        ("HEAD", &[mode, dest]),
        ("GET", &[]),
        ("GET", &[mode]),
        ("GET", &[dest]),
        ("GET", &[("sec-fetch-mode", "cors"), dest]),
        ("GET", &[mode, ("sec-fetch-dest", "iframe")]),
        ("GET", &[mode, mode, dest]),
        ("GET", &[mode, dest, ("sec-fetch-dest", "empty")]),
    ] {
        assert_eq!(location(&view(None), &head(method, "/orders", headers)), None, "{method} {headers:?}");
    }
}

/// Otherwise the browser would go round in a circle.
#[test]
fn the_login_page_itself_is_not_redirected() {
    assert_eq!(location(&view(None), &head("GET", "/login?next=%2F", &OPENS_A_PAGE)), None);
}

/// Under `nest` the URI is rewritten, and the browser knows the original one only.
#[test]
fn the_original_path_is_returned_to() {
    let mut parts = head("GET", "/orders", &OPENS_A_PAGE);
    parts.extensions.insert(OriginalUri("/v1/orders".parse().unwrap()));
    assert_eq!(location(&view(Some("next")), &parts).as_deref(), Some("/login?next=%2Fv1%2Forders"));
}

/// A login page that redirects to the parameter must not lead to another host, or to a header.
#[test]
fn the_path_to_return_to_is_of_this_service() {
    for (target, expected) in [
        ("//evil.example/", "/login"),
        ("http://evil.example//evil.example", "/login"),
        ("http://evil.example/orders", "/login?next=%2Forders"),
        ("/a\\b", "/login"),
        ("/a&b=c%0d%0a;'\"", "/login?next=%2Fa%26b%3Dc%250d%250a%3B%27%22"),
        ("/?next=//evil.example", "/login?next=%2F%3Fnext%3D%2F%2Fevil.example"),
    ] {
        let Ok(uri) = target.parse::<http::Uri>() else { panic!("{target} is not a target of a request") };
        let mut parts = head("GET", "/", &OPENS_A_PAGE);
        parts.uri = uri;
        assert_eq!(location(&view(Some("next")), &parts).as_deref(), Some(expected), "{target}");
    }
}
