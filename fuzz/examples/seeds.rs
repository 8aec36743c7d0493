//! Writes the seeds: good inputs, and one of each class of bad ones.
//!
//! `cargo run --example seeds` in `fuzz/` writes the same files each time.

use auth_fuzz::api_key::{GOOD_KEY, with_checksum};
use auth_fuzz::fixtures::{
    AUDIENCE, GOOD, ISSUER, KID, NOW, P256, PARTNERS, SECRET, STRANGERS_SECRET, base64url, claims, completed,
    ed25519_jwk, header, partners_token, signed, signed_with, token, with,
};
use serde_json::{Map, Value, json};
use std::path::Path;

/// RFC 7517 appendix A.1.
const MODULUS: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

fn main() {
    for (target, seeds) in [
        ("authorization", authorization()),
        ("carriers", carriers()),
        ("token", tokens()),
        ("header", headers()),
        ("claims", all_claims()),
        ("jwks", jwks()),
        ("published", published()),
        ("discovery", discovery()),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, seed) in seeds {
            std::fs::write(folder.join(name), seed).expect("a file");
        }
    }
}

type Seeds = Vec<(&'static str, Vec<u8>)>;

fn named<S: Into<Vec<u8>>>(seeds: impl IntoIterator<Item = (&'static str, S)>) -> Seeds {
    seeds.into_iter().map(|(name, seed)| (name, seed.into())).collect()
}

fn authorization() -> Seeds {
    let [alice, bob, carol] = &*GOOD;
    named([
        ("good", format!("Bearer {alice}")),
        ("good-h03-scheme-in-any-case", format!("bEaReR  {bob}")),
        ("good-without-kid", format!("Bearer {carol}\n?page=2")),
        ("h01-none", String::new()),
        ("h02-other-scheme", "Basic YWxpY2U6c2VjcmV0".to_owned()),
        ("h04-no-token", "Bearer ".to_owned()),
        ("h04-tab", format!("Bearer\t{alice}")),
        ("h04-more-after-it", format!("Bearer {alice} x")),
        ("h05-two-headers", format!("Bearer {alice}\nBearer {bob}")),
        ("h05-two-in-one", format!("Bearer {alice}, Bearer {bob}")),
        ("h09-in-the-query", format!("?access_token={alice}")),
        ("h09-in-both", format!("Bearer {alice}\n?a=b&access_token={alice}")),
        ("h09-in-the-fragment", format!("Bearer {alice}\n?a#&access_token={bob}")),
        ("t20-expired", format!("Bearer {}", token(&with(claims(), "exp", NOW - 300)))),
    ])
}

fn carriers() -> Seeds {
    let ([alice, bob, _], key) = (&*GOOD, &*GOOD_KEY);
    let upgrade = "upgrade: websocket\norigin: https://app.example.com";
    let other = with_checksum("acme_test_0123456789abcdeF_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG");
    named([
        ("good-key", format!("x-api-key: {key}")),
        ("good-key-as-bearer", format!("authorization: Bearer {key}")),
        ("good-token", format!("authorization: Bearer {alice}")),
        ("good-cookie", format!("cookie: a=b; __Host-session={bob}")),
        ("good-websocket", format!("{upgrade}\nsec-websocket-protocol: bearer, {alice}, chat")),
        ("good-cookie-of-a-websocket", format!("{upgrade}\ncookie: __Host-session={alice}")),
        ("k03-other-environment", format!("authorization: Bearer {other}")),
        ("k04-typo", format!("x-api-key: {}0", &key[..key.len() - 1])),
        ("k04-in-the-query", format!("x-other: a\n?a=b&k={key}")),
        ("k07-two-kinds", format!("x-api-key: {key}\nauthorization: Bearer {alice}")),
        ("two-cookies", format!("cookie: __Host-session={alice}\ncookie: __Host-session={bob}")),
        ("cross-site", format!("upgrade: websocket\nsec-fetch-site: cross-site\ncookie: __Host-session={alice}")),
    ])
}

fn tokens() -> Seeds {
    let good = &GOOD[0];
    let [header, payload, signature]: [_; 3] = good.split('.').collect::<Vec<_>>().try_into().expect("three segments");
    let claims_of = |claims: &Map<String, Value>| json!(claims).to_string();
    let of_others = |iss: &str| claims_of(&with(claims(), "iss", iss));
    named([
        ("good", good.clone()),
        ("good-of-bob", GOOD[1].clone()),
        ("good-without-kid", GOOD[2].clone()),
        ("good-of-partners", partners_token()),
        ("t01-alg-none", completed(r#"{"alg":"none","typ":"at+jwt"}"#, claims_of(&claims()), |_| vec![0])),
        ("t02-no-signature", format!("{header}.{payload}.")),
        ("t02-two-segments", format!("{header}.{payload}")),
        (
            "t02-strangers-signature",
            signed_with(STRANGERS_SECRET, self::header("HS256").to_string(), claims_of(&claims())),
        ),
        (
            "t16-es256-of-zeros",
            completed(self::header("ES256").to_string(), of_others("https://others.example.com/"), |_| vec![0; 64]),
        ),
        (
            "t16-es256-too-long",
            completed(self::header("ES256").to_string(), of_others("https://others.example.com/"), |_| vec![1; 65]),
        ),
        ("t17-ed25519-of-zeros", completed(self::header("Ed25519").to_string(), of_others(PARTNERS), |_| vec![0; 64])),
        ("t20-expired", token(&with(claims(), "exp", NOW - 300))),
        ("t22-key-of-another-issuer", signed(self::header("HS256").to_string(), of_others(PARTNERS))),
        ("t22-unknown-issuer", signed(self::header("HS256").to_string(), of_others("https://evil.example.com/"))),
        (
            "t22-issuer-is-an-array",
            signed(self::header("HS256").to_string(), claims_of(&with(claims(), "iss", json!([ISSUER, PARTNERS])))),
        ),
        ("t32-deep", signed("{}", "[".repeat(200))),
        ("t34-padding", format!("{header}=.{payload}.{signature}")),
        ("t34-padding-at-the-end", format!("{good}=")),
        ("t36-dots", ".".repeat(100)),
        ("t36-four-segments", format!("{good}.{signature}")),
        ("t40-five-segments", format!("{header}.{payload}.{signature}.{payload}.{signature}")),
        ("too-long", "eyJ".repeat(700)),
    ])
}

fn headers() -> Seeds {
    let with_member = |name: &str, value: Value| {
        let Value::Object(header) = header("HS256") else { unreachable!("an object") };
        json!(with(header, name, value)).to_string()
    };
    named([
        ("good", header("HS256").to_string()),
        ("good-without-kid", r#"{"alg":"HS256","typ":"AT+JWT"}"#.to_owned()),
        (
            "good-application",
            r#"{"typ":"application/at+jwt","alg":"HS256","kid":"a","other":{"a":[1,null,true]}}"#.to_owned(),
        ),
        ("t01-none", r#"{"alg":"none","typ":"at+jwt"}"#.to_owned()),
        ("t01-array", r#"{"alg":["HS256"],"typ":"at+jwt"}"#.to_owned()),
        ("t04-rs256", with_member("alg", json!("RS256"))),
        ("t06-case", with_member("alg", json!("hs256"))),
        ("t12-jwk", with_member("jwk", json!({"kty": "oct", "k": base64url(STRANGERS_SECRET)}))),
        ("t12-x5c", with_member("x5c", json!(["MII="]))),
        ("t13-jku", with_member("jku", json!("https://evil.example.com/"))),
        ("t13-x5u", with_member("x5u", json!("https://evil.example.com/"))),
        ("t14-kid-empty", with_member("kid", json!(""))),
        ("t14-kid-long", with_member("kid", json!("k".repeat(257)))),
        ("t14-kid-longest", with_member("kid", json!("k".repeat(256)))),
        ("t14-kid-number", with_member("kid", json!(1))),
        ("t14-kid-path", with_member("kid", json!("../../dev/null"))),
        ("t24-jwt", with_member("typ", json!("JWT"))),
        ("t24-number", with_member("typ", json!(1))),
        ("t30-twice", r#"{"alg":"HS256","a\u006cg":"none","typ":"at+jwt"}"#.to_owned()),
        ("t31-b64", with_member("b64", json!(false))),
        ("t31-crit", with_member("crit", json!(["exp"]))),
        ("t33-bom", format!("\u{feff}{}", header("HS256"))),
        ("t40-enc", with_member("enc", json!("A256GCM"))),
        ("t43-zip", with_member("zip", json!("DEF"))),
    ])
}

fn all_claims() -> Seeds {
    let but = |name: &str, value: Value| json!(with(claims(), name, value)).to_string();
    let nested = format!("{{\"a\":{}{}}}", "[".repeat(31), "]".repeat(31));
    named([
        ("good", json!(claims()).to_string()),
        ("good-for-several", but("aud", json!(["other", AUDIENCE]))),
        ("good-fraction", but("exp", json!(1_900_000_000.5))),
        ("good-nbf", but("nbf", json!(NOW + 30))),
        (
            "good-of-any-kind",
            json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "a", "exp": NOW + 1, "token_use": "access", "typ": "Bearer"})
                .to_string(),
        ),
        ("good-other-types", but("scope", json!(["orders:read", 1, null]))),
        ("t20-expired", but("exp", json!(NOW - 30))),
        ("t21-exp-text", but("exp", json!("1900000300"))),
        ("t21-exp-huge", but("exp", json!(u64::MAX))),
        ("t21-exp-negative", but("exp", json!(-1))),
        ("t21-exp-milliseconds", but("exp", json!(NOW * 1000))),
        ("t21-exp-beyond-f64", r#"{"exp":1e400}"#.to_owned()),
        ("t21-nbf-null", but("nbf", json!(null))),
        ("t22-issuer-with-a-slash", but("iss", json!("https://id.example.com"))),
        ("t23-audience-of-others", but("aud", json!(["other"]))),
        ("t23-audience-mixed", but("aud", json!([AUDIENCE, 5]))),
        ("t25-id-token", but("nonce", json!("a"))),
        ("t25-logout-token", but("events", json!({}))),
        ("t26-not-yet", but("nbf", json!(NOW + 31))),
        ("t26-issued-after-exp", but("iat", json!(NOW + 301))),
        ("t27-blank-subject", but("sub", json!(" \u{a0}"))),
        ("t30-twice", r#"{"sub":"alice","s\u0075b":"bob"}"#.to_owned()),
        ("t30-twice-beside-good", json!(claims()).to_string().replacen('{', r#"{"exp":1900000200,"#, 1)),
        ("t30-twice-inside", json!(claims()).to_string().replacen('{', r#"{"a":[{"b":1,"b":2}],"#, 1)),
        ("t32-array", r#"["https://id.example.com/","orders","alice"]"#.to_owned()),
        ("t32-deep", nested),
        ("t32-surrogate", r#"{"sub":"\ud800"}"#.to_owned()),
        ("t32-trailing", format!("{} x", json!(claims()))),
        ("cnf", but("cnf", json!({"jkt": "a"}))),
        ("lifetime", but("exp", json!(NOW + 86_401))),
        ("sid-number", but("sid", json!(1))),
    ])
}

fn rsa() -> Value {
    json!({"kty": "RSA", "n": MODULUS, "e": "AQAB", "alg": "RS256", "kid": "rsa", "use": "sig"})
}

fn but(mut jwk: Value, name: &str, value: impl Into<Value>) -> Value {
    jwk[name] = value.into();
    jwk
}

fn set(keys: &[Value]) -> String {
    json!({"keys": keys}).to_string()
}

fn p256() -> Value {
    but(serde_json::from_str(P256).expect("JSON"), "kid", "ec")
}

fn okp() -> Value {
    but(ed25519_jwk(), "kid", "okp")
}

fn oct() -> Value {
    json!({"kty": "oct", "k": base64url(SECRET), "alg": "HS256", "kid": KID})
}

fn public_sets() -> Seeds {
    let mut small_order = [0; 32];
    small_order[0] = 1;
    named([
        ("good", set(&[rsa(), p256(), okp()])),
        ("good-without-kid", set(&[ed25519_jwk()])),
        (
            "good-beside-others",
            set(&[
                okp(),
                but(rsa(), "use", "enc"),
                json!({"kty": "EC", "crv": "secp256k1"}),
                but(p256(), "key_ops", json!(["sign"])),
            ]),
        ),
        ("t10-rsa-without-alg", set(&[json!({"kty": "RSA", "n": MODULUS, "e": "AQAB"})])),
        ("t11-exponent-of-one", set(&[but(rsa(), "e", "AQ")])),
        ("t11-private", set(&[but(okp(), "d", base64url(SECRET))])),
        ("t11-rsa-1024", set(&[but(rsa(), "n", &MODULUS[..172])])),
        ("t11-same-kid", set(&[okp(), but(p256(), "kid", "okp")])),
        ("t11-empty-kid", set(&[but(okp(), "kid", "")])),
        ("t11-mixed", set(&[okp(), oct()])),
        ("t16-off-the-curve", set(&[but(p256(), "y", base64url(SECRET)), okp()])),
        ("t17-small-order", set(&[but(okp(), "x", base64url(small_order))])),
        ("t30-twice", format!(r#"{{"keys":[{}],"k\u0065ys":[]}}"#, okp())),
        ("no-keys", r#"{"keys":[]}"#.to_owned()),
        ("no-objects", r#"{"keys":[1,null,"a",[]]}"#.to_owned()),
        ("101-keys", set(&vec![json!({"kty": "EC"}); 101])),
    ])
}

fn published() -> Seeds {
    let mut seeds = public_sets();
    seeds.extend(named([("one-of-three", set(&[okp(), but(rsa(), "e", "AQ"), but(p256(), "y", "AA")]))]));
    seeds
}

fn jwks() -> Seeds {
    let mut seeds = public_sets();
    seeds.extend(named([
        ("good-secret", set(&[oct()])),
        ("t11-short-secret", set(&[but(oct(), "k", base64url(&SECRET[..31]))])),
        ("t11-secret-for-hs512", set(&[but(oct(), "alg", "HS512")])),
        ("t11-repeated", set(&[but(oct(), "k", base64url([7; 32]))])),
        ("t11-filled-up", set(&[but(oct(), "k", base64url([b"secret".as_slice(), &[0; 58]].concat()))])),
        ("good-secret-and-a-zero-byte", set(&[but(oct(), "k", base64url([SECRET.as_slice(), &[0]].concat()))])),
        ("one-key", okp().to_string()),
        ("one-rsa-key", rsa().to_string()),
        ("one-secret", oct().to_string()),
        ("one-private-key", but(p256(), "d", "AA").to_string()),
    ]));
    seeds
}

fn discovery() -> Seeds {
    const LOCAL: &str = "http://127.0.0.1:8080/realms/orders";
    let document = |issuer: &str, keys: &str| json!({"issuer": issuer, "jwks_uri": keys}).to_string();
    let keys = "https://keys.example.com/jwks";
    named([
        ("good", format!("cache-control: max-age=120\nage: 30\n\n{}", document(ISSUER, keys))),
        ("good-local", document(LOCAL, "http://localhost:8080/jwks?a=b")),
        ("good-without-cache-control", format!("etag: \"a\"\n\n{}", document(ISSUER, keys))),
        ("cache-control-no-store", "Cache-Control: no-store\n\n".to_owned()),
        ("cache-control-in-any-case", "Cache-Control: Max-Age=60\n\n".to_owned()),
        ("cache-control-long", "cache-control: public, max-age=31536000, immutable\n\n".to_owned()),
        (
            "cache-control-nonsense",
            "cache-control: max-age=-5, max-age=\"1\", ;\nage: 18446744073709551616\n\n".to_owned(),
        ),
        ("other-issuer", document("https://id.example.com", keys)),
        ("in-the-clear", document(ISSUER, "http://keys.example.com/jwks")),
        ("on-this-machine", document(ISSUER, "https://127.0.0.1/jwks")),
        ("on-this-machine-v6", document(ISSUER, "https://[::1]:443/jwks")),
        ("on-this-machine-mapped", document(ISSUER, "https://[::ffff:127.0.0.1]/jwks")),
        ("on-this-machine-named", document(ISSUER, "https://localhost./jwks")),
        ("on-this-machine-unspecified", document(ISSUER, "https://[::]/jwks")),
        ("with-a-password", document(ISSUER, "https://a:b@keys.example.com/")),
        ("with-a-fragment", document(ISSUER, "https://keys.example.com/#a")),
        ("file", document(ISSUER, "file:///etc/passwd")),
        (
            "twice",
            format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{keys}","jwks_ur\u0069":"https://evil.example.com/"}}"#),
        ),
        ("no-object", "[]".to_owned()),
    ])
}
