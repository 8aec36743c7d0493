//! A JSON document that was read strictly.

use serde_json::Number;

/// Holds a JSON object that was read strictly.
#[derive(Debug)]
pub(crate) struct Document {
    /// All names and strings, concatenated.
    pub(super) texts: String,
    /// All values in depth-first order. The first is the object itself.
    pub(super) nodes: Vec<Node>,
    /// The names of the object itself.
    pub(super) names: NameBits,
}

/// Holds a bit for each name of an object.
///
/// Most absent names need no search then. Names may share a bit.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameBits(u64);

impl NameBits {
    pub(super) const NONE: Self = Self(0);
    /// Of an object whose names were not recorded.
    const ANY: Self = Self(u64::MAX);

    /// Whether a name may be one of them.
    pub(super) fn may_have(self, name: &str) -> bool {
        self.0 & Self::of(name) != 0
    }

    pub(super) fn add(&mut self, name: &str) {
        self.0 |= Self::of(name);
    }

    /// The names of registered claims and of those that must not occur have different bits.
    fn of(name: &str) -> u64 {
        let end = |byte: Option<&u8>| u32::from(byte.copied().unwrap_or_default());
        let (first, last) = (name.as_bytes().first(), name.as_bytes().last());
        1 << ((end(first) + 7 * end(last)) % u64::BITS)
    }
}

#[derive(Debug)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    /// Start and end in `texts`. 32 bits each, which keeps a node as small as a number.
    Text(u32, u32),
    /// The index of the node after its last element.
    Array(u32),
    /// As for an array. A member is a string and a value.
    Object(u32),
}

/// A value in a [`Document`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(&'a Number),
    Text(&'a str),
    Array(Array<'a>),
    Object(Object<'a>),
}

/// The elements of an array in a [`Document`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Array<'a>(Nodes<'a>);

/// The members of an object in a [`Document`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a>(Nodes<'a>, NameBits);

impl Document {
    /// The object itself.
    pub(crate) fn root(&self) -> Object<'_> {
        Object(Nodes { document: self, from: 1, to: self.nodes.len() }, self.names)
    }

    /// Whether a node is this string.
    ///
    /// Most strings differ in their length or first letter, so no `memcmp` is called.
    pub(super) fn is(&self, node: &Node, text: &str) -> bool {
        let Node::Text(from, to) = *node else { return false };
        let (from, to) = (from as usize, to as usize);
        to - from == text.len()
            && self.texts.as_bytes().get(from..to).is_some_and(|bytes| bytes.iter().eq(text.as_bytes()))
    }

    /// The index of the node after a value and its contents.
    pub(super) fn after(&self, at: usize) -> usize {
        match self.nodes.get(at) {
            Some(Node::Array(end) | Node::Object(end)) => *end as usize,
            _ => at + 1,
        }
    }
}

impl<'a> Object<'a> {
    /// The member of this name. A name occurs at most once.
    pub(crate) fn get(self, name: &str) -> Option<Json<'a>> {
        let Self(Nodes { document, mut from, to }, names) = self;
        if !names.may_have(name) {
            return None;
        }
        while from < to {
            let (key, value) = (document.nodes.get(from)?, from + 1);
            if document.is(key, name) {
                return Nodes { document, from: value, to }.next();
            }
            from = document.after(value);
        }
        None
    }

    pub(crate) fn contains(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn members(self) -> impl Iterator<Item = (&'a str, Json<'a>)> {
        let Self(mut nodes, _) = self;
        std::iter::from_fn(move || match nodes.next()? {
            Json::Text(name) => Some((name, nodes.next()?)),
            _ => None,
        })
    }
}

impl<'a> Array<'a> {
    pub(crate) fn elements(self) -> impl Iterator<Item = Json<'a>> {
        self.0
    }
}

impl<'a> Json<'a> {
    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Iterates over consecutive values of a document.
#[derive(Debug, Clone, Copy)]
struct Nodes<'a> {
    document: &'a Document,
    from: usize,
    to: usize,
}

#[expect(clippy::copy_iterator, reason = "each user iterates over its own copy")]
impl<'a> Iterator for Nodes<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Json<'a>> {
        if self.from >= self.to {
            return None;
        }
        let (document, at) = (self.document, self.from);
        self.from = document.after(at);
        let inside = || Nodes { document, from: at + 1, to: self.from };
        Some(match document.nodes.get(at)? {
            Node::Null => Json::Null,
            Node::Bool(bool) => Json::Bool(*bool),
            Node::Number(number) => Json::Number(number),
            Node::Text(from, to) => Json::Text(document.texts.get(*from as usize..*to as usize)?),
            Node::Array(_) => Json::Array(Array(inside())),
            Node::Object(_) => Json::Object(Object(inside(), NameBits::ANY)),
        })
    }
}
