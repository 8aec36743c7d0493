//! Names a permission by its structure: [`PermissionName`].

use super::Permission;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fmt::{self, Write};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Names a permission by its structure. Different permissions have different names and texts.
///
/// ```
/// use auth_runtime::permissions::PermissionName;
///
/// let scope = |name: &'static str| PermissionName::Scope(name.into());
/// let both = PermissionName::All(vec![scope("a"), scope("b")]);
/// let any = PermissionName::Any(vec![both, scope("d")]);
/// assert_eq!(any.to_string(), "any of (all of (a, b), d)");
/// ```
///
/// Each part of the text is a plain word, or in quotes: `admin in realm_access.roles` is a claim
/// inside another one, and `admin in "realm_access.roles"` is not. A permission that the service
/// implements has its type next to its name: `staff by app::Staff`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PermissionName {
    /// A scope of the token.
    Scope(Cow<'static, str>),
    /// A text in a claim of the token.
    Claim {
        /// The text.
        value: Cow<'static, str>,
        /// The names that lead to the claim.
        path: Vec<Cow<'static, str>>,
    },
    /// The name of a member in a claim of the token.
    KeyOfClaim {
        /// The name.
        value: Cow<'static, str>,
        /// The names that lead to the claim.
        path: Vec<Cow<'static, str>>,
    },
    /// A permission or a rule that the service implements.
    Check {
        /// Its `NAME`.
        name: Cow<'static, str>,
        /// Its type, as the compiler names it.
        by: Cow<'static, str>,
    },
    /// All of several: a tuple.
    All(Vec<Self>),
    /// At least one of several: [`AnyOf`](crate::AnyOf).
    Any(Vec<Self>),
}

impl PermissionName {
    /// Returns the name of a permission.
    pub(crate) fn of<C, P: Permission<C>>() -> Self {
        let mut names = Names::default();
        P::names(&mut names);
        Self::All(names.0).canonical()
    }

    /// Returns the name of a permission or a rule that decides by code.
    pub(crate) fn of_check<T: ?Sized>(name: &'static str) -> Self {
        Self::Check { name: name.into(), by: std::any::type_name::<T>().into() }
    }

    /// Returns the name of a rule by its type, where its `NAME` is not known.
    pub(crate) fn of_rule(by: &'static str) -> Self {
        Self::Check { name: "declared rule".into(), by: by.into() }
    }

    /// Flattens a tuple in a tuple and a group of one, which have no meaning.
    #[must_use]
    pub fn canonical(self) -> Self {
        let single = |mut parts: Vec<Self>, group: fn(Vec<Self>) -> Self| match parts.len() {
            1 => parts.remove(0),
            _ => group(parts),
        };
        match self {
            Self::All(parts) => {
                let flat = parts.into_iter().map(Self::canonical).flat_map(|part| match part {
                    Self::All(parts) => parts,
                    other => vec![other],
                });
                single(flat.collect(), Self::All)
            }
            Self::Any(parts) => single(parts.into_iter().map(Self::canonical).collect(), Self::Any),
            other => other,
        }
    }

    /// Returns the permissions that must all be granted: the parts of a tuple.
    #[must_use]
    pub fn into_parts(self) -> Vec<Self> {
        match self.canonical() {
            Self::All(parts) => parts,
            one => vec![one],
        }
    }

    /// Adds the scopes in it, each of which can be a part of what is required.
    pub(crate) fn scopes<'a>(&'a self, scopes: &mut BTreeSet<&'a str>) {
        match self {
            Self::Scope(scope) => drop(scopes.insert(scope)),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.scopes(scopes)),
            Self::Claim { .. } | Self::KeyOfClaim { .. } | Self::Check { .. } => {}
        }
    }

    /// Returns the text, interned for the life of the program: one for each type of permission.
    pub(crate) fn text(self) -> &'static str {
        static TEXTS: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
        let text = self.to_string();
        // A panic cannot leave the set half changed.
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(interned) = texts.get(text.as_str()) {
            return interned;
        }
        let text: &'static str = text.leak();
        texts.insert(text);
        text
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(scope) => word(f, scope, ""),
            Self::Claim { value, path } => held(f, value, " in ", path),
            Self::KeyOfClaim { value, path } => held(f, value, " in keys of ", path),
            Self::Check { name, by } => {
                word(f, name, "")?;
                f.write_str(" by ")?;
                word(f, by, "")
            }
            Self::All(parts) => group(f, "all of", parts),
            Self::Any(parts) => group(f, "any of", parts),
        }
    }
}

fn held(f: &mut fmt::Formatter<'_>, value: &str, place: &str, path: &[Cow<'static, str>]) -> fmt::Result {
    word(f, value, "")?;
    f.write_str(place)?;
    for (place, name) in path.iter().enumerate() {
        if place > 0 {
            f.write_char('.')?;
        }
        word(f, name, ".")?;
    }
    Ok(())
}

fn group(f: &mut fmt::Formatter<'_>, of: &str, parts: &[PermissionName]) -> fmt::Result {
    write!(f, "{of} (")?;
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            f.write_str(", ")?;
        }
        part.write(f)?;
    }
    f.write_char(')')
}

/// Writes a plain word, or a string in quotes.
///
/// All that is not printable ASCII is escaped, because different texts must not look alike.
fn word(f: &mut fmt::Formatter<'_>, text: &str, separators: &str) -> fmt::Result {
    let is_plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '(' | ')' | ',') && !separators.contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return f.write_str(text);
    }
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            ' ' => f.write_char(c)?,
            c if c.is_ascii_graphic() => f.write_char(c)?,
            c => write!(f, "{}", c.escape_unicode())?,
        }
    }
    f.write_char('"')
}

impl fmt::Display for PermissionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clone().canonical().write(f)
    }
}

/// Serializes as its text.
impl Serialize for PermissionName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Collects the names of a permission.
// P2: it has no name outside this crate, so no other permission can write a false name.
#[derive(Debug, Default)]
pub struct Names(pub(super) Vec<PermissionName>);

impl Names {
    pub(super) fn push(&mut self, name: PermissionName) {
        self.0.push(name);
    }
}
