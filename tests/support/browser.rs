//! A browser for pages with forms: cookies, redirects, and the last form of each page.

use super::{Connection, Response};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Where the providers of the tests send a user after the sign-in.
pub(crate) const REDIRECT: &str = "http://127.0.0.1/done";

/// More pages than a sign-in has.
const PAGES: usize = 20;

pub(crate) struct Browser {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, cookies: BTreeMap::new() }
    }

    /// Signs in, and returns the query of the address to which the user is sent at the end.
    ///
    /// Fills in these fields where a form has them, and presses the last button of each form.
    pub(crate) async fn sign_in(&mut self, path: &str, fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut path = self.path_of(path, "/");
        let mut response = self.exchange("GET", &path, "").await;
        for _ in 0..PAGES {
            if let Some(location) = response.header("location") {
                if let Some(query) = location.strip_prefix(REDIRECT) {
                    return pairs(query.trim_start_matches('?'));
                }
                path = self.path_of(location, &path);
                response = self.exchange("GET", &path, "").await;
                continue;
            }
            assert_eq!(response.status, 200, "{path}: {}", response.text());
            let form = Form::last_of(response.text());
            path = self.path_of(&form.action, &path);
            response = self.exchange("POST", &path, &form.filled(fields)).await;
        }
        panic!("not signed in after {PAGES} pages, the last is {path}: {}", response.text());
    }

    /// Resolves an address of this host. An empty one is the address of the page itself.
    fn path_of(&self, location: &str, page: &str) -> String {
        let path = location.strip_prefix(&format!("http://{}", self.address)).unwrap_or(location);
        let path = if path.is_empty() { page } else { path };
        assert!(path.starts_with('/'), "the user was sent to {location}");
        path.replace(' ', "%20")
    }

    async fn exchange(&mut self, method: &str, path: &str, body: &str) -> Response {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            self.address,
            cookies.join("; "),
            body.len()
        );
        let response = Connection::open(self.address).await.exchange(head + body).await;
        for (_, cookie) in response.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let cookie = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = cookie.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }
}

struct Form {
    action: String,
    fields: BTreeMap<String, String>,
}

impl Form {
    fn last_of(page: &str) -> Self {
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        let form = page.rsplit_once("<form").unwrap_or_else(|| panic!("no form: {page}")).1;
        let form = form.split("</form>").next().unwrap_or_default();
        let mut tags = form.split('<');
        let action = tags.next().and_then(|tag| attribute(tag, "action")).unwrap_or_default();
        let inputs = tags.filter(|tag| tag.starts_with("input") || tag.starts_with("button"));
        let named =
            inputs.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())));
        Self { action, fields: named.collect() }
    }

    fn filled(mut self, fields: &[(&str, &str)]) -> String {
        for (name, value) in fields {
            if let Some(field) = self.fields.get_mut(*name) {
                (*value).clone_into(field);
            }
        }
        encoded(self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'").replace("&amp;", "&"))
}

/// Encodes a form (`application/x-www-form-urlencoded`).
pub(crate) fn encoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    let text = |text: &str| text.bytes().map(byte).collect::<String>();
    fields.into_iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect::<Vec<_>>().join("&")
}

/// Splits a query. The values that the tests read have nothing to decode.
fn pairs(query: &str) -> BTreeMap<String, String> {
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.into(), value.into())).collect()
}
