//! JSON as RFC 8725 wants it read: one object, no member twice at any depth, no deeper than a token needs.
//!
//! `serde_json` parses; what is kept of it takes two allocations, however many members there are.

mod reader;
#[cfg(test)]
mod tests;

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
    /// `null`, `true` or `false`: nobody asks which.
    Literal,
    Number(Number),
    /// From here to there in the texts.
    Text(usize, usize),
    /// What is in it goes up to this node.
    Array(usize),
    /// As an array; a member is a text and a value.
    Object(usize),
}

/// A value in a [`Document`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Json<'a> {
    /// `null`, `true` or `false`.
    Literal,
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
}

impl<'a> Object<'a> {
    /// The member of this name. There is one at most.
    pub(crate) fn get(self, name: &str) -> Option<Json<'a>> {
        self.members().find(|(known, _)| *known == name).map(|(_, value)| value)
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
        let inside = |to| Nodes { document, from: at + 1, to };
        let (json, next) = match document.nodes.get(at)? {
            Node::Literal => (Json::Literal, at + 1),
            Node::Number(number) => (Json::Number(number), at + 1),
            Node::Text(from, to) => (Json::Text(document.texts.get(*from..*to)?), at + 1),
            Node::Array(end) => (Json::Array(Array(inside(*end))), *end),
            Node::Object(end) => (Json::Object(Object(inside(*end))), *end),
        };
        self.from = next;
        Some(json)
    }
}
