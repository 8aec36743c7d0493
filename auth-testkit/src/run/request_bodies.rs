//! Members of the body and the query of a request, which an attack adds or replaces.

use super::named_owners::encoded;
use super::requests::RequestTemplate;
use http::HeaderValue;

impl RequestTemplate {
    /// The same request with another body, as JSON.
    pub(super) fn with_body(&self, body: &str) -> Self {
        let content_type = Some("application/json".to_owned());
        Self { content_type, body: body.as_bytes().to_vec(), ..self.clone() }
    }

    /// The JSON body with one more member; `None` where the body is not a JSON object.
    pub(super) fn body_with(&self, name: &str, value: impl Into<serde_json::Value>) -> Option<String> {
        let mut body = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&self.body).ok()?;
        body.insert(name.to_owned(), value.into());
        Some(serde_json::Value::Object(body).to_string())
    }

    /// The JSON body or the form with more members; `None` for other bodies.
    pub(super) fn body_with_all(&self, members: &[(&str, serde_json::Value)]) -> Option<String> {
        if self.takes_form() {
            let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let pairs = members.iter().map(|(name, value)| format!("{name}={}", encoded(&text(value))));
            let own = String::from_utf8_lossy(&self.body).into_owned();
            return Some(std::iter::once(own).filter(|own| !own.is_empty()).chain(pairs).collect::<Vec<_>>().join("&"));
        }
        let mut body = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&self.body).ok()?;
        body.extend(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Some(serde_json::Value::Object(body).to_string())
    }

    /// The JSON body or the form with these members, in place of its own ones of the same names.
    pub(super) fn body_with_all_replaced(&self, members: &[(&str, serde_json::Value)]) -> Option<String> {
        if !self.takes_form() {
            return self.body_with_all(members);
        }
        let form = String::from_utf8_lossy(&self.body);
        let is_other = |pair: &&str| !members.iter().any(|(name, _)| pair.split('=').next() == Some(*name));
        let body = form.split('&').filter(is_other).collect::<Vec<_>>().join("&").into_bytes();
        Self { body, ..self.clone() }.body_with_all(members)
    }

    /// Whether the body is a form.
    pub(super) fn takes_form(&self) -> bool {
        self.content_type.as_deref().is_some_and(|known| known.starts_with("application/x-www-form-urlencoded"))
    }

    /// The text of a member of the JSON body or the form, as it is written there.
    pub(super) fn text_member(&self, name: &str) -> Option<String> {
        if self.takes_form() {
            let body = String::from_utf8_lossy(&self.body);
            let mut pairs = body.split('&').filter_map(|pair| pair.split_once('='));
            return pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
        }
        let members = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&self.body).ok()?;
        members.get(name)?.as_str().map(str::to_owned)
    }

    /// The first of some members that the body has, with its text.
    pub(super) fn first_member(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| Some((*name, self.text_member(name)?)))
    }

    /// The request with another value in the headers of the test that have the first one.
    pub(super) fn naming_in_headers(&self, name: &str, other: &str) -> Option<Self> {
        let other = HeaderValue::from_str(other).ok()?;
        let mut named = self.clone();
        let known = named.headers.iter_mut().filter(|(_, value)| value.as_bytes() == name.as_bytes());
        known.for_each(|(_, value)| *value = other.clone());
        (named.headers != self.headers).then_some(named)
    }

    /// Whether the body of the test has a member with this name.
    pub(super) fn has_member(&self, name: &str) -> bool {
        let body = String::from_utf8_lossy(&self.body);
        body.contains(&format!("\"{name}\"")) || body.split('&').any(|pair| pair.split('=').next() == Some(name))
    }

    /// The request with another name in its query and its body.
    ///
    /// `None` where none of the fields has the first name.
    pub(super) fn naming(&self, fields: &[&str], name: &str, other: &str) -> Option<Self> {
        let pairs = |text: &str| {
            let pair = |pair: &str| match pair.split_once('=') {
                Some((field, value)) if fields.contains(&field) && (value == name || value == encoded(name)) => {
                    format!("{field}={}", encoded(other))
                }
                _ => pair.to_owned(),
            };
            text.split('&').map(pair).collect::<Vec<_>>().join("&")
        };
        let mut named = self.clone();
        named.query = self.query.as_deref().map(pairs);
        if self.takes_form() {
            named.body = pairs(&String::from_utf8_lossy(&self.body)).into_bytes();
        } else if let Ok(serde_json::Value::Object(mut members)) = serde_json::from_slice(&self.body) {
            let known = |(field, value): &(&String, &mut serde_json::Value)| {
                fields.contains(&field.as_str()) && value.as_str() == Some(name)
            };
            let mut is_named = false;
            for (_, value) in members.iter_mut().filter(known) {
                *value = other.into();
                is_named = true;
            }
            if is_named {
                named.body = serde_json::Value::Object(members).to_string().into_bytes();
            }
        }
        (named.query != self.query || named.body != self.body).then_some(named)
    }
}
