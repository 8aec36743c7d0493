//! Good tokens that do not grant the permission of a route.

use super::plan::AttackPlan;
use crate::catalogue::Expected;
use crate::issuer::{TestIssuer, TestToken};
use crate::target::Route;

/// Verbs of scopes that change something.
const WRITES: [&str; 12] = [
    "write", "create", "update", "delete", "edit", "modify", "manage", "admin", "execute", "send", "publish", "approve",
];

/// Tokens that lack the permission of a route, each with its description and the expected response.
pub(super) fn tokens_without_permission(route: &Route, issuer: &TestIssuer) -> Vec<(String, Expected, TestToken)> {
    let scopes = AttackPlan::scopes_for(route);
    // The claims type may require the issuer's claims, so a token without them may not reach the
    // permission. With them, a claim may be the permission itself.
    let bare = issuer.without_claims();
    let of_bare = if issuer.has_claims() { Expected::LacksClaims } else { Expected::Denied };
    let mut tokens = vec![("only the claims of every token".to_owned(), of_bare, bare.token())];
    let grants_by_claim = issuer.has_claim("scope") || issuer.has_claim("scp");
    let keeps_claims = issuer.has_claims() && !grants_by_claim && AttackPlan::lacks(route, &[]);
    let (from, expected) = if keeps_claims { (issuer, Expected::Denied) } else { (&bare, of_bare) };
    if keeps_claims {
        tokens.push(("the issuer's claims and no scope".to_owned(), expected, issuer.token()));
    }
    // All scopes but one, and each scope alone, where the permissions need more.
    for scope in scopes.iter().filter(|_| scopes.len() > 1) {
        let others: Vec<&String> = scopes.iter().filter(|other| *other != scope).collect();
        for (what, had) in [("all scopes but", others), ("only the scope", vec![scope])] {
            if AttackPlan::lacks(route, &had) {
                let token = had.iter().fold(issuer.token(), |token, scope| token.scope(scope));
                tokens.push((format!("{what} {scope}"), Expected::Denied, token));
            }
        }
    }
    for scope in &scopes {
        for (what, other) in similar(scope) {
            // RFC 6749 section 3.3: a space makes two scopes.
            let grants = other.split(' ').any(|word| scopes.iter().any(|known| known == word));
            if !grants && !other.is_empty() {
                tokens.push((format!("{what}: {other}"), expected, from.token().scope(&other)));
            }
        }
    }
    // Claims that a user fills in, or that say something else.
    let all = scopes.join(" ");
    if !all.is_empty() {
        // Each scope starts with an empty one.
        for (what, empty) in [("an empty scope", ""), ("a scope of a space", " ")] {
            tokens.push((what.to_owned(), expected, from.token().claim("scope", empty)));
        }
        for claim in ["name", "nickname", "preferred_username", "email", "client_name", "requested_scope"] {
            let token = from.token().claim(claim, all.as_str());
            tokens.push((format!("the right scope as {claim}"), expected, token));
        }
    }
    // Names that a user chooses. Where the test itself has such a claim, a name may grant.
    for claim in ["name", "nickname", "preferred_username", "username"] {
        if !issuer.has_claim(claim) && AttackPlan::lacks(route, &[]) {
            tokens.push((format!("{claim} admin"), expected, from.token().claim(claim, "admin")));
        }
    }
    tokens
}

/// Scopes that are not the right one, each with its description.
fn similar(scope: &str) -> Vec<(&'static str, String)> {
    let mut similar = vec![
        ("a scope that starts with the right one", format!("{scope}x")),
        ("a prefix of the right scope", scope[..scope.len() - 1].to_owned()),
        ("the right scope in capitals", scope.to_uppercase()),
        ("a scope that ends with the right one", format!("x{scope}")),
        ("the right scope below another", format!("{scope}:own")),
        ("a denial of the right scope", format!("-{scope}")),
        ("a text that lists the right scope", format!("others,{scope}")),
        ("a JSON text that lists the right scope", format!("[\"{scope}\"]")),
        ("a star", "*".to_owned()),
        ("the word admin", "admin".to_owned()),
    ];
    if let Some(at) = scope.find([':', '.', '/']) {
        let (noun, verb) = (&scope[..at], &scope[at + 1..]);
        let separator = &scope[at..=at];
        similar.extend([
            ("its noun", noun.to_owned()),
            ("its noun and nothing", format!("{noun}{separator}")),
            ("its noun and a star", format!("{noun}{separator}*")),
            ("its noun and another verb", format!("{noun}{separator}list")),
            ("its verb", verb.to_owned()),
            ("its verb under another noun", format!("others{separator}{verb}")),
            ("its verb under a star", format!("*{separator}{verb}")),
            ("its verb and its noun", format!("{verb}{separator}{noun}")),
        ]);
        // A caller that reads does not write, also not by a GET.
        if WRITES.contains(&verb) {
            similar.push(("its noun and the verb read", format!("{noun}{separator}read")));
        } else if WRITES.contains(&noun) {
            similar.push(("the verb read and its noun", format!("read{separator}{verb}")));
        }
    }
    similar
}
