//! Lists the tokens that a service issues and verifies.

use super::evidence::AllEvidence;
use super::functions::{Functions, Id};
use crate::scan::{Place, What, key_name};
use std::collections::{BTreeMap, BTreeSet};

/// A place that signs or verifies a token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TokenRow {
    pub(crate) place: Place,
    pub(crate) function: String,
    /// The type of the claims; `None` if the code around it does not show it.
    pub(crate) claims: Option<String>,
    /// The claims that a verifier requires and the type does not have.
    pub(crate) lacks: Vec<&'static str>,
    /// The names of the keys that sign it.
    pub(crate) keys: BTreeSet<String>,
}

/// The registered claims (RFC 7519, section 4.1) that a verifier requires by default.
const REQUIRED: [&str; 4] = ["iss", "aud", "sub", "exp"];

/// Lists the calls that sign a token.
pub(super) fn issued(functions: &Functions<'_>) -> Vec<TokenRow> {
    let mut rows = Vec::new();
    for (file, scan) in functions.scans.iter().enumerate() {
        for issued in scan.issued.iter().filter(|issued| !issued.test) {
            let tree = functions.type_of(&issued.claims);
            let path = tree.as_ref().and_then(|tree| tree.path());
            let mut structs = functions.scans.iter().flat_map(|scan| &scan.structs);
            let fields = path.and_then(|path| structs.find(|of| path.0.contains(&of.path)));
            let lacks = |name: &&str| fields.is_some_and(|of| !of.fields.iter().any(|field| field == *name));
            rows.push(TokenRow {
                place: issued.place.clone(),
                function: issued.function.map_or_else(String::new, |n| functions.get((file, n)).name.clone()),
                claims: path.map(|path| path.last().to_owned()),
                lacks: REQUIRED.into_iter().filter(lacks).collect(),
                keys: issued
                    .key
                    .iter()
                    .flat_map(|key| keys(functions, issued.function.map(|n| (file, n)), key))
                    .collect(),
            });
        }
    }
    rows.sort();
    rows
}

/// Lists the functions that verify a token.
pub(super) fn verified(functions: &Functions<'_>, evidence: &AllEvidence) -> Vec<TokenRow> {
    let all = functions.all().filter(|(id, function)| !function.test && evidence.own(*id).decodes);
    let row = |function: &crate::scan::Function| TokenRow {
        place: function.place.clone(),
        function: function.name.clone(),
        claims: None,
        lacks: Vec::new(),
        keys: BTreeSet::new(),
    };
    let mut rows: Vec<TokenRow> = all.map(|(_, function)| row(function)).collect();
    rows.sort();
    rows
}

/// A key that signs several kinds of tokens.
#[derive(Debug)]
pub(crate) struct SharedKey<'r> {
    pub(crate) key: &'r str,
    pub(crate) tokens: Vec<&'r TokenRow>,
}

/// Finds the keys that sign several kinds of tokens: of several types, or refresh tokens too.
pub(crate) fn shared_keys(issued: &[TokenRow]) -> Vec<SharedKey<'_>> {
    let mut by_key: BTreeMap<&str, Vec<&TokenRow>> = BTreeMap::new();
    for row in issued {
        row.keys.iter().for_each(|key| by_key.entry(key).or_default().push(row));
    }
    let is_refresh = |row: &&TokenRow| row.function.contains("refresh");
    by_key
        .into_iter()
        .map(|(key, tokens)| SharedKey { key, tokens })
        .filter(|SharedKey { tokens, .. }| {
            let types: BTreeSet<&str> = tokens.iter().filter_map(|row| row.claims.as_deref()).collect();
            types.len() > 1 || (tokens.iter().any(is_refresh) && !tokens.iter().all(is_refresh))
        })
        .collect()
}

/// A key is rarely passed on more often.
const DEPTH: usize = 4;

/// Returns the names of a key. A parameter has the names that its callers pass.
fn keys(functions: &Functions<'_>, within: Option<Id>, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![(within, name.to_owned())];
    for _ in 0..DEPTH {
        for (within, name) in std::mem::take(&mut open) {
            let callers = within.map_or_else(Vec::new, |id| passed(functions, id, &name));
            if callers.is_empty() {
                found.insert(name);
            }
            open.extend(callers);
        }
    }
    found.extend(open.into_iter().map(|(_, name)| name));
    found
}

/// Returns what the callers of a function pass as this parameter.
fn passed(functions: &Functions<'_>, id: Id, parameter: &str) -> Vec<(Option<Id>, String)> {
    let function = functions.get(id);
    let named = |bindings: &[String]| bindings.iter().any(|name| name == parameter);
    let Some(place) = function.parameters.iter().position(|parameter| named(&parameter.bindings)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (file, scan) in functions.scans.iter().enumerate() {
        for occurrence in scan.occurrences.iter().filter(|occurrence| !occurrence.test) {
            let arguments = match &occurrence.what {
                What::Path { meant, arguments } if functions.find(meant) == Some(id) => arguments,
                What::Method { name, arguments, .. } if function.method && *name == function.name => arguments,
                _ => continue,
            };
            let argument = arguments.get(place).and_then(|argument| syn::parse_str(argument).ok());
            let name = argument.and_then(|argument: syn::Expr| key_name(&argument));
            found.extend(name.map(|name| (occurrence.function.map(|number| (file, number)), name)));
        }
    }
    found
}
