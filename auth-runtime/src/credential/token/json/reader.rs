//! From text to a [`Document`], in one pass.

use super::{Document, Node};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Number;
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

/// Deep enough for every token seen in the field, shallow enough that no stack is at risk.
pub(super) const MAX_DEPTH: usize = 32;

impl Document {
    /// As [`parse`](Self::parse), of bytes that should be UTF-8.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        Self::parse(std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?)
    }

    /// Reads a JSON object strictly.
    ///
    /// # Errors
    ///
    /// For anything but one object, for 4 GiB and more, for trailing characters, for a duplicate member (RFC 7515 section 4, RFC 7519 section
    /// 4: two readers may disagree on which one counts), and for too much depth.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        // P6: places have 32 bits, and one that has no room in them would be another one.
        if u32::try_from(text.len()).is_err() {
            return Err(serde_json::Error::custom("it is longer than 4 GiB"));
        }
        // As much as most take; what takes more grows.
        let document =
            Self { texts: String::with_capacity(text.len()), nodes: Vec::with_capacity(8 + text.len() / 12) };
        let mut reader = Reader { document };
        let mut json = serde_json::Deserializer::from_str(text);
        Value { reader: &mut reader, depth: 0 }.deserialize(&mut json)?;
        json.end()?;
        match reader.document.nodes.first() {
            Some(Node::Object(_)) => Ok(reader.document),
            _ => Err(serde_json::Error::custom("it is no object")),
        }
    }
}

struct Reader {
    document: Document,
}

/// Neither texts nor nodes are more than the document has bytes, and that has been checked.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Reader {
    fn push(&mut self, node: Node) -> usize {
        self.document.nodes.push(node);
        self.document.nodes.len() - 1
    }

    fn push_text(&mut self, text: &str) {
        let from = place(self.document.texts.len());
        self.document.texts.push_str(text);
        self.push(Node::Text(from, place(self.document.texts.len())));
    }

    /// Whether the latest node is this text.
    fn last_is(&self, text: &str) -> bool {
        self.document.nodes.last().is_some_and(|node| self.document.is(node, text))
    }

    /// The end of an array or an object, which becomes known now.
    fn close(&mut self, at: usize, node: fn(u32) -> Node) {
        self.document.nodes[at] = node(place(self.document.nodes.len()));
    }
}

/// A value, and how deep it is.
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
        let mut names = Names { of: at, count: 0, many: HashSet::new() };
        while map.next_key_seed(Name { reader: self.reader, names: &mut names })?.is_some() {
            if names.count == 1 && self.reader.last_is(NUMBER) {
                return self.reader.number_in_a_map(at, map);
            }
            map.next_value_seed(self.inside())?;
        }
        self.reader.close(at, Node::Object);
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
    /// Those after the first few. To compare few one by one is cheaper than to hash them; the others are hashed, so that
    /// nobody can make it expensive.
    many: HashSet<String>,
}

impl Names {
    const FEW: usize = 24;

    /// Takes note of a name, unless it was there before.
    fn once(&mut self, name: &str, document: &Document) -> Result<(), Twice> {
        let mut known = self.of + 1;
        for _ in 0..self.count.min(Self::FEW) {
            if document.nodes.get(known).is_some_and(|known| document.is(known, name)) {
                return Err(Twice);
            }
            known = document.after(known + 1);
        }
        self.count += 1;
        if self.count > Self::FEW && !self.many.insert(name.to_owned()) {
            return Err(Twice);
        }
        Ok(())
    }
}

/// A member occurs twice.
struct Twice;

/// The name of a member, as the reader sees it: `e\u0078p` is `exp`.
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
        self.names.once(name, &self.reader.document).map_err(|Twice| E::custom("a member occurs twice"))?;
        self.reader.push_text(name);
        Ok(())
    }
}

/// As which member `serde_json` hands out some numbers, when somebody in the build has switched its `arbitrary_precision` on.
const NUMBER: &str = "$serde_json::private::Number";

/// Whether somebody has.
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
    /// A number that comes as an object with one member.
    ///
    /// P6: where numbers don't come like this, it is an object that another reader would take for a number, and refused.
    fn number_in_a_map<'de, A: MapAccess<'de>>(&mut self, at: usize, mut map: A) -> Result<(), A::Error> {
        let refused = || A::Error::custom("a member has a name that is not allowed");
        if !*NUMBERS_ARE_MAPS {
            return Err(refused());
        }
        let number = map.next_value::<String>()?.parse::<Number>().map_err(|_| refused())?;
        // As everywhere else: out of range.
        number.as_f64().filter(|number| number.is_finite()).ok_or_else(refused)?;
        self.document.nodes.truncate(at);
        self.push(Node::Number(number));
        Ok(())
    }
}
