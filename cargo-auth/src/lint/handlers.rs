//! Smells in handlers and extractors: a job made for a request, an object that no rule has looked at, authentication that
//! gives way.

use super::Finding;
use super::rules::{
    HAND_DECODED_TOKEN, ID_WITHOUT_PERMIT, JOB_IN_HANDLER, ROUTER_IN_HANDLER, Rule, SOFT_AUTHENTICATION,
    VERIFIER_IN_HANDLER,
};
use crate::sight::{Function, Implementation, Parameter, Seen, Sighting, What};

pub(super) fn find(seen: &Seen, findings: &mut Vec<Finding>) {
    for Sighting { place, test, what, function } in &seen.sightings {
        if let What::Method { name, turbofish, arguments } = what
            && name == "job"
            && (!turbofish.is_empty() || arguments.is_empty())
            && let Some(function) = function.map(|number| &seen.functions[number])
            && function.is_handler()
        {
            findings.push(Finding::new(&JOB_IN_HANDLER, place, format!("in `{}`", function.name), *test));
        }
    }
    made_in_a_handler(seen, findings);
    for function in &seen.functions {
        if let Some(why) = reaches_any_object(function) {
            findings.push(Finding::new(&ID_WITHOUT_PERMIT, &function.place, why, function.test));
        }
        let soft = function.parameters.iter().find_map(|parameter| no_proof(&parameter.tokens));
        if let Some(kind) = soft.filter(|_| function.asynchronous) {
            let item = format!("`{}` takes `{kind}<Authenticated<..>>`, which is no proof", function.name);
            findings.push(Finding::new(&SOFT_AUTHENTICATION, &function.place, item, function.test));
        }
        if takes_tokens_apart(&function.body) {
            let item = format!("`{}`", function.name);
            findings.push(Finding::new(&HAND_DECODED_TOKEN, &function.place, item, function.test));
        }
    }
    for implementation in &seen.implementations {
        if let Some(how) = gives_way(implementation) {
            let item = format!("`{}`: {how}", implementation.for_type);
            findings.push(Finding::new(&SOFT_AUTHENTICATION, &implementation.place, item, implementation.test));
        }
    }
}

/// The runtime refuses these while a request is handled, except in a task that the handler starts.
fn made_in_a_handler(seen: &Seen, findings: &mut Vec<Finding>) {
    for Sighting { place, test, what, function } in &seen.sightings {
        let handler = function.map(|number| &seen.functions[number]).filter(|function| function.is_handler());
        if let (Some(handler), Some(rule)) = (handler, made(what)) {
            findings.push(Finding::new(rule, place, format!("in `{}`", handler.name), *test));
        }
    }
}

fn made(what: &What) -> Option<&'static Rule> {
    let What::Path { meant, .. } = what else { return None };
    // Whatever names it: its type is enough for `Default::default()`, and a handler that is given one can only call it.
    if meant.is_in("auth_runtime::AuthRouter") {
        Some(&ROUTER_IN_HANDLER)
    } else if meant.is("auth_runtime::Verifier::builder") {
        Some(&VERIFIER_IN_HANDLER)
    } else {
        None
    }
}

/// INC-80, INC-82: a known caller, an id in the path, and nobody who asks whose it is.
fn reaches_any_object(function: &Function) -> Option<String> {
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
        // `pool.open(&auth)` shows that somebody is known, not who.
        let opens = ["open", "(", "&", name.as_str()];
        let mentions = function.body.iter().filter(|token| *token == name).count();
        mentions > function.body.windows(4).filter(|window| window.iter().eq(opens.iter())).count()
    });
    (!looked_at).then(|| format!("`{}` takes `{id}` and never looks at who is calling", function.name))
}

/// The id in a `Path<..>`, by the name it is bound to or by its type.
fn id(parameter: &Parameter) -> Option<&str> {
    if parameter.ty.last() != "Path" || parameter.ty.is("std::path::Path") {
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

/// Base64 is decoded where something is split at dots, or where the header of tokens is read.
fn takes_tokens_apart(body: &[String]) -> bool {
    let decodes = body.iter().any(|token| token == "decode" || token == "decode_slice" || token == "decode_vec");
    let base64 = body.iter().any(|token| {
        let token = token.to_lowercase();
        token.contains("base64") || token.contains("url_safe")
    });
    let splits = body.windows(3).any(|window| {
        ["split", "splitn", "rsplit", "rsplitn", "split_once", "rsplit_once"].contains(&window[0].as_str())
            && window[1] == "("
            && (window[2] == "'.'" || window[2] == "\".\"")
    }) || body
        .windows(5)
        .any(|window| window[0].contains("splitn") && window[1] == "(" && (window[4] == "'.'" || window[4] == "\".\""));
    let bearer = body.iter().any(|token| token.to_lowercase().contains("bearer"));
    decodes && base64 && (splits || bearer)
}

/// How an extractor written by hand goes on after a refusal.
fn gives_way(implementation: &Implementation) -> Option<String> {
    let extracts = ["FromRequestParts", "FromRequest", "OptionalFromRequestParts", "OptionalFromRequest"];
    let body = &implementation.body;
    let authenticates = ["Authenticated", "Verifier", "authenticate"].iter().any(|name| body.iter().any(|t| t == name));
    if !extracts.contains(&implementation.of.last()) || !authenticates {
        return None;
    }
    let after = |wanted: &[&str]| body.windows(wanted.len()).any(|window| window.iter().eq(wanted.iter()));
    for method in [
        "ok",
        "unwrap_or",
        "unwrap_or_default",
        "unwrap_or_else",
        "or_else",
        "map_or",
        "map_or_else",
        "is_ok",
        "is_err",
    ] {
        if after(&[".", method, "("]) {
            return Some(format!("`.{method}(..)` on what the verifier answers"));
        }
    }
    if after(&["Rejection", "=", "Infallible"])
        || after(&["Rejection", "=", "std", ":", ":", "convert", ":", ":", "Infallible"])
    {
        return Some("it can't refuse: `type Rejection = Infallible`".to_owned());
    }
    if let Some(kind) = no_proof(body) {
        return Some(format!("`{kind}<Authenticated<..>>` is no proof"));
    }
    for pair in ["Some", "Ok"] {
        if after(&["if", "let", pair, "("]) {
            return Some(format!("`if let {pair}(..)`, and otherwise it goes on"));
        }
    }
    swallowed(body).then(|| "an arm turns `Err(..)` into `Ok(..)`".to_owned())
}

/// `Option<Authenticated<..>>`, `Result<auth_runtime::Authenticated<..>, _>`.
fn no_proof(tokens: &[String]) -> Option<&str> {
    let path = |token: &&String| token.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
    tokens.iter().enumerate().filter(|(_, token)| *token == "Option" || *token == "Result").find_map(|(at, kind)| {
        let inside = tokens[at + 1..].strip_prefix(&["<".to_owned()])?;
        inside.iter().take_while(path).any(|token| token == "Authenticated").then_some(kind.as_str())
    })
}

/// `Err(_) => Ok(..)`, or `Err(_) => None` and the like.
fn swallowed(body: &[String]) -> bool {
    body.iter().enumerate().filter(|(_, token)| *token == "Err").any(|(at, _)| {
        let arrow = body[at..].iter().take(8).position(|token| token == "=");
        arrow.is_some_and(|arrow| {
            let then: Vec<&str> =
                body[at + arrow..].iter().skip(1).filter(|t| *t != "{").take(2).map(String::as_str).collect();
            then.first() == Some(&">") && matches!(then.get(1), Some(&("Ok" | "None" | "Self" | "Default")))
        })
    })
}
