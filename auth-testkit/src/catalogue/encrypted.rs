//! T41: encrypted tokens whose content has no signature of the issuer.
//!
//! Any client can encrypt to a public key, so encryption authenticates no sender (RFC 7519 section
//! 11.2, RFC 8725 section 3.3). A service that decrypts a token and takes its content for signed is
//! open (CVE-2026-29000).

use super::{Attack, AttackInputs, Credentials, Expected};
use crate::issuer::{KeyManagement, TestToken};
use auth_runtime::events::Reason;

const REASONS: &[Reason] =
    &[Reason::MalformedToken, Reason::TokenTooLong, Reason::HeaderNotAllowed, Reason::AlgorithmNotAllowed];

/// Makes the content.
type Content = fn(TestToken) -> String;

const CONTENTS: [(&str, Content); 4] = [
    ("an unsigned token inside", |token| token.header("alg", "none").unsigned()),
    ("a token without a signature inside", |token| token.unsigned()),
    ("a token of an untrusted key inside", |token| token.signed_with_untrusted_key()),
    ("claims inside that are not a token", |token| token.claims_json()),
];

pub(super) fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for management in KeyManagement::ALL {
        for (content, make) in CONTENTS {
            let name = format!("encrypted to the public key ({}), with {content}", management.name());
            let encrypted = move |inputs: &AttackInputs<'_>| inputs.encrypted(management, &make(inputs.forgery()?));
            attacks.push(
                Attack::new("T41", name, Expected::InvalidToken, move |inputs| {
                    Some(Credentials::bearer(&encrypted(inputs)?))
                })
                .because(REASONS),
            );
        }
    }
    attacks
}
