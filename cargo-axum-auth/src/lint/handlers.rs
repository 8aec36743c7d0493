//! Checks functions for jobs that are created in a request, and for tokens decoded by hand.

use super::Finding;
use super::rules::{HAND_DECODED_TOKEN, JOB_IN_HANDLER, ROUTER_IN_HANDLER, Rule, VERIFIER_IN_HANDLER};
use crate::scan::{FileScan, Occurrence, What};

pub(super) fn find(scan: &FileScan, findings: &mut Vec<Finding>) {
    for Occurrence { place, test, what, function, .. } in &scan.occurrences {
        if let What::Method { name, turbofish, arguments, .. } = what
            && name == "job"
            && (!turbofish.is_empty() || arguments.is_empty())
            && let Some(function) = function.map(|number| &scan.functions[number])
            && function.is_handler()
        {
            findings.push(Finding::new(&JOB_IN_HANDLER, place, format!("in `{}`", function.name), *test));
        }
    }
    made_in_a_handler(scan, findings);
    for function in &scan.functions {
        if takes_tokens_apart(&function.body) {
            let item = format!("`{}`", function.name);
            findings.push(Finding::new(&HAND_DECODED_TOKEN, &function.place, item, function.test));
        }
    }
}

/// The runtime refuses these while a request is handled, except in a task that the handler starts.
fn made_in_a_handler(scan: &FileScan, findings: &mut Vec<Finding>) {
    for Occurrence { place, test, what, function, .. } in &scan.occurrences {
        let handler = function.map(|number| &scan.functions[number]).filter(|function| function.is_handler());
        if let (Some(handler), Some(rule)) = (handler, made(what)) {
            findings.push(Finding::new(rule, place, format!("in `{}`", handler.name), *test));
        }
    }
}

fn made(what: &What) -> Option<&'static Rule> {
    let What::Path { meant, .. } = what else { return None };
    // The type is enough, because `Default::default()` does not name the router. A handler that
    // has a router as a parameter can only call it.
    if meant.is_in("auth_runtime::AuthRouter") {
        Some(&ROUTER_IN_HANDLER)
    } else if meant.is("auth_runtime::Verifier::builder") {
        Some(&VERIFIER_IN_HANDLER)
    } else {
        None
    }
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
