//! T12 to T14, T24 and T31: members that a header must not have.
//!
//! RFC 7515 section 4, and RFC 8725 sections 3.10 and 3.11, forbid them.

use super::{Attack, Credentials, Expected};
use auth_runtime::events::Reason;
use serde_json::{Value, json};

pub(super) fn attacks() -> Vec<Attack> {
    let not_allowed = &[Reason::HeaderNotAllowed, Reason::MalformedToken];
    let mut attacks = Vec::new();
    for (member, value) in [
        ("jku", json!("https://id.evil.example/jwks.json")),
        ("x5u", json!("https://id.evil.example/cert.pem")),
        ("jwk", json!({"kty": "oct", "k": "AAAA"})),
    ] {
        attacks.push(
            with("T13", format!("a valid signature, with a key of the sender as {member}"), member, value)
                .because(not_allowed),
        );
    }

    let kids = &[Reason::UnknownKey, Reason::MalformedToken];
    for (name, kid) in [
        ("unknown", json!("no-such-key")),
        ("empty", json!("")),
        ("null", json!(null)),
        ("a number", json!(7)),
        ("a path", json!("../../../../dev/null")),
        ("SQL", json!("x' UNION SELECT 'secret'--")),
        ("with a line break", json!("key\r\nX-Admin: 1")),
        ("not ASCII", json!("schl\u{fc}ssel")),
        ("of 2 KiB", json!("k".repeat(2048))),
    ] {
        attacks.push(with("T14", format!("a kid that is {name}"), "kid", kid).because(kids));
    }

    let types = &[Reason::WrongTokenType, Reason::MalformedToken];
    for (name, typ) in [
        ("a number", json!(7)),
        ("null", json!(null)),
        ("id+jwt", json!("id+jwt")),
        ("dpop+jwt", json!("dpop+jwt")),
        ("logout+jwt", json!("logout+jwt")),
        ("secevent+jwt", json!("secevent+jwt")),
    ] {
        attacks.push(with("T24", format!("typ is {name}"), "typ", typ).because(types));
    }
    // Where access tokens have the type `at+jwt`, a token without it is not an access token.
    attacks.push(typed("typ is JWT", |token| token.header("typ", "JWT")).because(types));
    attacks.push(typed("no typ", |token| token.without_header("typ")).because(types));
    for typ in ["AT+JWT", "application/at+jwt"] {
        let name = format!("typ is {typ}, which is equivalent (RFC 7515 section 4.1.9)");
        attacks.push(Attack::new("T24", name, Expected::Admitted, move |inputs| {
            (inputs.issuer()?.token_type() == Some("at+jwt"))
                .then(|| inputs.token().map(|token| Credentials::bearer(&token.header("typ", typ).signed())))?
        }));
    }

    for (name, crit, other) in [
        ("crit names an extension", json!(["urn:example:x"]), Some(("urn:example:x", json!(true)))),
        ("crit is empty", json!([]), None),
        ("crit is a string", json!("exp"), None),
        ("crit names a member that is missing", json!(["exp"]), None),
        ("crit and b64 (RFC 7797)", json!(["b64"]), Some(("b64", json!(false)))),
    ] {
        attacks.push(
            Attack::new("T31", name, Expected::InvalidToken, move |inputs| {
                let token = inputs.token()?.header("crit", crit.clone());
                let token = match &other {
                    Some((member, value)) => token.header(member, value.clone()),
                    None => token,
                };
                Some(Credentials::bearer(&token.signed()))
            })
            .because(not_allowed),
        );
    }
    attacks.push(with("T31", "b64 without crit", "b64", json!(false)).because(not_allowed));
    attacks.push(with("T43", "the header claims compression", "zip", json!("DEF")).because(not_allowed));
    attacks.push(with("T40", "the header claims encryption", "enc", json!("A256GCM")).because(not_allowed));
    attacks
}

fn with(
    id: &'static str,
    name: impl Into<std::borrow::Cow<'static, str>>,
    member: &'static str,
    value: Value,
) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |inputs| {
        Some(Credentials::bearer(&inputs.token()?.header(member, value.clone()).signed()))
    })
}

fn typed(name: &'static str, modify: fn(crate::issuer::TestToken) -> crate::issuer::TestToken) -> Attack {
    Attack::new("T24", name, Expected::InvalidToken, move |inputs| {
        (inputs.issuer()?.token_type() == Some("at+jwt"))
            .then(|| inputs.token().map(|token| Credentials::bearer(&modify(token).signed())))?
    })
}
