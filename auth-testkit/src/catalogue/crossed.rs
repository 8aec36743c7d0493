//! T60 to T62: tokens that are wrong in two ways.
//!
//! A second oddity opens the branch of a verifier in which the first check is missing: a key that
//! is not found, a type that is not known, a caller that is privileged. Every pair is sent, and
//! everything else in the token is good, because a third mistake would hide the first two.

use super::{Attack, AttackInputs, Credentials, Expected};
use crate::issuer::{PublicKey, SigningKey, TestIssuer, TestToken, seconds_since_1970};
use auth_runtime::keys::Algorithm;
use serde_json::json;

/// Signs without the issuer's key.
type Forge = fn(&AttackInputs<'_>, TestToken) -> Option<String>;

/// Changes a good token.
type Change = fn(TestToken) -> TestToken;

pub(super) fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for (base, forgery, forge) in FORGERIES {
        for (oddity, change) in ODDITIES {
            attacks.push(token("T60", base, format!("{forgery}, and {oddity}"), move |inputs| {
                forge(inputs, change(inputs.forgery()?))
            }));
        }
        // What older clients send is sent with one forgery of each kind.
        let is_of_each = ["alg none", "no signature", "an untrusted key"].contains(&forgery);
        for scheme in SCHEMES.into_iter().chain(OLDER_SCHEMES.into_iter().filter(|_| is_of_each)) {
            let name = format!("{forgery}, after the scheme {scheme:?}");
            let attack = Attack::new("T60", name, Expected::Refused, move |inputs| {
                Some(Credentials::authorization(format!("{scheme}{}", forge(inputs, inputs.forgery()?)?)))
            });
            attacks.push(attack.beside(Some(base)));
        }
    }
    for form in PublicKey::FORMS {
        for (oddity, change) in OLD_HEADERS {
            // The PEM as it is has each of the usual oddities.
            if form == PublicKey::FORMS[0] && ODDITIES.iter().any(|(usual, _)| *usual == oddity) {
                continue;
            }
            let name = format!("HS256 with the public key ({form}), and {oddity}");
            attacks.push(token("T60", "T03", name, move |inputs| {
                let secret = inputs.public_form(form)?;
                Some(change(inputs.forgery()?).signed_with_secret(Algorithm::HS256, &secret))
            }));
        }
    }
    for (named, kid) in KIDS {
        for (called, secret) in SECRETS {
            attacks.push(token(
                "T61",
                "T03",
                format!("HS256 with {called} as the secret, and {named}"),
                move |inputs| {
                    let token = inputs.forgery()?;
                    let token =
                        kid.map_or_else(|| token.clone().without_header("kid"), |kid| token.clone().header("kid", kid));
                    Some(token.signed_with_secret(Algorithm::HS256, secret(kid.unwrap_or_default()).as_bytes()))
                },
            ));
        }
    }
    for (called, secret) in SECRETS {
        attacks.push(token(
            "T61",
            "T03",
            format!("HS256 with {called} as the secret, and a kid that is a number"),
            move |inputs| {
                let token = inputs.forgery()?.header("kid", 7);
                Some(token.signed_with_secret(Algorithm::HS256, secret("7").as_bytes()))
            },
        ));
    }
    for (name, none_is_first) in [("first", true), ("last", false)] {
        attacks.push(token(
            "T60",
            "T01",
            format!("no signature, and two alg, of which none is the {name}"),
            move |inputs| {
                let token = inputs.forgery()?;
                let json = token.header_json();
                let two = if none_is_first {
                    format!("{{\"alg\":\"none\",{}", json.strip_prefix('{')?)
                } else {
                    format!("{},\"alg\":\"none\"}}", json.strip_suffix('}')?)
                };
                Some(token.header_text(two).unsigned())
            },
        ));
    }
    for (base, wrong, spoil) in WRONG {
        for (oddity, change) in BESIDE {
            attacks.push(token("T62", base, format!("{wrong}, and {oddity}"), move |inputs| {
                Some(change(spoil(inputs.token()?)).signed())
            }));
        }
    }
    attacks
}

fn token(
    id: &'static str,
    base: &'static str,
    name: String,
    make: impl Fn(&AttackInputs<'_>) -> Option<String> + Send + Sync + 'static,
) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |inputs| Some(Credentials::bearer(&make(inputs)?)))
        .beside(Some(base))
}

/// With the id of the attack without an oddity.
const FORGERIES: [(&str, &str, Forge); 7] = [
    ("T01", "alg none", |_, token| Some(token.header("alg", "none").unsigned())),
    ("T01", "alg nOnE", |_, token| Some(token.header("alg", "nOnE").unsigned())),
    ("T02", "no signature", |_, token| Some(token.unsigned())),
    ("T01", "no alg and no signature", |_, token| Some(token.without_header("alg").unsigned())),
    ("T03", "HS256 with the public key (PEM)", |inputs, token| {
        Some(token.signed_with_secret(Algorithm::HS256, &inputs.public_form("its PEM")?))
    }),
    ("T02", "an untrusted key", |_, token| Some(token.signed_with_untrusted_key())),
    ("T12", "the key in its own jwk header", |_, token| {
        let key = SigningKey::untrusted(token.algorithm());
        Some(token.header("jwk", key.jwk.clone()).signed_with(&key))
    }),
];

/// The header, the expiry and the claims by which a verifier takes another branch.
const ODDITIES: [(&str, Change); 19] = [
    ("no kid", |token| token.without_header("kid")),
    ("an unknown kid", |token| token.header("kid", "no-such-key")),
    ("an empty kid", |token| token.header("kid", "")),
    ("a kid that is a path", |token| token.header("kid", "../../../../dev/null")),
    ("a kid that is SQL", |token| token.header("kid", "x' OR '1'='1")),
    ("no typ", |token| token.without_header("typ")),
    ("typ JWT", |token| token.header("typ", "JWT")),
    ("an unknown typ", |token| token.header("typ", "service+jwt")),
    ("cty JWT", |token| token.header("cty", "JWT")),
    ("a critical extension", |token| token.header("crit", json!(["urn:example:x"])).header("urn:example:x", true)),
    ("an exp in the past", TestToken::expired),
    // CVE-2024-51744: a service that asks for one error of many, and allows for other clocks.
    ("an exp ten seconds ago", |token| token.expires_in(-10)),
    ("an nbf in ten seconds", |token| token.claim("nbf", seconds_since_1970() + 10)),
    ("no exp", |token| token.without("exp")),
    ("another issuer", |token| token.claim("iss", "https://id.evil.example/")),
    ("no iss", |token| token.without("iss")),
    ("no aud", |token| token.without("aud")),
    ("sub admin", |token| token.subject("admin")),
    ("a role", |token| token.claim("role", "admin").claim("roles", json!(["admin"])).claim("admin", true)),
];

/// Headers of tokens from before a service had key ids and types. Its old branch may read the key
/// in any form.
const OLD_HEADERS: [(&str, Change); 3] = [
    ("no kid", |token| token.without_header("kid")),
    ("an unknown kid", |token| token.header("kid", "no-such-key")),
    ("typ JWT without a kid", |token| token.without_header("kid").header("typ", "JWT")),
];

/// Spellings of the scheme (RFC 9110 section 11.1).
const SCHEMES: [&str; 3] = ["bearer ", "BEARER ", "Bearer  "];

/// The schemes of older clients, and none.
const OLDER_SCHEMES: [&str; 3] = ["Token ", "JWT ", ""];

/// Key ids with which a verifier looks for its key in a file or a table (RFC 8725 section 3.10).
const KIDS: [(&str, Option<&str>); 10] = [
    ("no kid", None),
    ("an unknown kid", Some("no-such-key")),
    ("an empty kid", Some("")),
    ("a kid that is a relative path", Some("../../../../../../dev/null")),
    ("a kid that is a path", Some("/dev/null")),
    ("a kid that is SQL with an empty column", Some("x' UNION SELECT ''--")),
    ("a kid that is SQL with a column", Some("x' UNION SELECT 'secret'--")),
    ("a kid that is SQL with the id of the key", Some("x' UNION SELECT kid FROM keys--")),
    ("a kid that is SQL for any row", Some("x' OR '1'='1")),
    ("the good kid", Some(TestIssuer::KID)),
];

/// Makes the secret from the `kid`.
type Secret = fn(&str) -> &str;

/// What such a look-up may yield.
const SECRETS: [(&str, Secret); 6] = [
    ("nothing", |_| ""),
    ("\"secret\"", |_| "secret"),
    ("\"null\"", |_| "null"),
    ("\"1\"", |_| "1"),
    ("the kid itself", |kid| kid),
    ("the good kid", |_| TestIssuer::KID),
];

/// Tokens of the issuer that must be rejected, whatever the rest of the token says.
const WRONG: [(&str, &str, Change); 6] = [
    ("T20", "expired", TestToken::expired),
    ("T22", "another issuer", |token| token.claim("iss", "https://id.evil.example/")),
    ("T23", "another audience", |token| token.claim("aud", "some-other-service")),
    ("T25", "a refresh token", |token| token.claim("token_use", "refresh")),
    ("T26", "not yet valid", |token| {
        let now = seconds_since_1970();
        token.claim("nbf", now + 3600).claim("exp", now + 3900)
    }),
    ("T27", "no exp", |token| token.without("exp")),
];

const BESIDE: [(&str, Change); 9] = [
    ("no kid", |token| token.without_header("kid")),
    ("an unknown kid", |token| token.header("kid", "no-such-key")),
    ("no typ", |token| token.without_header("typ")),
    ("typ JWT", |token| token.header("typ", "JWT")),
    ("no iat", |token| token.without("iat")),
    ("sub admin", |token| token.subject("admin")),
    ("a role", |token| token.claim("role", "admin").claim("roles", json!(["admin"])).claim("admin", true)),
    ("a refresh token that is expired", |token| token.expired().claim("typ", "refresh").claim("token_type", "refresh")),
    ("the flag of a service", |token| {
        token.claim("azp", "internal").claim("internal", true).claim("gty", "client-credentials")
    }),
];
