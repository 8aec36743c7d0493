//! One line of a lock.

use super::verifier_rows::ALWAYS;
use super::words::{Words, list, word};
use auth_runtime::Claims;
use auth_runtime::permissions::PermissionName;
use auth_runtime::posture::{LayerPosture, Policy, RoutePosture};
use std::fmt;

/// Holds a method and a path, with the decision about them.
///
/// ```
/// use auth_testkit::lock::{Decided, Lock, LockError};
///
/// let lock = Lock::parse("GET /health PUBLIC \"load balancer probe\"")?;
/// let row = lock.rows().next().expect("a row");
/// assert_eq!((&*row.method, &*row.path), ("GET", "/health"));
/// assert!(matches!(row.decided, Decided::Public { .. }));
/// # Ok::<(), LockError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// As the posture has it: `GET`, `ANY`, `FALLBACK`, `JOB`.
    pub method: String,
    /// The path in axum's syntax, or the name of a job.
    pub path: String,
    /// The decision.
    pub decided: Decided,
    /// The conditions that its verifier requires, and another verifier of the same claims does not.
    ///
    /// Without those that the route waives.
    pub conditions: Vec<String>,
    /// The names of the layers around it, outermost last.
    pub layers: Vec<String>,
}

/// Names a decision, as a lock stores it.
///
/// ```
/// use auth_testkit::lock::{Decided, Lock};
///
/// /// The public routes, with their reasons.
/// fn public(lock: &Lock) -> Vec<(&str, Option<&str>)> {
///     let public = lock.rows().filter_map(|row| match &row.decided {
///         Decided::Public { reason, .. } | Decided::Visitor { reason, .. } => {
///             Some((&*row.path, reason.as_deref()))
///         }
///         _ => None,
///     });
///     public.collect()
/// }
/// # let _ = public;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decided {
    /// The caller must be authenticated.
    Authenticated {
        /// The type of the claims.
        claims: String,
        /// The permissions that the caller needs, all of them.
        requires: Vec<PermissionName>,
        /// The types of the rules that the handler must ask before it answers.
        rules: Vec<String>,
        /// The conditions of the verifier that the route waives.
        despite: Vec<PermissionName>,
    },
    /// Every client may call it.
    Public {
        /// The reason, if there is one.
        reason: Option<String>,
        /// The last day, as `YYYY-MM-DD`.
        until: Option<String>,
        /// The resources whose vaults it opens without a caller.
        opens: Vec<String>,
    },
    /// Every client may call it, and authenticated callers are recognised.
    Visitor {
        /// The type of the claims.
        claims: String,
        /// The reason, if there is one.
        reason: Option<String>,
        /// The last day, as `YYYY-MM-DD`.
        until: Option<String>,
    },
    /// The request must be signed by this sender.
    Signed {
        /// The name of the sender.
        sender: String,
        /// How it signs: the header, the signed text, and how old a request may be.
        scheme: String,
        /// The resources whose vaults it opens.
        opens: Vec<String>,
    },
    /// The request must have the token of the one-time set-up.
    Setup {
        /// The reason, if there is one.
        reason: Option<String>,
        /// The resources whose vaults it opens once it is closed.
        opens: Vec<String>,
    },
    /// Work without a caller.
    Job {
        /// The reason.
        reason: String,
        /// The resources whose vaults it opens.
        opens: Vec<String>,
    },
    /// No route matches: 404 or 405.
    Unmatched,
}

impl Row {
    /// `None` for a kind of decision that this version does not know. The omission is visible,
    /// because the file changes with the version.
    pub(super) fn of(row: &RoutePosture, layers: &[LayerPosture]) -> Option<Self> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let decided = match &row.policy {
            Policy::Authenticated { claims, permissions, rules, despite } => Decided::Authenticated {
                claims: public_name(claims),
                requires: permissions.clone(),
                rules: owned(rules),
                despite: despite.clone(),
            },
            Policy::Public { reason, expires, opens } => Decided::Public {
                reason: reason.as_deref().map(str::to_owned),
                until: expires.map(|day| day.to_string()),
                opens: owned(opens),
            },
            Policy::Visitor { claims, reason, expires } => Decided::Visitor {
                claims: public_name(claims),
                reason: reason.as_deref().map(str::to_owned),
                until: expires.map(|day| day.to_string()),
            },
            Policy::Signed { sender, scheme, opens, .. } => {
                Decided::Signed { sender: (*sender).to_owned(), scheme: scheme.clone(), opens: owned(opens) }
            }
            Policy::Setup { reason, opens } => {
                Decided::Setup { reason: reason.as_deref().map(str::to_owned), opens: owned(opens) }
            }
            Policy::Job { reason, opens } => Decided::Job { reason: (*reason).to_owned(), opens: owned(opens) },
            Policy::Unmatched => Decided::Unmatched,
            _ => return None,
        };
        let path = if row.method == "JOB" { row.handler } else { &row.path };
        let name = |ty: &&str| layers.iter().find(|layer| layer.type_name == *ty).map(|layer| layer.name.clone());
        let layers = row.layers.iter().filter_map(name).collect();
        let always = row.verifier.iter().flat_map(|verifier| &verifier.always_requires);
        let is_waived = |name: &&&str| decided.despite().iter().any(|waived| waived.to_string() == **name);
        let conditions = always.filter(|name| !is_waived(name)).map(|name| (*name).to_owned()).collect();
        Some(Self { method: row.method.to_owned(), path: path.to_owned(), decided, conditions, layers })
    }

    /// The sort key: routes by path, then jobs and unmatched requests.
    pub(super) fn key(&self) -> (bool, String, String) {
        let is_route = self.method.bytes().all(|byte| byte.is_ascii_uppercase())
            && !matches!(self.method.as_str(), "JOB" | "FALLBACK");
        (!is_route, self.path.clone(), self.method.clone())
    }

    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let mut words = Words(line);
        let method = words.next("a method")?;
        let path = words.next("a path")?;
        let decided = match words.next("a decision")?.as_str() {
            "authenticated" => {
                words.keyword("as")?;
                let claims = words.next("the type of the claims")?;
                let (requires, rules) = (words.permissions("requires")?, words.list("rule")?);
                Decided::Authenticated { claims, requires, rules, despite: words.permissions("despite")? }
            }
            // A reason is quoted, so the word is not its beginning.
            "PUBLIC" if words.peek() == "recognises" => Decided::Visitor {
                claims: words.optional("recognises")?.unwrap_or_default(),
                reason: words.reason()?,
                until: words.optional("until")?,
            },
            "PUBLIC" => Decided::Public {
                reason: words.reason()?,
                until: words.optional("until")?,
                opens: words.list("opens")?,
            },
            "SIGNED" => {
                words.keyword("by")?;
                let sender = words.next("the name of the sender")?;
                words.keyword("in")?;
                let scheme = words.next("the scheme of the sender")?;
                Decided::Signed { sender, scheme, opens: words.list("opens")? }
            }
            "SETUP" => Decided::Setup { reason: words.reason()?, opens: words.list("opens")? },
            "JOB" => Decided::Job { reason: words.next("a reason")?, opens: words.list("opens")? },
            "unmatched" => Decided::Unmatched,
            other => {
                return Err(format!(
                    "unknown decision: {other:?}: use `authenticated`, `PUBLIC`, `SIGNED`, `SETUP`, `JOB` or \
                     `unmatched`"
                ));
            }
        };
        let (conditions, layers) = (words.list(ALWAYS)?, words.list(BEHIND)?);
        words.end()?;
        Ok(Self { method, path, decided, conditions, layers })
    }
}

/// The path of the default claims without its private module, which may move.
pub(crate) fn public_name(claims: &str) -> String {
    if claims == std::any::type_name::<Claims>() { "auth_runtime::Claims".to_owned() } else { claims.to_owned() }
}

/// The word before the layers of a row. Not `in`, which is a word of permissions.
const BEHIND: &str = "behind";
/// The first word of a row that describes a layer.
const LAYER: &str = "LAYER ";

/// Reads the name and the type of a layer, if the line describes one.
pub(super) fn parse_layer(line: &str) -> Result<Option<(String, String)>, String> {
    let Some(rest) = line.strip_prefix(LAYER) else { return Ok(None) };
    let mut words = Words(rest);
    let layer = (words.next("the name of a layer")?, words.next("the type of the layer")?);
    words.end()?;
    Ok(Some(layer))
}

/// Writes the row of a layer.
pub(super) fn layer_row(name: &str, type_name: &str) -> String {
    format!("{LAYER}{} {}", word(name), word(type_name))
}

/// The reason and the last day of an opt-out.
struct Opened<'a>(Option<&'a String>, Option<&'a String>);

impl fmt::Display for Opened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // Always quoted, because a sentence may contain a keyword.
            Some(reason) => write!(f, "{}", serde_json::Value::from(reason.as_str()))?,
            None => f.write_str("without a reason")?,
        }
        self.1.map_or(Ok(()), |day| write!(f, " until {}", word(day)))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", word(&self.method), word(&self.path), self.decided)?;
        list(f, ALWAYS, &self.conditions)?;
        list(f, BEHIND, &self.layers)
    }
}

impl Decided {
    /// Returns the claims type, for a decision that has one.
    pub(super) fn claims(&self) -> Option<&str> {
        match self {
            Self::Authenticated { claims, .. } | Self::Visitor { claims, .. } => Some(claims),
            Self::Public { .. } | Self::Signed { .. } | Self::Setup { .. } | Self::Job { .. } | Self::Unmatched => None,
        }
    }

    /// Returns the conditions that it waives.
    pub(super) fn despite(&self) -> &[PermissionName] {
        if let Self::Authenticated { despite, .. } = self { despite } else { &[] }
    }
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authenticated { claims, requires, rules, despite } => {
                write!(f, "authenticated as {}", word(claims))?;
                // The text of a permission quotes itself.
                for (place, permission) in requires.iter().enumerate() {
                    write!(f, " {} {permission}", if place == 0 { "requires" } else { "and" })?;
                }
                list(f, "rule", rules)?;
                for (place, condition) in despite.iter().enumerate() {
                    write!(f, " {} {condition}", if place == 0 { "despite" } else { "and" })?;
                }
                Ok(())
            }
            Self::Public { reason, until, opens } => {
                write!(f, "PUBLIC {}", Opened(reason.as_ref(), until.as_ref()))?;
                list(f, "opens", opens)
            }
            Self::Visitor { claims, reason, until } => {
                let opened = Opened(reason.as_ref(), until.as_ref());
                write!(f, "PUBLIC recognises {} {opened}", word(claims))
            }
            Self::Signed { sender, scheme, opens } => {
                write!(f, "SIGNED by {} in {}", word(sender), word(scheme))?;
                list(f, "opens", opens)
            }
            Self::Setup { reason, opens } => {
                write!(f, "SETUP {}", Opened(reason.as_ref(), None))?;
                list(f, "opens", opens)
            }
            Self::Job { reason, opens } => {
                write!(f, "JOB {}", serde_json::Value::from(reason.as_str()))?;
                list(f, "opens", opens)
            }
            Self::Unmatched => f.write_str("unmatched"),
        }
    }
}
