//! Finds handlers and extractors that continue after a failed authentication.

use super::Finding;
use super::extractors::Extractors;
use super::rules::SOFT_AUTHENTICATION;
use crate::scan::{FileScan, Function, Implementation, TypeKind, TypeTree};

/// Wrappers of other crates that reject where the extractor in them rejects, or do not extract.
const STRICT: [&str; 9] = ["Arc", "Box", "Cached", "Guarded", "Permitted", "Pin", "Rc", "Vec", "WithRejection"];

pub(super) fn find(scan: &FileScan, extractors: &Extractors, findings: &mut Vec<Finding>) {
    for function in scan.functions.iter().filter(|function| function.asynchronous) {
        let in_public = function.is_public_handler();
        let wrapper = function.parameters.iter().find_map(|p| wrapper(&p.tree, in_public, extractors));
        if let Some(name) = wrapper {
            let item = format!("`{}` takes `{name}<Authenticated<..>>`, which is not a proof", function.name);
            findings.push(Finding::new(&SOFT_AUTHENTICATION, &function.place, item, function.test));
        }
    }
    for (number, function) in scan.functions.iter().enumerate() {
        let of_an_extractor = scan.implementations.iter().any(|of| of.extracts() && of.functions.contains(&number));
        if !of_an_extractor && (function.is_public_handler() || answers_softly(function)) {
            for (place, how) in &function.softened {
                let item = format!("`{}`: {how}", function.name);
                findings.push(Finding::new(&SOFT_AUTHENTICATION, place, item, function.test));
            }
        }
    }
    for implementation in scan.implementations.iter().filter(|implementation| authenticates(scan, implementation)) {
        if let Some(how) = goes_on(scan, implementation, extractors) {
            let item = format!("`{}`: {how}", implementation.for_type);
            findings.push(Finding::new(&SOFT_AUTHENTICATION, &implementation.place, item, implementation.test));
        }
    }
}

/// Whether a function returns an optional proof or a `bool`.
fn answers_softly(function: &Function) -> bool {
    let optional = |tree: &TypeTree| named(tree, &["Option"]) && tree.holds(&is_proof);
    function.output.as_ref().is_some_and(|output| output.holds(&optional) || named(output, &["bool"]))
}

fn is_proof(tree: &TypeTree) -> bool {
    tree.is_ours("Authenticated")
}

fn named(tree: &TypeTree, names: &[&str]) -> bool {
    tree.path().is_some_and(|path| names.iter().any(|name| path.ends_in(name)))
}

/// Returns the name of a wrapper that accepts a request without the proof in it.
fn wrapper(tree: &TypeTree, in_public: bool, extractors: &Extractors) -> Option<String> {
    match &tree.kind {
        // axum extracts each of them.
        TypeKind::Tuple => tree.inner.iter().find_map(|inner| wrapper(inner, in_public, extractors)),
        TypeKind::Named(path) if !is_proof(tree) && tree.inner.iter().any(|inner| inner.holds(&is_proof)) => {
            let name = || path.last().to_owned();
            if named(tree, &["Option", "Result"]) {
                // A function that is given the result of another one takes it apart; an extractor
                // is not borrowed.
                return Some(name());
            }
            let deeper = || tree.inner.iter().find_map(|inner| wrapper(inner, in_public, extractors));
            match extractors.goes_on(tree) {
                Some(true) => Some(name()),
                Some(false) => deeper(),
                None if named(tree, &STRICT) => in_public.then(deeper).flatten(),
                None => in_public.then(name),
            }
        }
        _ => None,
    }
}

fn authenticates(scan: &FileScan, implementation: &Implementation) -> bool {
    let by_name =
        ["Authenticated", "Verifier", "authenticate"].iter().any(|name| implementation.body.iter().any(|t| t == name));
    let softens = implementation.functions.clone().any(|number| !scan.functions[number].softened.is_empty());
    implementation.extracts()
        && (by_name
            || implementation.fields.iter().any(|field| field.holds(&is_proof))
            || (softens && !is_generic(scan, implementation)))
}

/// Whether an impl softens a type parameter only. Its users decide whether that is a proof.
fn is_generic(scan: &FileScan, implementation: &Implementation) -> bool {
    !implementation.occurrences.clone().any(|number| match &scan.occurrences[number].what {
        crate::scan::What::Path { meant, .. } => {
            meant.is_in("auth_runtime::Authenticated") || meant.is_in("auth_runtime::Verifier")
        }
        crate::scan::What::Method { name, .. } => name == "authenticate" || name == "verify",
        _ => false,
    })
}

/// Returns how an extractor continues after a failure.
pub(super) fn goes_on(scan: &FileScan, implementation: &Implementation, extractors: &Extractors) -> Option<String> {
    let body = &implementation.body;
    let after = |wanted: &[&str]| body.windows(wanted.len()).any(|window| window.iter().eq(wanted.iter()));
    let softened = implementation.functions.clone().find_map(|number| scan.functions[number].softened.first());
    if let Some((_, how)) = softened {
        return Some(how.clone());
    }
    if after(&["Rejection", "=", "Infallible"])
        || after(&["Rejection", "=", "std", ":", ":", "convert", ":", ":", "Infallible"])
    {
        return Some("it cannot reject: `type Rejection = Infallible`".to_owned());
    }
    let in_a_field = implementation.fields.iter().find_map(|field| wrapper(field, true, extractors));
    if let Some(name) = in_a_field.or_else(|| no_proof(body).map(str::to_owned)) {
        return Some(format!("`{name}<Authenticated<..>>` is not a proof"));
    }
    None
}

/// `Option<Authenticated<..>>`, `Result<auth_runtime::Authenticated<..>, _>` in an expression.
fn no_proof(tokens: &[String]) -> Option<&str> {
    let path = |token: &&String| token.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
    tokens.iter().enumerate().filter(|(_, token)| *token == "Option" || *token == "Result").find_map(|(at, kind)| {
        let inside = tokens[at + 1..].strip_prefix(&["<".to_owned()])?;
        inside.iter().take_while(path).any(|token| token == "Authenticated").then_some(kind.as_str())
    })
}
