//! N01 and N03: credentials that a client can make from a name.
//!
//! A cookie that is the encoded name of the user needs no log-in. The kit encodes usual names, and
//! those that the test has.

use super::attack_run::AttackRun;
use super::kinds::ready;
use super::log_ins::USERS;
use super::named_owners::{encoded, names_of};
use crate::catalogue::{Attack, Credentials, Expected};
use crate::issuer::CredentialSource;
use crate::target::{AcceptedKind, Place, Route};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// How many routes get the guesses of a kind in a carrier, because all of them ask one store.
const ROUTES: usize = 3;

/// How many names are encoded.
const NAMES: usize = 4;

impl AttackRun {
    pub(super) async fn guessed_credentials(&mut self, kind: &AcceptedKind, place: &Place) -> Vec<Attack> {
        let Some(CredentialSource::Own(own)) = self.plan.credentials.of(kind).cloned() else { return Vec::new() };
        let tried = self.guessed_in.entry(format!("{} in {place}", kind.issuers.join(" "))).or_default();
        *tried += 1;
        if *tried > ROUTES {
            return Vec::new();
        }
        let good = own.good().await;
        let mut attacks: Vec<Attack> = Vec::new();
        let mut add = |id, what: String, text: String| {
            if place.holds(&text) {
                let credentials = Credentials::placed(place, &text);
                attacks.push(ready(id, format!("{what} in {place}"), Expected::InvalidToken, credentials));
            }
        };
        for name in self.names_to_guess() {
            for (how, text) in forms(&name) {
                add("N01", format!("the name {name} {how}"), text);
            }
        }
        if let Some(text) = with_another_member(&good) {
            add("N03", "a credential with another member in its JSON".to_owned(), text);
        }
        attacks
    }

    /// Usual names, and those of the good caller.
    fn names_to_guess(&self) -> Vec<String> {
        let mut names = vec!["alice".to_owned(), "admin".to_owned()];
        let of_token =
            if self.plan.has_tokens { names_of(&self.plan.sources.default().good_token(&[])) } else { Vec::new() };
        let log_ins = self.target.routes.iter().filter(|route| route.public.is_some());
        let of_bodies = log_ins.filter_map(|route: &Route| {
            let method = route.methods(&[]).into_iter().next()?;
            self.plan.template(route, &method).first_member(&USERS).map(|(_, name)| name)
        });
        for name in of_token.into_iter().chain(of_bodies) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.truncate(NAMES);
        names
    }
}

/// A name as services write it into a cookie.
fn forms(name: &str) -> Vec<(&'static str, String)> {
    let json = |member: &str| json!({ member: name }).to_string();
    let padded = STANDARD.encode(name);
    let mut forms = vec![
        ("as base64url", URL_SAFE_NO_PAD.encode(name)),
        ("as hex", name.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))),
        ("behind user:", format!("user:{name}")),
        ("as JSON in the URL encoding", encoded(&json("user"))),
        ("as JSON in the URL encoding, as sub", encoded(&json("sub"))),
        ("as JSON in base64url", URL_SAFE_NO_PAD.encode(json("user"))),
        ("as JSON in base64url, as sub", URL_SAFE_NO_PAD.encode(json("sub"))),
    ];
    if padded != forms[0].1 {
        forms.push(("as base64", padded));
    }
    forms
}

/// A credential that is encoded JSON, with one more member in it.
///
/// A signature over the content would be broken.
fn with_another_member(good: &str) -> Option<String> {
    let changed = |text: &[u8]| {
        let mut members = serde_json::from_slice::<Map<String, Value>>(text).ok()?;
        members.insert("zzz_unknown".to_owned(), json!("zzz"));
        Some(Value::Object(members).to_string())
    };
    let decoded = |engine: &dyn Fn(&str) -> Option<Vec<u8>>| engine(good).and_then(|text| changed(&text));
    if let Some(text) = decoded(&|good| URL_SAFE_NO_PAD.decode(good).ok()) {
        return Some(URL_SAFE_NO_PAD.encode(text));
    }
    if let Some(text) = decoded(&|good| STANDARD.decode(good).ok()) {
        return Some(STANDARD.encode(text));
    }
    decoded(&|good| Some(percent_decoded(good))).map(|text| encoded(&text))
}

/// RFC 3986 section 2.1.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%') {
            decoded.push(byte);
            rest = &after[2..];
        } else {
            decoded.push(*first);
            rest = after;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::{forms, with_another_member};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[test]
    fn a_name_is_encoded_as_services_do() {
        let texts: Vec<String> = forms("bob").into_iter().map(|(_, text)| text).collect();
        for expected in ["Ym9i", "626f62", "user:bob", "%7B%22user%22%3A%22bob%22%7D"] {
            assert!(texts.iter().any(|text| text == expected), "{expected}: {texts:?}");
        }
    }

    #[test]
    fn only_encoded_json_gets_another_member() {
        let changed = with_another_member("%7B%22user%22%3A%22bob%22%7D").unwrap();
        assert!(changed.starts_with("%7B") && changed.contains("zzz_unknown"), "{changed}");
        let changed = with_another_member(&URL_SAFE_NO_PAD.encode(r#"{"user":"bob"}"#)).unwrap();
        assert!(String::from_utf8(URL_SAFE_NO_PAD.decode(changed).unwrap()).unwrap().contains("zzz_unknown"));
        for opaque in ["", "shop_live_9f2c61d07ab84e53", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.AAAA", "100%", "%e2"] {
            assert_eq!(with_another_member(opaque), None, "{opaque}");
        }
    }
}
