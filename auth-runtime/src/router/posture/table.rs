//! Displays the posture as a table.

use super::{LayerPosture, Policy, Posture, RoutePosture};
use crate::base::Date;
use crate::credential::token::{Claims, claims_name};
use std::collections::BTreeSet;
use std::fmt;
use std::time::SystemTime;

impl fmt::Display for Posture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let today = Date::of(SystemTime::now());
        let heads: Vec<&str> =
            self.routes.iter().filter(|route| route.method == "HEAD").map(|route| route.path.as_str()).collect();
        let layers = self.layers();
        let rows: Vec<[String; 4]> = self
            .routes
            .iter()
            .map(|route| cells(route, &layers, today, route.method == "GET" && !heads.contains(&route.path.as_str())))
            .collect();
        let headings = ["METHOD", "PATH", "POLICY", "HANDLER"].map(str::to_owned);
        let width = |column: usize| {
            rows.iter().chain([&headings]).map(|row| row[column].chars().count()).max().unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        for [method, path, policy, handler] in [&headings].into_iter().chain(&rows) {
            let [method_width, path_width, policy_width] = widths;
            writeln!(f, "{method:method_width$}  {path:path_width$}  {policy:policy_width$}  {handler}")?;
        }
        legend(self, &layers, f)?;
        for verifier in self.verifiers() {
            writeln!(f, "\nVERIFIER of {}", short(verifier.claims))?;
            for line in verifier.to_string().lines() {
                writeln!(f, "  {}", plain(line))?;
            }
        }
        let setups: BTreeSet<&str> = self.routes.iter().filter_map(|route| route.setup.as_deref()).collect();
        for settings in setups {
            writeln!(f, "\nSETUP")?;
            for line in settings.lines() {
                writeln!(f, "  {}", plain(line))?;
            }
        }
        for sender in self.senders() {
            writeln!(f, "\nSENDER {}", sender.name)?;
            for line in sender.to_string().lines() {
                writeln!(f, "  {}", plain(line))?;
            }
        }
        Ok(())
    }
}

fn cells(route: &RoutePosture, layers: &[LayerPosture], today: Date, answers_head: bool) -> [String; 4] {
    // A GET route answers HEAD as well, through the same handler, unless HEAD has its own.
    let method = if answers_head { "GET(+HEAD)" } else { route.method };
    let mut policy = plain(&route.policy.to_string());
    if let Some(day) = route.policy.expired_on(today) {
        policy = format!("{policy}, EXPIRED on {day}");
    }
    let mut handler = if route.policy == Policy::Unmatched {
        route.handler.to_owned()
    } else {
        // Without the crate and the folders, because most rows share them; JSON has them.
        let handler = route.handler.split_once("::").map_or(route.handler, |(_, rest)| rest);
        let file = route.location.file();
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
        format!("{handler} {file}:{}", route.location.line())
    };
    if route.policy == Policy::Unmatched && !route.layers.is_empty() {
        "what the layers answer, else 404 or 405, for every caller".clone_into(&mut policy);
    }
    if !route.layers.is_empty() {
        let name = |ty: &&str| layers.iter().find(|layer| layer.type_name == *ty).map(|layer| layer.name.as_str());
        let names: Vec<&str> = route.layers.iter().filter_map(name).collect();
        handler = format!("{handler} behind {}", names.join(", "));
    }
    [method.to_owned(), route.path.clone(), policy, handler]
}

/// A longer type is shown without its paths.
const LONG: usize = 60;

/// Explains the words of the table, and lists the layers once.
fn legend(posture: &Posture, layers: &[LayerPosture], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let has = |method: &str| posture.routes.iter().any(|route| route.method == method);
    let words = [
        (has("FALLBACK"), "FALLBACK", "paths without a route"),
        (
            has("FALLBACK(405)"),
            "FALLBACK(405)",
            "methods without a handler, of one path, or with `/*` of all paths below that have no such row",
        ),
        (!layers.is_empty(), "LAYER", "runs before the decision and may answer by itself; the outermost is last"),
    ];
    let words: Vec<_> = words.into_iter().filter(|(is_used, ..)| *is_used).collect();
    if !words.is_empty() {
        writeln!(f)?;
    }
    for (_, word, meaning) in words {
        writeln!(f, "{word}: {meaning}")?;
    }
    let width = layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or_default();
    for LayerPosture { name, type_name } in layers {
        let ty = if type_name.len() > LONG { short(type_name) } else { (*type_name).to_owned() };
        writeln!(f, "  {name:width$}  {}", plain(&ty))?;
    }
    Ok(())
}

/// As in the table, where `PUBLIC` and `SETUP` stand out.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authenticated { claims, permissions, rules, despite } => {
                f.write_str("authenticated")?;
                // The default claims are omitted.
                if *claims != claims_name::<Claims>() {
                    write!(f, " as {}", short(claims))?;
                }
                for (place, permission) in permissions.iter().enumerate() {
                    write!(f, "{} {permission}", if place == 0 { ", requires" } else { " and" })?;
                }
                if !rules.is_empty() {
                    write!(f, ", rule {}", listed(rules))?;
                }
                for (place, condition) in despite.iter().enumerate() {
                    write!(f, "{} {condition}", if place == 0 { ", despite" } else { " and" })?;
                }
                Ok(())
            }
            Self::Public { reason, expires, opens } => {
                write!(f, "PUBLIC: {}", reason.as_deref().unwrap_or(NO_REASON))?;
                if !opens.is_empty() {
                    write!(f, ", opens {}", listed(opens))?;
                }
                until(*expires, f)
            }
            Self::Visitor { claims, reason, expires } => {
                let reason = reason.as_deref().unwrap_or(NO_REASON);
                write!(f, "PUBLIC, recognises {}: {reason}", short(claims))?;
                until(*expires, f)
            }
            Self::Signed { sender, scheme, opens, .. } => {
                write!(f, "SIGNED by {sender} in {scheme}")?;
                if opens.is_empty() { Ok(()) } else { write!(f, ", opens {}", listed(opens)) }
            }
            Self::Setup { reason, opens } => {
                write!(f, "SETUP: {}", reason.as_deref().unwrap_or(NO_REASON))?;
                if opens.is_empty() { Ok(()) } else { write!(f, ", opens {}", listed(opens)) }
            }
            Self::Job { reason, opens } => {
                write!(f, "no caller: {reason}, opens {}", listed(opens))
            }
            Self::Unmatched => f.write_str("404 or 405 for every caller"),
        }
    }
}

const NO_REASON: &str = "no reason given";

/// The last day of an opt-out.
fn until(expires: Option<Date>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    expires.map_or(Ok(()), |day| write!(f, " (until {day})"))
}

/// Removes the paths from a type: `Vault<Pool>` for `auth_runtime::Vault<app::Pool>`.
fn short(name: &str) -> String {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut shown = String::new();
    let mut rest = name;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
        let (path, after) = rest.split_at(end);
        shown.push_str(path.rsplit("::").next().unwrap_or(path));
        let next = after.find(is_path).unwrap_or(after.len());
        shown.push_str(&after[..next]);
        rest = &after[next..];
    }
    shown
}

fn listed(types: &[&str]) -> String {
    types.iter().map(|name| short(name)).collect::<Vec<_>>().join(" and ")
}

/// Replaces line breaks and invisible characters, because the service chooses reasons and names.
fn plain(text: &str) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if invisible(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
