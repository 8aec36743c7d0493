//! Checks of functions: a job that is made for a request, a token that is decoded by hand.

use super::Finding;
use super::rules::{HAND_DECODED_TOKEN, JOB_IN_HANDLER};
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
    for function in &scan.functions {
        if takes_tokens_apart(&function.body) {
            let item = format!("`{}`", function.name);
            findings.push(Finding::new(&HAND_DECODED_TOKEN, &function.place, item, function.test));
        }
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
