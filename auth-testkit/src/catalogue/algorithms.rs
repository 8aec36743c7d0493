//! T01 to T06: the algorithm, and the key for it (RFC 8725 sections 2.1, 3.1 and 3.2).

use super::{Attack, AttackInputs, Credentials, Expected};
use crate::issuer::TestToken;
use crate::issuer::{PublicKey, SigningKey, TestIssuer};
use auth_runtime::events::Reason;
use auth_runtime::keys::Algorithm;
use serde_json::{Value, json};
use std::borrow::Cow;

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
    attacks.push(forged("T01", "no alg at all, and no signature", |_, token| {
        Some(token.without_header("alg").unsigned())
    }));
    attacks
        .push(signed("T01", "alg none, with a valid signature", |_, token| Some(token.header("alg", "none").signed())));

    for hmac in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        for form in PublicKey::FORMS {
            // A service that has the key in a rare form uses the usual algorithm.
            if hmac != Algorithm::HS256 && ["the base64 of its DER", "its PEM after a space"].contains(&form) {
                continue;
            }
            let name = format!("{hmac} with the public key as the secret ({form})");
            attacks.push(forged("T03", name, move |inputs, token| {
                Some(token.signed_with_secret(hmac, &inputs.public_form(form)?))
            }));
        }
    }
    attacks.push(forged("T03", "HS256 with an empty secret", |_, token| {
        Some(token.signed_with_secret(Algorithm::HS256, b""))
    }));
    // A service that reads the key from the place that `kid` names (RFC 8725 section 3.10).
    for (name, kid, secret) in [
        ("an empty secret, and a kid that names an empty file", "../../../../dev/null", ""),
        ("the secret that the SQL in its kid selects", "x' UNION SELECT 'secret'--", "secret"),
    ] {
        attacks.push(forged("T03", format!("HS256 with {name}"), move |_, token| {
            Some(token.header("kid", kid).signed_with_secret(Algorithm::HS256, secret.as_bytes()))
        }));
    }
    for secret in SECRETS {
        attacks.push(forged("T03", format!("HS256 with the secret {secret:?}"), move |_, token| {
            Some(token.signed_with_secret(Algorithm::HS256, secret.as_bytes()))
        }));
    }

    for (what, claim) in NAMES {
        attacks.push(forged("T03", format!("HS256 with {what} as the secret"), move |_, token| {
            let secret = token.text(claim)?.to_owned();
            Some(token.signed_with_secret(Algorithm::HS256, secret.as_bytes()))
        }));
    }

    for other in OTHERS {
        let name = format!("{other}, validly signed with another key, under the kid of the good key");
        attacks.push(forged("T04", name, move |inputs, token| {
            let foreign = (inputs.algorithm()? != other).then(|| SigningKey::untrusted(other))?;
            Some(token.header("alg", other.to_string()).signed_with(&foreign))
        }));
        attacks.push(signed("T04", format!("the good key's signature, with alg {other}"), move |issuer, token| {
            (issuer.algorithm() != other).then(|| token.header("alg", other.to_string()).signed())
        }));
    }
    // One key is for one algorithm (RFC 8725 section 3.1). With a list for one key the token
    // chooses.
    for other in Algorithm::ALL.iter().copied() {
        attacks.push(signed("T04", format!("the good key used with {other}"), move |issuer, token| {
            let alike = family(issuer.algorithm()) == family(other) && issuer.algorithm() != other;
            let key = alike.then(|| issuer.key().as_algorithm(other))?;
            Some(token.header("alg", other.to_string()).signed_with(&key))
        }));
    }

    for (name, modify) in SPELLINGS {
        attacks.push(signed("T06", format!("alg {name}"), move |issuer, token| {
            Some(token.header("alg", modify(&issuer.algorithm().to_string())).signed())
        }));
    }
    attacks
}

/// Secrets of examples, tutorials and default configurations.
const SECRETS: [&str; 24] = [
    "secret",
    "your-256-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "your-secret-key",
    "your_secret_key",
    "your_jwt_secret",
    "jwt_secret",
    "JWT_SECRET",
    "jwt-secret",
    "my-secret-key",
    "mysecretkey",
    "my_secret_key",
    "secretkey",
    "secret_key",
    "supersecret",
    "super-secret",
    "topsecret",
    "keyboard cat",
    "changeme",
    "change-me",
    "password",
    "test",
    "null",
];

/// Names that every client knows, each with its claim.
const NAMES: [(&str, &str); 3] = [("the issuer", "iss"), ("the audience", "aud"), ("the client id", "client_id")];

const OTHERS: [Algorithm; 5] =
    [Algorithm::HS256, Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::Ed25519];

/// Makes a wrong name from the right one.
type Respell = fn(&str) -> String;

const SPELLINGS: [(&str, Respell); 4] = [
    ("in lower case", |alg| alg.to_lowercase()),
    ("with a space after it", |alg| format!("{alg} ")),
    ("with a NUL after it", |alg| format!("{alg}\0")),
    ("with a line break after it", |alg| format!("{alg}\n")),
];

/// The family of algorithms that can use the same key.
fn family(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => "shared secrets",
        Algorithm::RS256
        | Algorithm::RS384
        | Algorithm::RS512
        | Algorithm::PS256
        | Algorithm::PS384
        | Algorithm::PS512 => "RSA",
        // Each has its own curve.
        other => other.names()[0],
    }
}

fn unsigned(name: String, alg: Value) -> Attack {
    forged("T01", name, move |_, token| Some(token.header("alg", alg.clone()).unsigned()))
}

/// An attack that needs a token, but not the issuer's key.
pub(super) fn forged(
    id: &'static str,
    name: impl Into<Cow<'static, str>>,
    make: impl Fn(&AttackInputs<'_>, TestToken) -> Option<String> + Send + Sync + 'static,
) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |inputs| {
        Some(Credentials::bearer(&make(inputs, inputs.forgery()?)?))
    })
    .because(REASONS)
}

/// An attack that needs the issuer's key.
fn signed(
    id: &'static str,
    name: impl Into<Cow<'static, str>>,
    make: impl Fn(&TestIssuer, TestToken) -> Option<String> + Send + Sync + 'static,
) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |inputs| {
        Some(Credentials::bearer(&make(inputs.issuer()?, inputs.token()?)?))
    })
    .because(REASONS)
}
