//! T01 to T06: which algorithm, and with which key (RFC 8725 sections 2.1, 3.1 and 3.2).

use super::{Attack, Credentials, Expected};
use crate::issuer::{SigningKey, TestIssuer};
use auth_runtime::{Algorithm, Reason};
use serde_json::{Value, json};

const REASONS: &[Reason] =
    &[Reason::AlgorithmNotAllowed, Reason::MalformedToken, Reason::BadSignature, Reason::UnknownKey];

pub(super) fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", "noNE"] {
        attacks.push(unsigned(format!("alg {alg}, no signature"), alg.into()));
    }
    for alg in [json!(""), json!(null), json!(0), json!(["none"]), json!({"alg": "none"})] {
        attacks.push(unsigned(format!("alg {alg}, no signature"), alg));
    }
    attacks.push(refused("T01", "no alg at all, and no signature", |_, token| {
        Some(token.without_header("alg").unsigned())
    }));
    attacks.push(refused("T01", "alg none, with a signature that is good", |_, token| {
        Some(token.header("alg", "none").signed())
    }));

    for hmac in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        // Which forms there are depends on the key; the list is as long as it gets.
        for (form, name) in FORMS.into_iter().enumerate() {
            attacks.push(refused(
                "T03",
                format!("{hmac} with the public key for a secret ({name})"),
                move |issuer, token| {
                    let (_, secret) = issuer.key().public_forms().into_iter().nth(form)?;
                    Some(token.signed_with_secret(hmac, &secret))
                },
            ));
        }
    }
    attacks.push(refused("T03", "HS256 with an empty secret", |_, token| {
        Some(token.signed_with_secret(Algorithm::HS256, b""))
    }));
    for secret in ["secret", "your-256-bit-secret", "changeme", "password", "null"] {
        attacks.push(refused("T03", format!("HS256 with the secret {secret:?}"), move |_, token| {
            Some(token.signed_with_secret(Algorithm::HS256, secret.as_bytes()))
        }));
    }

    for other in OTHERS {
        attacks.push(refused(
            "T04",
            format!("{other}, well signed with another key, under the kid of the good one"),
            move |issuer, token| {
                let foreign = (issuer.algorithm() != other).then(|| SigningKey::of_a_stranger(other))?;
                Some(token.header("alg", other.to_string()).signed_with(&foreign))
            },
        ));
        attacks.push(refused("T04", format!("the good key's signature, called {other}"), move |issuer, token| {
            (issuer.algorithm() != other).then(|| token.header("alg", other.to_string()).signed())
        }));
    }
    attacks.push(refused("T04", "the good RSA key under another RSA algorithm", |issuer, token| {
        let other = rsa_sibling(issuer.algorithm())?;
        Some(token.header("alg", other.to_string()).signed_with(&issuer.key().posing_as(other)))
    }));

    for (name, spoil) in SPELLINGS {
        attacks.push(refused("T06", format!("alg {name}"), move |issuer, token| {
            Some(token.header("alg", spoil(&issuer.algorithm().to_string())).signed())
        }));
    }
    attacks
}

/// As `SigningKey::public_forms` lists them.
const FORMS: [&str; 8] = [
    "its PEM",
    "its PEM with CRLF",
    "its PEM without the last line break",
    "its PEM behind a space",
    "its DER",
    "its JWK",
    "a member of its JWK",
    "the bytes of a member of its JWK",
];

const OTHERS: [Algorithm; 5] =
    [Algorithm::HS256, Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::Ed25519];

/// From the name that is right.
type Respell = fn(&str) -> String;

const SPELLINGS: [(&str, Respell); 4] = [
    ("in small letters", |alg| alg.to_lowercase()),
    ("with a space behind it", |alg| format!("{alg} ")),
    ("with a NUL behind it", |alg| format!("{alg}\0")),
    ("with a line break behind it", |alg| format!("{alg}\n")),
];

fn rsa_sibling(algorithm: Algorithm) -> Option<Algorithm> {
    match algorithm {
        Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 | Algorithm::PS384 | Algorithm::PS512 => {
            Some(Algorithm::PS256)
        }
        Algorithm::PS256 => Some(Algorithm::RS256),
        _ => None,
    }
}

fn unsigned(name: String, alg: Value) -> Attack {
    refused("T01", name, move |_, token| Some(token.header("alg", alg.clone()).unsigned()))
}

fn refused(
    id: &'static str,
    name: impl Into<std::borrow::Cow<'static, str>>,
    make: impl Fn(&TestIssuer, crate::TestToken) -> Option<String> + Send + Sync + 'static,
) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |arsenal| {
        Some(Credentials::bearer(&make(arsenal.issuer()?, arsenal.token()?)?))
    })
    .because(REASONS)
}
