//! Requests of a set-up that must be rejected.

use super::Credentials;
use auth_runtime::events::Reason;
use http::HeaderName;
use http::header::COOKIE;

/// A request of a set-up that must be rejected with 401.
pub(crate) struct BadSetup {
    pub(crate) id: &'static str,
    pub(crate) name: String,
    pub(crate) credentials: Credentials,
    /// The reasons that its event may report.
    pub(crate) reasons: &'static [Reason],
}

const MISSING: &[Reason] = &[Reason::MissingCredentials];
const IN_QUERY: &[Reason] = &[Reason::TokenInQuery];
const BAD: &[Reason] = &[Reason::BadSetupToken, Reason::PlaceholderToken, Reason::MalformedCredentials];

/// Tokens that an attacker guesses, and what unset configuration leaves.
const GUESSES: [&str; 8] = ["", "undefined", "null", "setup", "setup_", "changeme", "*", "' OR '1'='1"];

/// Every bad request of a set-up.
///
/// `good` is its token, if the test has it, and `callers` are tokens of callers that are known, or
/// claim to be.
pub(crate) fn bad_setups(good: Option<&str>, callers: &[(&str, String)]) -> Vec<BadSetup> {
    let bad = |id, name: &str, credentials, reasons| BadSetup { id, name: name.to_owned(), credentials, reasons };
    let bearer = |id, name: &str, token: &str| bad(id, name, Credentials::bearer(token), BAD);
    let mut all = vec![
        bad("U01", "no token", Credentials::none(), MISSING),
        bad("U01", "another scheme", Credentials::authorization("Basic YWRtaW46YWRtaW4="), MISSING),
    ];
    all.extend(GUESSES.iter().map(|guess| bearer("U02", &format!("the guess {guess:?}"), guess)));
    all.extend(callers.iter().map(|(name, token)| bearer("U04", name, token)));
    let Some(good) = good else { return all };
    let last = if good.ends_with('0') { "1" } else { "0" };
    all.push(bearer("U02", "the first half of the token", &good[..good.len() / 2]));
    all.push(bearer("U02", "the token without its last character", &good[..good.len() - 1]));
    all.push(bearer("U02", "the token with another last character", &format!("{}{last}", &good[..good.len() - 1])));
    all.push(bearer("U02", "the token and one character more", &format!("{good}{last}")));
    all.push(bearer("U02", "the token in the other case", &other_case(good)));
    all.push(bad("U03", "the token in the query", Credentials::none().query(format!("access_token={good}")), IN_QUERY));
    for query in ["token", "setup_token"] {
        let (name, query) = (format!("the token in the query as `{query}`"), format!("{query}={good}"));
        // A token with the prefix of random ones is recognised there.
        let reasons = if good.starts_with("setup_") { IN_QUERY } else { MISSING };
        all.push(bad("U03", &name, Credentials::none().query(query), reasons));
    }
    for header in ["x-setup-token", "x-api-key", "x-auth-token"] {
        let credentials = Credentials::none().header(HeaderName::from_static(header), good);
        all.push(bad("U03", &format!("the token in `{header}`"), credentials, MISSING));
    }
    let cookie = Credentials::none().header(COOKIE, format!("token={good}; setup={good}"));
    all.push(bad("U03", "the token in a cookie", cookie, MISSING));
    for scheme in ["Basic", "Token", "Setup"] {
        let credentials = Credentials::authorization(format!("{scheme} {good}"));
        all.push(bad("U03", &format!("the token with the scheme `{scheme}`"), credentials, MISSING));
    }
    all.push(bad("U03", "the token without a scheme", Credentials::authorization(good), MISSING));
    all
}

/// The token with each letter in the other case. Base64 and most identifiers depend on it.
fn other_case(token: &str) -> String {
    let other = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let changed: String = token.chars().map(other).collect();
    // A token of digits has no case.
    if changed == token { format!("x{token}") } else { changed }
}
