//! JSON as RFC 8725 wants it read: one object, no member twice at any depth, no deeper than a token needs.
//!
//! `serde_json` parses; what is kept of it takes two allocations, however many members there are.

mod decode;
mod reader;
#[cfg(test)]
mod tests;
mod weight;

pub(crate) use weight::block;

use serde_json::Number;

/// A JSON object that was read strictly.
#[derive(Debug)]
pub(crate) struct Document {
    /// All names and texts, one after another.
    texts: String,
    /// All values, each before what is in it. The first is the object itself.
    nodes: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    /// From here to there in the texts. Places have 32 bits: a node is as small as a number then.
    Text(u32, u32),
    /// What is in it goes up to this node.
    Array(u32),
    /// As an array; a member is a text and a value.
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
pub(crate) struct Object<'a>(Nodes<'a>);

impl Document {
    /// The object that it is.
    pub(crate) fn root(&self) -> Object<'_> {
        Object(Nodes { document: self, from: 1, to: self.nodes.len() })
    }

    /// Whether a node is this text. Most differ in their length or their first letter, for which nobody is called.
    fn is(&self, node: &Node, text: &str) -> bool {
        let Node::Text(from, to) = *node else { return false };
        let (from, to) = (from as usize, to as usize);
        to - from == text.len()
            && self.texts.as_bytes().get(from..to).is_some_and(|known| known.iter().eq(text.as_bytes()))
    }

    /// The node after a value and all that is in it.
    fn after(&self, at: usize) -> usize {
        match self.nodes.get(at) {
            Some(Node::Array(end) | Node::Object(end)) => *end as usize,
            _ => at + 1,
        }
    }
}

impl<'a> Object<'a> {
    /// The member of this name. There is one at most.
    pub(crate) fn get(self, name: &str) -> Option<Json<'a>> {
        let Self(Nodes { document, mut from, to }) = self;
        while from < to {
            let (known, value) = (document.nodes.get(from)?, from + 1);
            if document.is(known, name) {
                return Nodes { document, from: value, to }.next();
            }
            from = document.after(value);
        }
        None
    }

    pub(crate) fn contains(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn members(self) -> impl Iterator<Item = (&'a str, Json<'a>)> {
        let Self(mut nodes) = self;
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

/// Some of the values of a document, one after another.
#[derive(Debug, Clone, Copy)]
struct Nodes<'a> {
    document: &'a Document,
    from: usize,
    to: usize,
}

#[expect(clippy::copy_iterator, reason = "whoever iterates owns a copy")]
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
            Node::Object(_) => Json::Object(Object(inside())),
        })
    }
}
