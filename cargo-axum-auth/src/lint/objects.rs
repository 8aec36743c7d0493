//! Finds objects that are loaded by an id without a rule about their owner.

use super::Finding;
use super::extractors::Extractors;
use super::rules::ID_WITHOUT_PERMIT;
use crate::scan::{FileScan, Function, Parameter};

pub(super) fn find(scan: &FileScan, extractors: &Extractors, findings: &mut Vec<Finding>) {
    for function in &scan.functions {
        if let Some(why) = reaches_any_object(function, extractors) {
            findings.push(Finding::new(&ID_WITHOUT_PERMIT, &function.place, why, function.test));
        }
    }
}

/// INC-80, INC-82: an authenticated caller, an id in the path, and no rule that connects them.
fn reaches_any_object(function: &Function, extractors: &Extractors) -> Option<String> {
    let authenticated = function.attributes.iter().any(|a| a.is("auth_runtime::authenticated"));
    let proof = function.parameters.iter().find(|p| p.ty.is("auth_runtime::Authenticated"));
    if !authenticated && proof.is_none() {
        return None;
    }
    let id = function.parameters.iter().find_map(id)?;
    let permits = |token: &String| token.starts_with("permit") || token == "Permitted";
    let signature = || function.parameters.iter().flat_map(|parameter| &parameter.tokens);
    if function.body.iter().chain(signature()).any(permits) {
        return None;
    }
    let proof = proof.and_then(|proof| proof.bindings.first());
    let looked_at = proof.is_some_and(|name| {
        // `pool.open(&auth)` shows that the caller is authenticated, not who it is.
        let opens = ["open", "(", "&", name.as_str()];
        let mentions = function.body.iter().filter(|token| *token == name).count();
        mentions > function.body.windows(4).filter(|window| window.iter().eq(opens.iter())).count()
    });
    // The caller from an extractor of the service: `user: CurrentUser`.
    let used =
        |parameter: &&Parameter| parameter.bindings.iter().any(|name| function.body.iter().any(|token| token == name));
    let passed_on =
        function.parameters.iter().filter(used).any(|parameter| extractors.carries_the_caller(&parameter.tree));
    (!looked_at && !passed_on).then(|| format!("`{}` takes `{id}` and never looks at the caller", function.name))
}

/// Returns the id in a `Path<..>`, by the name of its variable or by its type.
fn id(parameter: &Parameter) -> Option<&str> {
    if !parameter.ty.ends_in("Path") || parameter.ty.is("std::path::Path") {
        return None;
    }
    let named = |name: &&String| {
        let name = name.to_lowercase();
        ["id", "uuid", "key", "number", "slug"].iter().any(|end| name == *end || name.ends_with(&format!("_{end}")))
    };
    let typed = |token: &&String| {
        token.ends_with("Id")
            || token.ends_with("ID")
            || ["Uuid", "i32", "i64", "u32", "u64", "u128"].contains(&token.as_str())
    };
    parameter.bindings.iter().find(named).or_else(|| parameter.tokens.iter().find(typed)).map(String::as_str)
}
