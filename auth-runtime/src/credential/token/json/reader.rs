//! Reads a [`Document`] from text, in one pass.

use super::document::{NamePlaces, Place};
use super::{Document, Node};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Number;
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

/// Deeper than any token in practice, and too shallow to overflow a stack.
pub(super) const MAX_DEPTH: usize = 32;

impl Document {
    /// Like [`parse`](Self::parse), for bytes that must be UTF-8.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        Self::parse(std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?)
    }

    /// Reads a JSON object strictly.
    ///
    /// # Errors
    ///
    /// For anything but one object, for 4 GiB and more, for trailing characters, for a duplicate
    /// member (RFC 7515 section 4, RFC 7519 section 4: two parsers may use different ones), and for
    /// too much depth.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        // P6: positions have 32 bits. A larger one would be truncated to another position.
        if u32::try_from(text.len()).is_err() {
            return Err(serde_json::Error::custom("longer than 4 GiB"));
        }
        // Enough for most documents; otherwise it grows.
        let document = Self {
            texts: String::with_capacity(text.len()),
            nodes: Vec::with_capacity(8 + text.len() / 16),
            names: NamePlaces::NONE,
        };
        let mut reader = Reader { document };
        let mut json = serde_json::Deserializer::from_str(text);
        Value { reader: &mut reader, depth: 0 }.deserialize(&mut json)?;
        json.end()?;
        match reader.document.nodes.first() {
            Some(Node::Object(_)) => Ok(reader.document),
            _ => Err(serde_json::Error::custom("not an object")),
        }
    }
}

struct Reader {
    document: Document,
}

/// Converts a position. The length of the document, which bounds it, was checked.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Reader {
    fn push(&mut self, node: Node) -> usize {
        self.document.nodes.push(node);
        self.document.nodes.len() - 1
    }

    fn push_text(&mut self, text: &str) {
        let from = position(self.document.texts.len());
        self.document.texts.push_str(text);
        self.push(Node::Text(from, position(self.document.texts.len())));
    }

    /// Whether the latest node is this string.
    fn last_is(&self, text: &str) -> bool {
        self.document.nodes.last().is_some_and(|node| self.document.is(node, text))
    }

    /// Sets the end of an array or an object.
    fn close(&mut self, at: usize, node: fn(u32) -> Node) {
        self.document.nodes[at] = node(position(self.document.nodes.len()));
    }
}

/// A value to read, and its depth.
struct Value<'r> {
    reader: &'r mut Reader,
    depth: usize,
}

impl Value<'_> {
    fn inside(&mut self) -> Value<'_> {
        Value { reader: self.reader, depth: self.depth + 1 }
    }

    fn check_depth<E: Error>(&self) -> Result<(), E> {
        if self.depth < MAX_DEPTH { Ok(()) } else { Err(E::custom("nested too deeply")) }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.check_depth()?;
        let at = self.reader.push(Node::Object(0));
        let mut names = Names { of: at, count: 0, places: NamePlaces::NONE, many: HashSet::new() };
        while map.next_key_seed(Name { reader: self.reader, names: &mut names })?.is_some() {
            if names.count == 1 && self.reader.last_is(NUMBER) {
                return self.reader.number_in_a_map(at, map);
            }
            map.next_value_seed(self.inside())?;
        }
        self.reader.close(at, Node::Object);
        if at == 0 {
            self.reader.document.names = names.places;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        self.check_depth()?;
        let at = self.reader.push(Node::Array(0));
        while seq.next_element_seed(self.inside())?.is_some() {}
        self.reader.close(at, Node::Array);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.reader.push_text(text);
        Ok(())
    }

    fn visit_bool<E>(self, bool: bool) -> Result<(), E> {
        self.reader.push(Node::Bool(bool));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.reader.push(Node::Number(number.into()));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.reader.push(Node::Number(number.into()));
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        let number = Number::from_f64(number).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))?;
        self.reader.push(Node::Number(number));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.reader.push(Node::Null);
        Ok(())
    }
}

/// The names of one object so far.
struct Names {
    /// The object's node.
    of: usize,
    count: usize,
    places: NamePlaces,
    /// The names after the first `FEW`. Comparing a few names is cheaper than hashing. The others
    /// are hashed, so that an attacker cannot make the check expensive.
    many: HashSet<String>,
}

impl Names {
    const FEW: usize = 24;

    /// Records a name, unless it occurred before.
    fn insert(&mut self, name: &str, document: &Document) -> Result<(), Duplicate> {
        let is_same = |at: usize| document.nodes.get(at).is_some_and(|other| document.is(other, name));
        // P6: names that share a slot are compared, so that a duplicate is always found.
        let occurred = match self.places.find(name) {
            Place::Nowhere => false,
            Place::Only(at) => is_same(at),
            Place::Shared => self.first_few(document).any(is_same),
        };
        if occurred {
            return Err(Duplicate);
        }
        self.places.add(name, document.nodes.len());
        self.count += 1;
        if self.count > Self::FEW && !self.many.insert(name.to_owned()) {
            return Err(Duplicate);
        }
        Ok(())
    }

    /// The nodes of the first names.
    fn first_few(&self, document: &Document) -> impl Iterator<Item = usize> {
        let next = |at: &usize| Some(document.after(at + 1));
        std::iter::successors(Some(self.of + 1), next).take(self.count.min(Self::FEW))
    }
}

/// A member occurs twice.
struct Duplicate;

/// The unescaped name of a member: `e\u0078p` is `exp`.
struct Name<'r> {
    reader: &'r mut Reader,
    names: &'r mut Names,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        self.names.insert(name, &self.reader.document).map_err(|Duplicate| twice(name))?;
        self.reader.push_text(name);
        Ok(())
    }
}

/// Members of tokens, which an error may name. Any other name is the sender's own text.
const REGISTERED: [&str; 14] =
    ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "roles", "alg", "kid", "typ", "jwk"];

fn twice<E: Error>(name: &str) -> E {
    match REGISTERED.into_iter().find(|registered| *registered == name) {
        Some(registered) => E::custom(format_args!("the member `{registered}` occurs twice")),
        None => E::custom("a member occurs twice"),
    }
}

/// The member that `serde_json` uses for some numbers when a crate of the build turns its
/// `arbitrary_precision` feature on.
const NUMBER: &str = "$serde_json::private::Number";

/// Whether that feature is on.
static NUMBERS_ARE_MAPS: LazyLock<bool> = LazyLock::new(|| {
    struct Probe;

    impl<'de> Visitor<'de> for Probe {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number")
        }

        fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
            map.next_entry::<String, String>().map(|_| true)
        }
    }

    serde_json::Deserializer::from_str("0.1").deserialize_any(Probe).unwrap_or(true)
});

impl Reader {
    /// Reads a number that `serde_json` represents as an object with one member.
    ///
    /// P6: without `arbitrary_precision` it is an object that another parser would read as a
    /// number, so it is rejected.
    fn number_in_a_map<'de, A: MapAccess<'de>>(&mut self, at: usize, mut map: A) -> Result<(), A::Error> {
        let refused = || A::Error::custom("a member has a name that is not allowed");
        if !*NUMBERS_ARE_MAPS {
            return Err(refused());
        }
        let number = map.next_value::<String>()?.parse::<Number>().map_err(|_| refused())?;
        // Out of range, as without the feature.
        number.as_f64().filter(|number| number.is_finite()).ok_or_else(refused)?;
        self.document.nodes.truncate(at);
        self.push(Node::Number(number));
        Ok(())
    }
}
