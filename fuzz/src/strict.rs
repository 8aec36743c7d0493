//! Reads JSON that has one meaning, in another way than the verifier.
//!
//! It keeps the whole document first, and checks it afterwards.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// As the verifier's.
const MAX_DEPTH: usize = 32;

/// The object that these bytes are, if no reader could take them for another one.
pub fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    let whole: Whole = serde_json::from_slice(bytes).ok()?;
    let plain = matches!(whole, Whole::Object(_)) && whole.depth() <= MAX_DEPTH && whole.has_one_meaning();
    plain.then(|| serde_json::from_slice(bytes).expect("it was read once"))
}

/// All members, also those that occur twice.
enum Whole {
    Object(Vec<(String, Whole)>),
    Array(Vec<Whole>),
    Leaf,
}

impl Whole {
    fn depth(&self) -> usize {
        match self {
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0),
            Self::Array(elements) => 1 + elements.iter().map(Self::depth).max().unwrap_or(0),
            Self::Leaf => 0,
        }
    }

    fn has_one_meaning(&self) -> bool {
        match self {
            // serde_json hands out numbers as this in some builds, so other readers would take it
            // for one.
            Self::Object(members)
                if members.first().is_some_and(|(name, _)| name == "$serde_json::private::Number") =>
            {
                false
            }
            Self::Object(members) => {
                let mut names: Vec<_> = members.iter().map(|(name, _)| name).collect();
                names.sort();
                names.windows(2).all(|pair| pair[0] != pair[1])
                    && members.iter().all(|(_, value)| value.has_one_meaning())
            }
            Self::Array(elements) => elements.iter().all(Self::has_one_meaning),
            Self::Leaf => true,
        }
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Whole, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Whole::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Whole, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Whole::Array(elements))
    }

    fn visit_str<E>(self, _: &str) -> Result<Whole, E> {
        Ok(Whole::Leaf)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Whole, E> {
        Ok(Whole::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Whole, E> {
        Ok(Whole::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Whole, E> {
        Ok(Whole::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Whole, E> {
        Ok(Whole::Leaf)
    }

    fn visit_unit<E>(self) -> Result<Whole, E> {
        Ok(Whole::Leaf)
    }
}
