//! How much memory a document takes, and at most what is decoded from it: the cache has to keep to its bound.

use super::{Document, Json, Node};
use serde_json::{Number, Value};

/// What an allocator takes for a block: glibc's malloc has a header of 8 bytes, and blocks of 16, at least 32.
pub(crate) fn block(bytes: usize) -> u64 {
    let rounded = bytes.saturating_add(8 + 15) & !15;
    if bytes == 0 { 0 } else { rounded.max(32) as u64 }
}

/// `serde_json` keeps a number as its text where some crate of the build turns `arbitrary_precision` on.
const NUMBERS_ARE_TEXTS: bool = size_of::<Number>() >= size_of::<String>();

fn number(number: &Number) -> u64 {
    if NUMBERS_ARE_TEXTS { block(number.to_string().len()) } else { 0 }
}

/// The elements of a `Vec<Value>` that grew one by one.
fn array(elements: usize) -> u64 {
    if elements == 0 { 0 } else { block(elements.next_power_of_two().max(4).saturating_mul(size_of::<Value>())) }
}

/// The members of a map from `String` to `Value`: the larger one of the standard library's two.
fn map(members: usize) -> u64 {
    if members == 0 {
        return 0;
    }
    let entry = size_of::<String>() + size_of::<Value>();
    // `BTreeMap`: nodes of 11 entries, of which 5 may be in use; each inner one has 12 places for others.
    let (leaf, inner) = (block(11 * entry + 12), block(11 * entry + 12 + 12 * size_of::<usize>()));
    let tree = match members {
        1..=11 => leaf,
        _ => (members as u64 / 5 + 1) * leaf + (members as u64 / 25 + 1) * inner,
    };
    // `HashMap`: a power of two, of which 7 in 8 may be in use.
    let buckets = match members {
        1..=3 => 4,
        4..=7 => 8,
        _ => (members * 8 / 7 + 1).next_power_of_two(),
    };
    tree.max(block(buckets * (entry + 1) + 16))
}

impl Document {
    /// What it takes beside its own size.
    pub(crate) fn heap_bytes(&self) -> u64 {
        let numbers: u64 = if NUMBERS_ARE_TEXTS {
            self.nodes.iter().map(|node| if let Node::Number(one) = node { number(one) } else { 0 }).sum()
        } else {
            0
        };
        block(self.texts.capacity()) + block(self.nodes.capacity() * size_of::<Node>()) + numbers
    }

    /// What a type that is decoded from it takes at most beside its own size, if it keeps everything, as `Value` does.
    /// The members named `fields` are fields of the type, so they need no place in a map.
    pub(crate) fn decoded_bytes(&self, fields: &[&str]) -> u64 {
        let in_map = self.root().members().filter(|(name, _)| !fields.contains(name)).count();
        let members = self.root().members().map(|(name, value)| {
            let name = if fields.contains(&name) { 0 } else { block(name.len()) };
            name + inside(value)
        });
        map(in_map) + members.sum::<u64>()
    }
}

/// What a `Value` takes beside its own size. No deeper than the reader allows.
fn inside(value: Json<'_>) -> u64 {
    match value {
        Json::Null | Json::Bool(_) => 0,
        Json::Number(one) => number(one),
        Json::Text(text) => block(text.len()),
        Json::Array(all) => {
            let (count, bytes) = all.elements().fold((0, 0), |(count, bytes), one| (count + 1, bytes + inside(one)));
            array(count) + bytes
        }
        Json::Object(all) => {
            let (count, bytes) = all
                .members()
                .fold((0, 0), |(count, bytes), (name, one)| (count + 1, bytes + block(name.len()) + inside(one)));
            map(count) + bytes
        }
    }
}
