//! T30 to T42: one encoding, strict JSON, three segments.
//!
//! RFC 7515 sections 2, 4 and 7.1, and RFC 7519 sections 4 and 7.2, define them.

use super::{Attack, AttackInputs, Credentials, Expected};
use crate::issuer::TestToken;
use crate::issuer::base64url;
use auth_runtime::events::Reason;
use serde_json::json;

const MALFORMED: &[Reason] = &[
    Reason::MalformedToken,
    Reason::MalformedClaims,
    Reason::PlaceholderToken,
    Reason::MalformedCredentials,
    Reason::BadSignature,
    Reason::TokenTooLong,
];

pub(super) fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for (id, name, modify) in TEXTS {
        attacks.push(refused(id, name, move |token| Some(modify(token)?.signed())));
    }
    for (id, name, spell) in SPELLINGS {
        attacks.push(
            Attack::new(id, name, Expected::InvalidToken, move |inputs| {
                let [header, claims, signature] = inputs.segments()?;
                Some(Credentials::bearer(&spell(header, claims, signature)))
            })
            .because(MALFORMED),
        );
    }
    attacks.push(
        Attack::new("T34", "another last character that decodes to the same bytes", Expected::InvalidToken, |inputs| {
            Some(Credentials::bearer(&respelled(inputs.good())?))
        })
        .because(MALFORMED),
    );
    attacks.push(
        Attack::new("T34", "a good token in the alphabet of standard base64", Expected::InvalidToken, |inputs| {
            Some(Credentials::bearer(&in_standard_alphabet(inputs)?))
        })
        .because(MALFORMED),
    );
    for (id, name, token) in NONSENSE {
        attacks.push(
            Attack::new(id, name, Expected::InvalidToken, move |_| Some(Credentials::bearer(&token())))
                .because(MALFORMED),
        );
    }
    attacks
}

type Modify = fn(TestToken) -> Option<TestToken>;

const TEXTS: [(&str, &str, Modify); 16] = [
    ("T30", "two alg in the header", |token| doubled(token, true, "alg", "\"none\"")),
    ("T30", "two kid in the header", |token| doubled(token, true, "kid", "\"other\"")),
    ("T30", "two exp", |token| doubled(token, false, "exp", "4102444800")),
    ("T30", "two sub", |token| doubled(token, false, "sub", "\"root\"")),
    ("T30", "two sub, one of them spelled with an escape", |token| doubled(token, false, "s\\u0075b", "\"root\"")),
    ("T30", "two members of the same name in a nested object", |token| appended(token, r#","x":{"y":1,"y":2}"#)),
    ("T32", "bytes after the claims", |token| {
        let json = token.claims_json();
        Some(token.claims_text(format!("{json}{json}")))
    }),
    ("T32", "a byte order mark before the claims", |token| {
        let json = token.claims_json();
        Some(token.claims_text(format!("\u{feff}{json}")))
    }),
    ("T32", "a comment in the claims", |token| appended(token, "/* admin */")),
    ("T32", "single quotes", |token| {
        let json = token.claims_json();
        Some(token.claims_text(json.replace('"', "'")))
    }),
    ("T32", "claims that are a list", |token| {
        let json = token.claims_json();
        Some(token.claims_text(format!("[{json}]")))
    }),
    ("T32", "claims that are a number", |token| Some(token.claims_text("7"))),
    ("T32", "a header that is a list", |token| {
        let json = token.header_json();
        Some(token.header_text(format!("[{json}]")))
    }),
    ("T32", "a thousand nested lists", |token| {
        appended(token, &format!(",\"x\":{}{}", "[".repeat(1000), "]".repeat(1000)))
    }),
    ("T32", "half of a surrogate pair", |token| appended(token, r#","x":"\ud800""#)),
    ("T33", "a header that is not UTF-8", |token| {
        let mut json = token.header_json().into_bytes();
        json.pop();
        json.extend(b",\"x\":\"\xff\"}");
        Some(token.header_text(json))
    }),
];

type Spell = fn(&str, &str, &str) -> String;

const SPELLINGS: [(&str, &str, Spell); 15] = [
    ("T34", "base64 padding after the header", |h, c, s| format!("{h}=.{c}.{s}")),
    ("T34", "base64 padding after the claims", |h, c, s| format!("{h}.{c}=.{s}")),
    ("T34", "base64 padding after the signature", |h, c, s| format!("{h}.{c}.{s}==")),
    ("T34", "a character of standard base64", |h, c, s| format!("{h}.{c}.{}+", &s[..s.len() - 1])),
    ("T34", "no header", |_, c, s| format!(".{c}.{s}")),
    ("T34", "no claims", |h, _, s| format!("{h}..{s}")),
    ("T36", "one segment", |h, _, _| h.to_owned()),
    ("T36", "two segments", |h, c, _| format!("{h}.{c}")),
    ("T36", "four segments", |h, c, s| format!("{h}.{c}.{s}.{s}")),
    ("T36", "five segments, the good ones first", |h, c, s| format!("{h}.{c}.{s}.{s}.{s}")),
    ("T36", "five segments, as an encrypted token has them, of good parts", |h, c, s| format!("{h}.{s}.{s}.{c}.{s}")),
    ("T36", "five segments with good claims in the middle", |h, c, s| format!("{h}.{h}.{c}.{s}.{s}")),
    ("T36", "a dot before the token", |h, c, s| format!(".{h}.{c}.{s}")),
    ("T36", "a dot after the token", |h, c, s| format!("{h}.{c}.{s}.")),
    ("T36", "a character that is not base64url", |h, c, s| format!("{h}.{c}.{s}~")),
];

type Token = fn() -> String;

const NONSENSE: [(&str, &str, Token); 13] = [
    ("T35", "a token in the JSON form", || {
        r#"{"protected":"eyJhbGciOiJub25lIn0","payload":"e30","signature":""}"#.to_owned()
    }),
    // A loop over the signatures finds none that is wrong.
    ("T35", "a token in the JSON form, with an empty list of signatures", || {
        format!(r#"{{"payload":"{}","signatures":[]}}"#, base64url(r#"{"sub":"admin","exp":4102444800}"#))
    }),
    ("T36", "dots only", || "..".to_owned()),
    ("T36", "a thousand dots", || ".".repeat(1000)),
    ("T36", "the word null", || "null".to_owned()),
    ("T36", "the word undefined", || "undefined".to_owned()),
    ("T36", "not a token at all", || "not-a-token".to_owned()),
    ("T36", "three letters with dots between", || "a.b.c".to_owned()),
    ("T36", "a token of 32 KiB", || format!("{}.{}.AAAA", base64url(r#"{"alg":"HS256"}"#), "A".repeat(32 * 1024))),
    ("T40", "encrypted with a key of the sender (dir)", || encrypted(&json!({"alg": "dir", "enc": "A256GCM"}))),
    ("T41", "encrypted to a key that the service does not have (RSA-OAEP-256)", || {
        encrypted(&json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT"}))
    }),
    ("T42", "encrypted with a password and 2147483647 rounds", || {
        encrypted(&json!({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2_147_483_647, "p2s": "c2FsdA"}))
    }),
    ("T01", "the unsigned token of RFC 7519 section 6.1", || {
        format!("{}.{}.", base64url(r#"{"alg":"none"}"#), base64url(r#"{"iss":"joe","exp":1300819380}"#))
    }),
];

/// RFC 7516 section 3.1.
fn encrypted(header: &serde_json::Value) -> String {
    format!("{}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", base64url(header.to_string()))
}

/// Adds a duplicate member before the good one, which a parser that takes the last one reads.
fn doubled(token: TestToken, header: bool, name: &str, value: &str) -> Option<TestToken> {
    let json = if header { token.header_json() } else { token.claims_json() };
    let text = format!("{{\"{name}\":{value},{}", json.strip_prefix('{')?);
    Some(if header { token.header_text(text) } else { token.claims_text(text) })
}

/// Inserts text before the last brace of the claims.
fn appended(token: TestToken, text: &str) -> Option<TestToken> {
    let json = token.claims_json();
    let text = format!("{}{text}}}", json.strip_suffix('}')?);
    Some(token.claims_text(text))
}

/// Sets an unused bit at the end of the base64url text, which a strict decoder rejects (RFC 4648
/// section 3.5).
fn respelled(token: &str) -> Option<String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let signature = token.rsplit('.').next()?;
    let last = ALPHABET.find(token.chars().next_back()?)?;
    let spare = match signature.len() % 4 {
        2 => 0b1111,
        3 => 0b11,
        _ => return None,
    };
    let other = ALPHABET.chars().nth(last ^ (1 & spare))?;
    Some(format!("{}{other}", &token[..token.len() - 1]))
}

/// A good token with `+` and `/` for `-` and `_` (RFC 4648 section 5): its second spelling.
fn in_standard_alphabet(inputs: &AttackInputs<'_>) -> Option<String> {
    // A signature of 64 random bytes has such a character, with few exceptions.
    const ATTEMPTS: usize = 8;
    let differs = |token: &String| token.contains(['-', '_']);
    let good = inputs.token().and_then(|token| {
        (0..ATTEMPTS)
            .map(|attempt| token.clone().claim("jti", format!("spelled-{attempt}-{}", std::process::id())).signed())
            .find(differs)
    });
    let good = good.or_else(|| Some(inputs.good().to_owned()).filter(differs))?;
    Some(good.replace('-', "+").replace('_', "/"))
}

fn refused(
    id: &'static str,
    name: &'static str,
    modify: impl Fn(TestToken) -> Option<String> + Send + Sync + 'static,
) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |inputs| Some(Credentials::bearer(&modify(inputs.token()?)?)))
        .because(MALFORMED)
}
