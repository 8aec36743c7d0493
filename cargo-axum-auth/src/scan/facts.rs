//! The types of a scan.

use super::{Check, TypeTree};
use crate::names::Parts;
use std::ops::Range;

/// A place in a file. Line and column begin with 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

#[derive(Debug)]
pub(crate) struct Occurrence {
    pub(crate) place: Place,
    /// The function around it, by its number in
    /// [`FileScan::functions`](super::FileScan::functions).
    pub(crate) function: Option<usize>,
    pub(crate) test: bool,
    /// The module that it stands in, the crate first.
    pub(crate) module: Parts,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    /// A path in an expression, a type, a pattern or a macro; with its arguments where it is
    /// called.
    Path { meant: ResolvedPath, arguments: Vec<String> },
    /// A type that waives this condition: `auth_runtime::Despite<OwnPassword>`.
    Waives(String),
    /// A path that this crate re-exports.
    Reexport(ResolvedPath),
    /// A method call. `root` is the start of the chain of receivers, if the file shows its path or
    /// its type. `last` is the same of the last argument.
    Method {
        name: String,
        turbofish: String,
        arguments: Vec<String>,
        root: Option<ResolvedPath>,
        last: Option<ResolvedPath>,
    },
    /// A macro call, with its tokens.
    Macro { meant: ResolvedPath, body: String },
    /// An attribute of a function, with its arguments, and the function's name and first parameter.
    ///
    /// `condition` is that of a `cfg_attr` around it.
    Attribute {
        meant: ResolvedPath,
        arguments: String,
        function: String,
        first: Option<FirstParameter>,
        condition: Option<String>,
    },
    /// An attribute that lowers the level of a lint.
    Relaxed { lint: String, over: Over },
    /// `unsafe`, and the kind of code behind it.
    Unsafe(&'static str),
}

/// The code that an attribute applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Over {
    /// The module of the occurrence: its other files too.
    Module,
    /// These occurrences of the file.
    Code(Range<usize>),
}

/// The type of a first parameter, and its last generic argument, which is the reason in `Public<R>`
/// and `Visitor<C, R>`.
#[derive(Debug, Clone)]
pub(crate) struct FirstParameter {
    pub(crate) ty: ResolvedPath,
    pub(crate) argument: Option<ResolvedPath>,
}

/// All meanings of a path.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedPath(pub(crate) Vec<Parts>);

impl ResolvedPath {
    /// Whether it may be exactly this.
    pub(crate) fn is(&self, path: &str) -> bool {
        self.0.iter().any(|parts| parts.iter().map(String::as_str).eq(path.split("::")))
    }

    /// Whether it may be this or something in it.
    pub(crate) fn is_in(&self, path: &str) -> bool {
        self.0.iter().any(|parts| {
            let mut parts = parts.iter();
            path.split("::").all(|wanted| parts.next().is_some_and(|part| part == wanted))
        })
    }

    /// Whether it may end in this name.
    pub(crate) fn ends_in(&self, name: &str) -> bool {
        self.0.iter().any(|parts| parts.last().is_some_and(|last| last == name))
    }

    /// Returns the crates that it may begin in. `Self` belongs to the file.
    pub(crate) fn crates(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|parts| parts.len() > 1 && parts[0] != "Self").map(|parts| parts[0].as_str())
    }

    pub(crate) fn last(&self) -> &str {
        self.0.first().and_then(|parts| parts.last()).map_or("", String::as_str)
    }
}

/// A function with a body.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Its path, by each meaning of the type whose function it is.
    pub(crate) paths: Vec<Parts>,
    pub(crate) place: Place,
    pub(crate) test: bool,
    pub(crate) asynchronous: bool,
    /// Whether it has a receiver.
    pub(crate) method: bool,
    pub(crate) attributes: Vec<ResolvedPath>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Option<TypeTree>,
    /// The body, token by token.
    pub(crate) body: Vec<String>,
    /// Where the result of an authentication is softened, and how.
    pub(crate) softened: Vec<(Place, String)>,
    /// The permissions that its body checks.
    pub(crate) checks: Vec<Check>,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    /// The names that its pattern binds.
    pub(crate) bindings: Vec<String>,
    pub(crate) ty: ResolvedPath,
    /// The type, token by token.
    pub(crate) tokens: Vec<String>,
    /// The type, with its aliases followed.
    pub(crate) tree: TypeTree,
}

/// The attributes that decide about a handler.
const ATTRIBUTES: [&str; 4] =
    ["auth_runtime::authenticated", "auth_runtime::public", "auth_runtime::setup", "auth_runtime::signed"];

impl Function {
    /// Whether a parameter is the head of a request, or a part of it.
    pub(crate) fn takes_request(&self) -> bool {
        let types = ["CookieJar", "Cookies", "HeaderMap", "Parts", "Request", "SignedCookieJar"];
        let names = ["headers", "parts", "req", "request"];
        self.parameters.iter().any(|parameter| {
            let is_named = parameter.bindings.iter().any(|name| names.contains(&name.as_str()));
            is_named || parameter.tokens.iter().any(|token| types.contains(&token.as_str()))
        })
    }

    /// Whether its body has this word.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.body.iter().any(|token| token == name)
    }

    /// Whether it is a public handler.
    pub(crate) fn is_public_handler(&self) -> bool {
        self.attributes.iter().any(|attribute| attribute.is("auth_runtime::public"))
            || (self.asynchronous
                && self
                    .parameters
                    .first()
                    .is_some_and(|first| first.tree.is_ours("Public") || first.tree.is_ours("Visitor")))
    }

    /// Whether a router may call it: it carries one of our attributes, or begins with a proof.
    pub(crate) fn is_handler(&self) -> bool {
        self.attributes.iter().any(|a| ATTRIBUTES.iter().any(|name| a.is(name)))
            || (self.asynchronous
                && self.parameters.first().is_some_and(|first| {
                    ["Authenticated", "Public", "Setup", "Signed", "Visitor"]
                        .iter()
                        .any(|name| first.ty.is(&format!("auth_runtime::{name}")))
                }))
    }
}

/// `impl Trait for Type`, or a derive. The body of a derive is the fields of the type.
#[derive(Debug)]
pub(crate) struct Implementation {
    pub(crate) place: Place,
    pub(crate) test: bool,
    pub(crate) of: ResolvedPath,
    pub(crate) for_type: String,
    pub(crate) for_path: ResolvedPath,
    /// The body, token by token.
    pub(crate) body: Vec<String>,
    /// The types of the fields, for a derive.
    pub(crate) fields: Vec<TypeTree>,
    /// Its functions and occurrences, by their numbers in the scan.
    pub(crate) functions: Range<usize>,
    pub(crate) occurrences: Range<usize>,
}

impl Implementation {
    /// Whether it is an extractor of axum.
    pub(crate) fn extracts(&self) -> bool {
        ["FromRequestParts", "FromRequest", "OptionalFromRequestParts", "OptionalFromRequest"]
            .iter()
            .any(|name| self.of.ends_in(name))
    }
}
