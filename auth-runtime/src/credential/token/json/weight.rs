//! Computes the memory of a document and of the type decoded from it, for the bound of the cache.

use super::{Document, Json, Node};
use serde_json::{Number, Value};

/// The memory of an allocation. The malloc of glibc adds 8 bytes, and rounds up to 16, at least to
/// 32.
pub(crate) fn block(bytes: usize) -> u64 {
    let rounded = bytes.saturating_add(8 + 15) & !15;
    if bytes == 0 { 0 } else { rounded.max(32) as u64 }
}

/// `serde_json` stores a number as text when a crate of the build turns `arbitrary_precision` on.
const NUMBERS_ARE_TEXTS: bool = size_of::<Number>() >= size_of::<String>();

fn number(number: &Number) -> u64 {
    if NUMBERS_ARE_TEXTS { block(number.to_string().len()) } else { 0 }
}

/// The memory of a `Vec<Value>` that grew one element at a time.
fn array(elements: usize) -> u64 {
    if elements == 0 { 0 } else { block(elements.next_power_of_two().max(4).saturating_mul(size_of::<Value>())) }
}

/// The memory of a map from `String` to `Value`: the larger of the two in the standard library.
fn map(members: usize) -> u64 {
    if members == 0 {
        return 0;
    }
    let entry = size_of::<String>() + size_of::<Value>();
    // `BTreeMap`: nodes of 11 entries, of which 5 may be in use. Each inner node has 12 children.
    let (leaf, inner) = (block(11 * entry + 12), block(11 * entry + 12 + 12 * size_of::<usize>()));
    let tree = match members {
        1..=11 => leaf,
        _ => (members as u64 / 5 + 1) * leaf + (members as u64 / 25 + 1) * inner,
    };
    // `HashMap`: a power of two buckets, of which at most 7 in 8 are in use.
    let buckets = match members {
        1..=3 => 4,
        4..=7 => 8,
        _ => (members * 8 / 7 + 1).next_power_of_two(),
    };
    tree.max(block(buckets * (entry + 1) + 16))
}

impl Document {
    /// The heap memory that it uses, in bytes.
    pub(crate) fn heap_bytes(&self) -> u64 {
        let numbers: u64 = if NUMBERS_ARE_TEXTS {
            self.nodes.iter().map(|node| if let Node::Number(one) = node { number(one) } else { 0 }).sum()
        } else {
            0
        };
        block(self.texts.capacity()) + block(self.nodes.capacity() * size_of::<Node>()) + numbers
    }

    /// The heap memory of a type that is decoded from it and keeps every member, as `Value` does.
    ///
    /// The members named `fields` are fields of the type, so they need no map entry.
    pub(crate) fn decoded_bytes(&self, fields: &[&str]) -> u64 {
        let in_map = self.root().members().filter(|(name, _)| !fields.contains(name)).count();
        let members = self.root().members().map(|(name, value)| {
            let name = if fields.contains(&name) { 0 } else { block(name.len()) };
            name + value_bytes(value)
        });
        map(in_map) + members.sum::<u64>()
    }
}

/// The heap memory of a `Value`. The reader has bounded its depth.
fn value_bytes(value: Json<'_>) -> u64 {
    match value {
        Json::Null | Json::Bool(_) => 0,
        Json::Number(one) => number(one),
        Json::Text(text) => block(text.len()),
        Json::Array(all) => {
            let (count, bytes) =
                all.elements().fold((0, 0), |(count, bytes), one| (count + 1, bytes + value_bytes(one)));
            array(count) + bytes
        }
        Json::Object(all) => {
            let (count, bytes) = all
                .members()
                .fold((0, 0), |(count, bytes), (name, one)| (count + 1, bytes + block(name.len()) + value_bytes(one)));
            map(count) + bytes
        }
    }
}
