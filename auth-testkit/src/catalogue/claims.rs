//! T20 to T27: a valid signature over wrong claims.
//!
//! They are for another service, another time, or of wrong types (RFC 7519 section 4.1, RFC 9068
//! section 4).

use super::names::{OTHER_AUDIENCES, OTHER_ISSUERS};
use super::{Attack, AttackInputs, Credentials, Expected};
use crate::issuer::{TestIssuer, TestToken};
use auth_runtime::events::Reason;
use serde_json::json;

const TIMES: &[Reason] = &[
    Reason::MalformedClaims,
    Reason::MalformedToken,
    Reason::Expired,
    Reason::NotYetValid,
    Reason::IssuedInFuture,
    Reason::LifetimeTooLong,
];

pub(super) fn attacks() -> Vec<Attack> {
    let mut attacks = vec![
        refused("T20", "expired an hour ago", TestToken::expired).because(&[Reason::Expired]),
        refused("T20", "expired six minutes ago", |token| token.expires_in(-360)).because(&[Reason::Expired]),
        refused("T26", "not valid before an hour from now", |token| {
            let exp = in_seconds(3900);
            token.claim("nbf", in_seconds(3600)).claim("exp", exp)
        })
        .because(&[Reason::NotYetValid]),
        refused("T26", "issued an hour from now", |token| {
            token.claim("iat", in_seconds(3600)).claim("exp", in_seconds(3900))
        })
        .because(&[Reason::IssuedInFuture]),
        refused("T21", "valid for a hundred years", |token| token.claim("exp", in_seconds(3_153_600_000)))
            .because(TIMES),
        refused("T27", "without exp", |token| token.without("exp")).because(&[Reason::MalformedClaims]),
        refused("T27", "without sub", |token| token.without("sub")).because(&[Reason::MalformedClaims]),
        refused("T27", "an empty sub", |token| token.subject("")).because(&[Reason::MalformedClaims]),
        refused("T27", "a sub that is a number", |token| token.claim("sub", 7)).because(&[Reason::MalformedClaims]),
        refused("T22", "without iss", |token| token.without("iss")).because(ISSUERS),
        refused("T25", "a refresh token", |token| {
            token.header("typ", "rt+jwt").claim("token_use", "refresh").claim("typ", "Refresh")
        })
        .because(&[Reason::WrongTokenType]),
        refused("T25", "a refresh token that only `typ` tells apart", |token| token.claim("typ", "refresh"))
            .because(&[Reason::WrongTokenType]),
        refused("T25", "a refresh token that only `token_type` tells apart", |token| {
            token.claim("token_type", "refresh")
        })
        .because(&[Reason::WrongTokenType]),
        refused("T25", "a refresh token that only `token_use` tells apart", |token| {
            token.claim("token_use", "refresh")
        })
        .because(&[Reason::WrongTokenType]),
        refused("T25", "an ID token", |token| {
            token.header("typ", "id_token+jwt").claim("nonce", "n").claim("at_hash", "h")
        })
        .because(&[Reason::WrongTokenType]),
    ];
    for name in ["exp", "nbf", "iat"] {
        for value in [
            json!("never"),
            json!("4102444800"),
            json!(true),
            json!(null),
            json!(-1),
            json!([4_102_444_800_u64]),
            json!({}),
        ] {
            // A verifier may accept an `iat` or `nbf` in the past, and -1 is one.
            if (name, &value) == ("iat", &json!(-1)) || (name, &value) == ("nbf", &json!(-1)) {
                continue;
            }
            let title = format!("{name} is {value}");
            attacks.push(refused("T21", title, move |token| token.claim(name, value.clone())).because(TIMES));
        }
    }
    for (title, exp) in [("in milliseconds", 1000_u64), ("in microseconds", 1_000_000)] {
        attacks.push(
            refused("T21", format!("exp is {title}"), move |token| {
                token.claim("exp", in_seconds(300).saturating_mul(exp))
            })
            .because(TIMES),
        );
    }
    // A NumericDate may have a fraction (RFC 7519 section 2), and `as_i64` does not see it.
    attacks.push(
        refused("T21", "an expired exp with a fraction", |token| token.claim("exp", 1_500_000_000.5)).because(TIMES),
    );
    attacks
        .push(refused("T21", "exp is the largest 64-bit number", |token| token.claim("exp", u64::MAX)).because(TIMES));

    for (title, modify) in OTHER_ISSUERS {
        attacks.push(
            Attack::new("T22", title, Expected::InvalidToken, move |inputs| {
                let name = inputs.issuer()?.name();
                let iss = modify(name);
                if iss == name {
                    return None;
                }
                Some(Credentials::bearer(&inputs.token()?.claim("iss", iss).signed()))
            })
            .because(ISSUERS),
        );
    }
    attacks.extend(audiences());
    // RFC 7800 section 3: the token is for the holder of a key, so it is not a bearer token.
    for (title, cnf) in [
        ("the thumbprint of a DPoP key", json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})),
        ("the thumbprint of a certificate", json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})),
        ("a key", json!({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}})),
    ] {
        let title = format!("a token that is bound to {title}, without a proof");
        attacks.push(refused("D01", title, move |token| token.claim("cnf", cnf.clone())));
    }
    attacks
}

/// T23: RFC 7519 section 4.1.3.
fn audiences() -> Vec<Attack> {
    let mut attacks = Vec::new();
    // A service that expects no `aud` rejects these too.
    for (title, aud) in [
        ("another audience", json!("some-other-service")),
        ("a list of other audiences", json!(["some-other-service", "a-third"])),
    ] {
        attacks.push(refused("T23", title, move |token| token.claim("aud", aud.clone())).because(AUDIENCES));
    }
    for (title, modify) in OTHER_AUDIENCES {
        attacks.push(
            Attack::new("T23", title, Expected::InvalidToken, move |inputs| {
                let audience = expected_audience(inputs)?;
                let aud = modify(audience);
                if aud == audience {
                    return None;
                }
                Some(Credentials::bearer(&inputs.token()?.claim("aud", aud).signed()))
            })
            .because(AUDIENCES),
        );
    }
    attacks.push(
        Attack::new("T23", "without aud", Expected::InvalidToken, |inputs| {
            expected_audience(inputs)?;
            Some(Credentials::bearer(&inputs.token()?.without("aud").signed()))
        })
        .because(AUDIENCES),
    );
    attacks.push(Attack::new("T23", "aud is a list with ours in it", Expected::Admitted, |inputs| {
        let audience = expected_audience(inputs)?;
        Some(Credentials::bearer(&inputs.token()?.claim("aud", json!(["others", audience])).signed()))
    }));
    attacks
}

/// `None` where good tokens have no `aud`, because then the service expects none.
fn expected_audience<'a>(inputs: &'a AttackInputs<'_>) -> Option<&'a str> {
    inputs.issuer().filter(|issuer| !issuer.omits_audience()).map(TestIssuer::audience)
}

const ISSUERS: &[Reason] = &[Reason::WrongIssuer, Reason::MalformedClaims];
const AUDIENCES: &[Reason] = &[Reason::WrongAudience, Reason::MalformedClaims];

fn refused(
    id: &'static str,
    name: impl Into<std::borrow::Cow<'static, str>>,
    modify: impl Fn(TestToken) -> TestToken + Send + Sync + 'static,
) -> Attack {
    Attack::new(id, name, Expected::InvalidToken, move |inputs| {
        Some(Credentials::bearer(&modify(inputs.token()?).signed()))
    })
}

fn in_seconds(seconds: u64) -> u64 {
    crate::issuer::seconds_since_1970() + seconds
}
