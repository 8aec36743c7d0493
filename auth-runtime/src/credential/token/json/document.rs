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
    pub(super) names: NamePlaces,
}

/// Finds the names of an object by their first and last letter.
///
/// Most names need no search then, whether the object has them or not.
#[derive(Debug)]
pub(super) struct NamePlaces([u8; 64]);

/// The place of a name in an object.
pub(super) enum Place {
    /// The object does not have the name.
    Nowhere,
    /// Only this node can be the name.
    Only(usize),
    /// Several names share a slot, so they have to be searched.
    Shared,
}

impl NamePlaces {
    pub(super) const NONE: Self = Self([0; 64]);
    /// Also of a name at a node with a greater number.
    const SHARED: u8 = u8::MAX;

    #[inline]
    pub(super) fn find(&self, name: &str) -> Place {
        match self.0[Self::slot(name)] {
            // The node of the object itself, or one outside of it.
            0 => Place::Nowhere,
            Self::SHARED => Place::Shared,
            at => Place::Only(at.into()),
        }
    }

    /// Adds a name at a node.
    pub(super) fn add(&mut self, name: &str, at: usize) {
        let place = &mut self.0[Self::slot(name)];
        let first = u8::try_from(at).unwrap_or(Self::SHARED);
        *place = if *place == 0 { first } else { Self::SHARED };
    }

    /// The names of registered claims and of those that must not occur have different slots.
    #[inline]
    fn slot(name: &str) -> usize {
        let end = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
        let (first, last) = (name.as_bytes().first(), name.as_bytes().last());
        (end(first) + 7 * end(last)) % 64
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

/// The members of an object in a [`Document`], and their places if they were recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a>(Nodes<'a>, Option<&'a NamePlaces>);

impl Document {
    /// The object itself.
    pub(crate) fn root(&self) -> Object<'_> {
        Object(Nodes { document: self, from: 1, to: self.nodes.len() }, Some(&self.names))
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
    // Inlined, because most names are constants, so that the compiler computes their slots.
    #[inline]
    pub(crate) fn get(self, name: &str) -> Option<Json<'a>> {
        match self.1.map_or(Place::Shared, |places| places.find(name)) {
            Place::Nowhere => None,
            Place::Only(at) => self.get_at(at, name),
            Place::Shared => self.search(name),
        }
    }

    /// The member of this name, if its name is at a node.
    fn get_at(self, at: usize, name: &str) -> Option<Json<'a>> {
        let Nodes { document, to, .. } = self.0;
        let is_name = document.nodes.get(at).is_some_and(|key| document.is(key, name));
        if is_name { Nodes { document, from: at + 1, to }.next() } else { None }
    }

    fn search(self, name: &str) -> Option<Json<'a>> {
        let Nodes { document, mut from, to } = self.0;
        while from < to {
            if let Some(member) = self.get_at(from, name) {
                return Some(member);
            }
            from = document.after(from + 1);
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
        let inside = |to: u32| Nodes { document, from: at + 1, to: to as usize };
        // The end is read here as well, because `Document::after` would match the node again.
        let (value, after) = match document.nodes.get(at)? {
            Node::Null => (Json::Null, at + 1),
            Node::Bool(bool) => (Json::Bool(*bool), at + 1),
            Node::Number(number) => (Json::Number(number), at + 1),
            Node::Text(from, to) => (Json::Text(document.texts.get(*from as usize..*to as usize)?), at + 1),
            Node::Array(end) => (Json::Array(Array(inside(*end))), *end as usize),
            Node::Object(end) => (Json::Object(Object(inside(*end), None)), *end as usize),
        };
        self.from = after;
        Some(value)
    }
}
