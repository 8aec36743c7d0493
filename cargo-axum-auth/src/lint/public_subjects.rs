//! Finds public routes whose query says for whom they answer, and decisions behind a condition.

use super::Finding;
use super::permits::{Fields, is_named};
use super::rules::{CONDITIONAL_DECISION, PUBLIC_SUBJECT};
use crate::scan::{FileScan, Function, Occurrence, What};

/// Names of a caller in a query.
const CALLERS: [&str; 12] = [
    "account_id",
    "act_as",
    "customer_id",
    "impersonate",
    "member_id",
    "on_behalf_of",
    "owner_id",
    "sub",
    "subject",
    "uid",
    "user",
    "user_id",
];

pub(super) fn find(scan: &FileScan, fields: &Fields<'_>, findings: &mut Vec<Finding>) {
    for function in scan.functions.iter().filter(|function| function.is_public_handler()) {
        if let Some(name) = named_caller(function, fields) {
            let item = format!("`{name}` in the query of `{}`", function.name);
            findings.push(Finding::new(&PUBLIC_SUBJECT, &function.place, item, function.test));
        }
    }
    for Occurrence { place, test, what, .. } in &scan.occurrences {
        if let What::Attribute { meant, function, condition: Some(condition), .. } = what
            && (meant.is("auth_runtime::public") || meant.is("auth_runtime::authenticated"))
        {
            let item = format!("`{}` of `{function}`, if `{condition}`", meant.last());
            findings.push(Finding::new(&CONDITIONAL_DECISION, place, item, *test));
        }
    }
}

fn named_caller(function: &Function, fields: &Fields<'_>) -> Option<String> {
    let query = function.parameters.iter().find(|parameter| is_named(parameter, &["Query", "RawQuery"]))?;
    let by_name = fields.names(query).find(|name| CALLERS.contains(name)).map(str::to_owned);
    // `query.get("user_id")` of a map.
    by_name.or_else(|| {
        let texts = function.body.iter().filter_map(|token| token.strip_prefix('"')?.strip_suffix('"'));
        texts.into_iter().find(|text| CALLERS.contains(text)).map(str::to_owned)
    })
}
