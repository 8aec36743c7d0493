//! Requests, and the `curl` lines that repeat them.

use crate::catalogue::Credentials;
use crate::target::{EMPTY_MESSAGE, GRPC, Route};
use axum::body::Body;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, HOST, ORIGIN, REFERER, TE};
use http::{HeaderName, HeaderValue};
use http::{Method, Request, Version};

/// A method, a path with its parameters filled in, and a body.
#[derive(Debug, Clone)]
pub(super) struct RequestTemplate {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
    pub(super) grpc: bool,
}

impl RequestTemplate {
    pub(super) fn new(
        route: &Route,
        method: &Method,
        parameters: &[(String, String)],
        bodies: &[(String, String, Vec<u8>)],
    ) -> Self {
        let path = fill(&route.path, |name| {
            parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        });
        let named = route.to_string();
        let known = bodies.iter().find(|(of, ..)| *of == named);
        // A body to read, so that the check notices a service that reads it.
        let takes_a_body = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
        let (content_type, body) = match known {
            Some((_, content_type, body)) => (Some(content_type.clone()), body.clone()),
            None if route.grpc => (Some(GRPC.to_owned()), EMPTY_MESSAGE.to_vec()),
            None if takes_a_body => (Some("application/json".to_owned()), b"{}".to_vec()),
            None => (None, Vec::new()),
        };
        Self { method: method.clone(), path, query: None, headers: Vec::new(), content_type, body, grpc: route.grpc }
    }

    /// The same request with this query and these headers.
    pub(super) fn with(self, query: Option<String>, headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        Self { query, headers, ..self }
    }

    /// The same request with another content type, or without one.
    pub(super) fn with_content_type(&self, content_type: Option<&str>) -> Self {
        Self { content_type: content_type.map(str::to_owned), ..self.clone() }
    }

    /// The same request without the headers that the test adds.
    pub(super) fn without_headers(&self) -> Self {
        Self { headers: Vec::new(), ..self.clone() }
    }

    /// Whether the test adds a header that a browser asks for first, in a preflight.
    pub(super) fn has_own_header(&self) -> bool {
        const USUAL: [HeaderName; 7] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, HOST, ORIGIN, REFERER];
        let is_own = |name: &HeaderName| !USUAL.contains(name) && !name.as_str().starts_with("sec-");
        self.headers.iter().any(|(name, _)| is_own(name))
    }

    /// A header that the test adds.
    pub(super) fn header(&self, name: &HeaderName) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(own, _)| own == name)?;
        value.to_str().ok().map(str::to_owned)
    }

    /// The same request for another path.
    pub(super) fn at(&self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self.clone() }
    }

    /// Any method and path, without a body.
    pub(super) fn bare(method: &Method, path: &str) -> Self {
        Self {
            method: method.clone(),
            path: path.to_owned(),
            query: None,
            headers: Vec::new(),
            content_type: None,
            body: Vec::new(),
            grpc: false,
        }
    }

    fn target(&self, credentials: &Credentials) -> String {
        let queries: Vec<&str> = [&self.query, &credentials.query].into_iter().flatten().map(String::as_str).collect();
        if queries.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, queries.join("&")) }
    }

    pub(super) fn request(&self, credentials: &Credentials) -> Request<Body> {
        let body = credentials.body.as_ref().map_or_else(|| self.body.clone(), |body| body.clone().into_bytes());
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target(credentials).parse().unwrap_or_default();
        if self.grpc {
            *request.version_mut() = Version::HTTP_2;
            request.headers_mut().insert(TE, HeaderValue::from_static("trailers"));
        }
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::from_static("localhost"));
        if let Some(content_type) = self.content_type.as_deref().and_then(|value| value.parse().ok()) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        // An attack's header replaces the usual one, and may be there twice.
        for (name, _) in &credentials.headers {
            headers.remove(name);
        }
        for (name, value) in &credentials.headers {
            headers.append(name, value.clone());
        }
        request
    }
}

/// Replaces `{id}` and `{*rest}`; `{{` is a brace.
pub(super) fn fill<'a>(template: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        path.push_str(before);
        if brace.starts_with("{{") || brace.starts_with("}}") {
            path.push_str(if brace.starts_with('{') { "%7B" } else { "%7D" });
            rest = &brace[2..];
            continue;
        }
        let Some((name, after)) = brace[1..].split_once('}') else {
            rest = &brace[1..];
            continue;
        };
        let (name, or_else) = name.strip_prefix('*').map_or((name, "1"), |name| (name, "a/b"));
        path.push_str(value(name).unwrap_or(or_else));
        rest = after;
    }
    path + rest
}

/// The request of a probe as a `curl` command line.
///
/// Made for findings only, because most requests have none, and the line of a long token is costly.
#[derive(Debug, Clone)]
pub(super) enum Curl<'a> {
    Of(&'a RequestTemplate, &'a Credentials),
    Line(String),
}

impl Curl<'_> {
    pub(super) fn line(&self) -> String {
        match self {
            Self::Of(template, credentials) => line(template, credentials),
            Self::Line(line) => line.clone(),
        }
    }
}

/// The request as a `curl` command line, when it is asked for.
pub(super) fn curl<'a>(template: &'a RequestTemplate, credentials: &'a Credentials) -> Curl<'a> {
    Curl::Of(template, credentials)
}

/// The command line for a service on port 3000 of this machine.
fn line(template: &RequestTemplate, credentials: &Credentials) -> String {
    let method = match template.method {
        Method::HEAD => "--head".to_owned(),
        ref method => format!("-X {method}"),
    };
    let url = quoted(format!("http://127.0.0.1:3000{}", template.target(credentials)).as_bytes());
    // gRPC is HTTP/2, and a shell has no NUL in a word.
    let curl = if template.grpc {
        r"printf '\0\0\0\0\0' | curl -i --http2-prior-knowledge -H 'te: trailers'"
    } else {
        "curl -i"
    };
    let mut words = vec![curl.to_owned(), method, "--path-as-is".to_owned(), url];
    let is_replaced = |name: &HeaderName| credentials.headers.iter().any(|(other, _)| other == name);
    let of_the_route = template.headers.iter().filter(|(name, _)| !is_replaced(name));
    for (name, value) in of_the_route.chain(&credentials.headers) {
        // An empty header is written with a semicolon.
        let header = match value.as_bytes() {
            b"" => format!("{name};").into_bytes(),
            value => [name.as_str().as_bytes(), b": ", value].concat(),
        };
        words.extend(["-H".to_owned(), quoted(&header)]);
    }
    if let Some(content_type) = template.content_type.as_ref().filter(|_| !is_replaced(&CONTENT_TYPE)) {
        let header = quoted(format!("content-type: {content_type}").as_bytes());
        words.extend(["-H".to_owned(), header]);
    }
    let body = credentials.body.as_ref().map_or(template.body.as_slice(), String::as_bytes);
    if template.grpc && credentials.body.is_none() {
        words.extend(["--data-binary".to_owned(), "@-".to_owned()]);
    } else if !body.is_empty() {
        words.extend(["-d".to_owned(), quoted(body)]);
    }
    words.join(" ")
}

/// Quotes a word for a POSIX shell, or for bash where it has bytes that a terminal does not show.
fn quoted(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => {
            let escaped: String = bytes
                .iter()
                .map(|byte| match byte {
                    b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
                    b' '..=b'~' => char::from(*byte).to_string(),
                    other => format!("\\x{other:02x}"),
                })
                .collect();
            format!("$'{escaped}'")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{fill, quoted};

    #[test]
    fn parameters_are_filled_in_and_braces_stay_braces() {
        let value = |name: &str| (name == "id").then_some("7");
        assert_eq!(fill("/orders/{id}/lines/{line}", value), "/orders/7/lines/1");
        assert_eq!(fill("/files/{*rest}", value), "/files/a/b");
        assert_eq!(fill("/{{id}}/v{id}", value), "/%7Bid%7D/v7");
    }

    #[test]
    fn a_quoted_text_is_one_word_of_a_shell() {
        assert_eq!(quoted(b"a b"), "'a b'");
        assert_eq!(quoted(b"it's; rm -rf /"), r"'it'\''s; rm -rf /'");
        assert_eq!(quoted(b"a\xff\n'"), r"$'a\xff\x0a\''");
    }
}
