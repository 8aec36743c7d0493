//! Finds the branch that handles a failure, and whether it rejects the request.

use syn::Pat;

/// Names that occur in a branch that rejects the request.
const REFUSALS: [&str; 10] = [
    "BAD_REQUEST",
    "Err",
    "FORBIDDEN",
    "Redirect",
    "Rejection",
    "SERVICE_UNAVAILABLE",
    "UNAUTHORIZED",
    "bail",
    "panic",
    "unreachable",
];

/// Whether a pattern matches a failure.
pub(super) fn asks_for_failure(pattern: &Pat) -> bool {
    match pattern {
        Pat::TupleStruct(of) => {
            of.path.segments.last().is_some_and(|segment| segment.ident == "Err" || segment.ident == "None")
        }
        Pat::Reference(of) => asks_for_failure(&of.pat),
        Pat::Paren(of) => asks_for_failure(&of.pat),
        Pat::Or(of) => of.cases.iter().any(asks_for_failure),
        _ => false,
    }
}

/// Whether a pattern matches successes only.
pub(super) fn asks_for_success(pattern: &Pat) -> bool {
    match pattern {
        Pat::TupleStruct(of) => {
            of.path.segments.last().is_some_and(|segment| segment.ident == "Ok" || segment.ident == "Some")
                && !of.elems.iter().any(asks_for_failure)
        }
        Pat::Reference(of) => asks_for_success(&of.pat),
        Pat::Paren(of) => asks_for_success(&of.pat),
        _ => false,
    }
}

/// Whether a branch rejects the request, or returns the error itself.
pub(super) fn refuses(tokens: &[String], bound: &[String]) -> bool {
    if tokens.iter().any(|token| REFUSALS.contains(&token.as_str())) {
        return true;
    }
    let is_bound = |token: &String| bound.contains(token);
    tokens.windows(2).any(|two| two[0] == "return" && is_bound(&two[1]))
        || tokens.windows(3).any(|three| is_bound(&three[0]) && three[1] == "." && three[2].starts_with("into"))
        || matches!(tokens, [only] if is_bound(only))
}
