//! JSON as RFC 8725 wants it read: one object, no member twice at any depth, no deeper than a token needs.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// Deep enough for every token seen in the field, shallow enough that no stack is at risk.
const MAX_DEPTH: usize = 32;

/// Reads a JSON object strictly.
///
/// # Errors
///
/// For anything but one object in UTF-8, for trailing bytes, for a duplicate member (RFC 7515 section 4, RFC 7519
/// section 4: two readers may disagree on which one counts), and for too much depth.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, serde_json::Error> {
    // Once for all of it, and not for each string in it.
    let text = std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
    let mut strict = serde_json::Deserializer::from_str(text);
    Strict { depth: 0 }.deserialize(&mut strict)?;
    strict.end()?;
    serde_json::from_str(text)
}

/// Walks a document and keeps nothing but the names of the objects it is in.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.depth {
            depth if depth < MAX_DEPTH => Ok(Self { depth: depth + 1 }),
            _ => Err(E::custom("nested too deeply")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let inside = self.deeper()?;
        let mut names = Names::default();
        // The name as the reader sees it: `e\u0078p` is `exp`.
        while let Some(Name(name)) = map.next_key()? {
            map.next_value_seed(inside)?;
            if names.has(name) {
                return Err(A::Error::custom("a member occurs twice"));
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let inside = self.deeper()?;
        while seq.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The names of one object. Of few, each is compared with each, which is cheaper than to hash them; many are hashed, so
/// that nobody can make that expensive.
#[derive(Default)]
struct Names<'de> {
    few: Vec<Cow<'de, str>>,
    many: HashSet<Cow<'de, str>>,
}

impl<'de> Names<'de> {
    const FEW: usize = 24;

    /// Whether it was there before; it is from now on.
    fn has(&mut self, name: Cow<'de, str>) -> bool {
        if self.few.len() < Self::FEW {
            let there = self.few.contains(&name);
            self.few.push(name);
            return there;
        }
        self.few.contains(&name) || !self.many.insert(name)
    }
}

/// A name as it stands in the text, unless it is escaped there.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t30_a_member_that_occurs_twice_is_refused_at_any_depth_and_in_any_spelling() {
        for twice in
            [r#"{"a":1,"a":1}"#, r#"{"exp":1,"e\u0078p":2}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"a":[{"b":1,"b":2}]}"#]
        {
            let error = object(twice.as_bytes()).unwrap_err();
            assert!(error.to_string().contains("twice"), "{twice}: {error}");
        }
        object(br#"{"a":{"b":1},"c":{"b":1}}"#).unwrap();
    }

    #[test]
    fn t32_only_one_object_is_read() {
        let deep = "[".repeat(10_000);
        let deep_in_object = format!("{{\"a\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let cases: [&[u8]; 13] = [
            b"",
            b"[]",
            b"1",
            b"null",
            b"\"text\"",
            b"{} ",
            b"{}{}",
            b"{}x",
            b"\xef\xbb\xbf{}",
            b"{/* no */}",
            b"{'a':1}",
            deep.as_bytes(),
            deep_in_object.as_bytes(),
        ];
        for (index, case) in cases.iter().enumerate() {
            // White space around the object is JSON, and allowed.
            assert_eq!(object(case).is_ok(), index == 5, "{}", String::from_utf8_lossy(&case[..case.len().min(40)]));
        }
        object(br#"{"a":"\ud800"}"#).unwrap_err();
        object(br#"{"a":1e400}"#).unwrap_err();
        object(b"{\"a\":\"\xff\"}").unwrap_err();
        object("{\"a\":\"\u{0}\"}".as_bytes()).unwrap_err();
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        object(nested(MAX_DEPTH - 1).as_bytes()).unwrap();
        object(nested(MAX_DEPTH).as_bytes()).unwrap_err();
    }
}
