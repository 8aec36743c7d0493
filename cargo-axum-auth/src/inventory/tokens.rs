//! Lists the tokens that a service issues and verifies.

use super::evidence::AllEvidence;
use super::functions::Functions;
use crate::scan::Place;

/// A place that signs or verifies a token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TokenRow {
    pub(crate) place: Place,
    pub(crate) function: String,
    /// The type of the claims; `None` if the code around it does not show it.
    pub(crate) claims: Option<String>,
    /// The claims that a verifier requires and the type does not have.
    pub(crate) lacks: Vec<&'static str>,
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
    };
    let mut rows: Vec<TokenRow> = all.map(|(_, function)| row(function)).collect();
    rows.sort();
    rows
}
