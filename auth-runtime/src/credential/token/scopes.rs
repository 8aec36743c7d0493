//! The scopes of a token (RFC 8693 section 4.2).

use super::json::{Array, Json, Object};
use crate::credential::VerifiedClaims;
use serde_json::{Map, Value};

/// Returns the scopes in `scope` and in `scp`.
///
/// `scope` is a text or, from some providers (Duende `IdentityServer`, UAA), an array of texts.
/// P6: an array with another type in it grants nothing.
pub(crate) fn scopes<'a>(claims: impl Members<'a>) -> impl Iterator<Item = &'a str> {
    let words = move |name| claims.text(name).unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let listed = claims.is_of_texts("scope").then(|| claims.texts("scope")).into_iter().flatten();
    words("scope").chain(listed).chain(words("scp")).chain(claims.texts("scp"))
}

impl VerifiedClaims {
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        scopes(self.claims.root())
    }
}

/// A JSON object, either of a token or in [`Claims::other`](super::Claims::other).
pub(crate) trait Members<'a>: Copy {
    /// The member of this name, if it is a string.
    fn text(self, name: &str) -> Option<&'a str>;

    /// The strings in the member of this name, if it is an array.
    fn texts(self, name: &str) -> impl Iterator<Item = &'a str>;

    /// Whether the member of this name is an array of strings only.
    fn is_of_texts(self, name: &str) -> bool;

    /// The member of this name, if it is an object.
    fn object(self, name: &str) -> Option<Self>;

    /// Whether it is an object without members.
    fn is_empty_object(self) -> bool;
}

impl<'a> Members<'a> for Object<'a> {
    fn text(self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(Json::text)
    }

    fn texts(self, name: &str) -> impl Iterator<Item = &'a str> {
        let array = match self.get(name) {
            Some(Json::Array(array)) => Some(array),
            _ => None,
        };
        array.into_iter().flat_map(Array::elements).filter_map(Json::text)
    }

    fn is_of_texts(self, name: &str) -> bool {
        match self.get(name) {
            Some(Json::Array(array)) => array.elements().all(|element| element.text().is_some()),
            _ => false,
        }
    }

    fn object(self, name: &str) -> Option<Self> {
        match self.get(name) {
            Some(Json::Object(object)) => Some(object),
            _ => None,
        }
    }

    fn is_empty_object(self) -> bool {
        self.members().next().is_none()
    }
}

impl<'a> Members<'a> for &'a Map<String, Value> {
    fn text(self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(Value::as_str)
    }

    fn texts(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    fn is_of_texts(self, name: &str) -> bool {
        self.get(name).and_then(Value::as_array).is_some_and(|array| array.iter().all(Value::is_string))
    }

    fn object(self, name: &str) -> Option<Self> {
        self.get(name).and_then(Value::as_object)
    }

    fn is_empty_object(self) -> bool {
        self.is_empty()
    }
}
