//! Writes the part of the plan about tokens.

use super::moving::at;
use crate::base::code;
use crate::inventory::{SharedKey, Survey, TokenRow, shared_keys};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

pub(super) fn write(out: &mut String, survey: &Survey) {
    if survey.issued.is_empty() && survey.verified.is_empty() {
        return;
    }
    *out += "\n## Tokens\n\n| code | today | after the move |\n|---|---|---|\n";
    for TokenRow { place, function, claims, lacks, .. } in &survey.issued {
        let kind =
            claims.as_deref().map_or_else(|| "a token".to_owned(), |claims| format!("a token with {}", code(claims)));
        let lacks: Vec<String> = lacks.iter().map(|claim| code(claim)).collect();
        let after = match (claims, lacks.is_empty()) {
            (None, _) => {
                "`TokenIssuer::issue`, or check that it has `iss`, `aud`, `sub` and `exp`: a verifier requires them"
                    .to_owned()
            }
            (Some(_), true) => "`TokenIssuer::issue`, or keep it".to_owned(),
            (Some(_), false) => {
                format!("`TokenIssuer::issue`, or add {}: a verifier requires them", lacks.join(", "))
            }
        };
        let _ = writeln!(out, "| {} | issues {kind} | {after} |", at(place, function));
    }
    for TokenRow { place, function, .. } in &survey.verified {
        let _ = writeln!(out, "| {} | verifies a token | delete it: `Verifier` verifies |", at(place, function));
    }
    if !survey.issued.is_empty() {
        *out += "\n`TokenIssuer` (feature `issue`) signs tokens with the claims that its verifier requires, and accepts the\n\
                 tokens in the field until a day: `auth_runtime::manual::own_tokens`.\n";
    }
    for SharedKey { key, tokens } in shared_keys(&survey.issued) {
        let tokens: BTreeSet<String> = tokens.iter().map(|row| described(row)).collect();
        let tokens: Vec<String> = tokens.into_iter().collect();
        let _ = writeln!(
            out,
            "\n**One key signs several kinds of tokens**: {} signs {}. With it, a verifier of access tokens may accept\n\
             a refresh token. Give each kind its own key and its own `TokenIssuer`, or make refresh tokens random bytes\n\
             and store their hash.",
            code(key),
            tokens.join(", ")
        );
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for claims in survey.issued.iter().filter_map(|row| row.claims.as_deref()) {
        *kinds.entry(claims).or_default() += 1;
    }
    for (claims, _) in kinds.into_iter().filter(|(_, count)| *count > 1) {
        let _ = writeln!(
            out,
            "\nSeveral kinds of tokens have the claims {}. Keep them apart, or a refresh token is accepted as an\n\
             access token.",
            code(claims)
        );
    }
}

/// `AccessClaims` in `generate_tokens`.
fn described(TokenRow { claims, function, .. }: &TokenRow) -> String {
    let function = code(function);
    claims.as_deref().map_or_else(|| function.clone(), |claims| format!("{} in {function}", code(claims)))
}
