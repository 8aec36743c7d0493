//! The tokens that a service issues, and their keys.

use super::{plan_of, row};

const HEAD: &str = r#"
use jsonwebtoken::{EncodingKey, Header, encode};
pub fn app() -> axum::Router { axum::Router::new().route("/a", axum::routing::get(a)) }
async fn a() {}
pub struct Access { pub sub: String, pub exp: u64 }
pub struct Refresh { pub sub: String, pub exp: u64 }
"#;

fn plan(code: &str) -> String {
    plan_of("jsonwebtoken = \"11\"\n", &[("src/lib.rs", &format!("{HEAD}{code}"))])
}

/// What the plan says about keys that sign several kinds.
fn shared(code: &str) -> Vec<String> {
    let plan = plan(code);
    plan.lines()
        .filter_map(|line| line.strip_prefix("**One key signs several kinds of tokens**: "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn issued_tokens_lead_to_the_issuer_and_its_feature() {
    let plan = plan("fn issue(c: &Access, k: &EncodingKey) -> String { encode(&Header::default(), c, k) }");
    assert_eq!(row(&plan, "issue")[2], "`TokenIssuer::issue`, or add `iss`, `aud`: a verifier requires them");
    assert!(plan.contains("`TokenIssuer` (feature `issue`) signs tokens"), "{plan}");
    assert!(plan.contains("`auth-runtime = { .., features = [\"issue\"] }`"), "{plan}");
}

#[test]
fn a_service_that_verifies_only_needs_no_issuer() {
    let plan = plan("fn verify(t: &str) { jsonwebtoken::decode::<Access>(t, &KEY, &validation()); }");
    assert!(row(&plan, "verify")[1].contains("verifies") && !plan.contains("TokenIssuer"), "{plan}");
}

#[test]
fn two_kinds_of_tokens_with_one_key_are_reported_with_the_remedy() {
    let one = "fn pair(config: &Config, a: Access, r: Refresh) {\n\
               encode(&Header::default(), &a, &EncodingKey::from_secret(config.jwt_secret.as_ref()));\n\
               encode(&Header::default(), &r, &EncodingKey::from_secret(config.jwt_secret.as_bytes()));\n}";
    assert_eq!(
        shared(one),
        ["`jwt_secret` signs `Access` in `pair`, `Refresh` in `pair`. With it, a verifier of access tokens may accept"]
    );
    assert!(
        plan(one).contains("Give each kind its own key and its own `TokenIssuer`, or make refresh tokens random bytes")
    );

    let variable = "fn pair(config: &Config, a: Access, r: Refresh) {\n\
                    let key = EncodingKey::from_secret(config.jwt_secret.as_ref());\n\
                    encode(&Header::default(), &a, &key);\nencode(&Header::default(), &r, &key);\n}";
    assert!(shared(variable)[0].starts_with("`jwt_secret` signs `Access`"));

    // Refresh tokens of the same type.
    let same_type = "fn access(a: Access) { encode(&Header::default(), &a, &KEYS.encoding); }\n\
                     fn refresh(a: Access) { encode(&Header::default(), &a, &KEYS.encoding); }";
    assert!(shared(same_type)[0].starts_with("`KEYS.encoding` signs `Access` in `access`, `Access` in `refresh`"));
}

#[test]
fn a_key_in_a_parameter_is_the_one_that_the_callers_pass() {
    let with = |access: &str, refresh: &str| {
        format!(
            "fn access(a: Access, key: &EncodingKey) {{ encode(&Header::default(), &a, key); }}\n\
             fn refresh(r: Refresh, secret: &str) {{ encode(&Header::default(), &r, &EncodingKey::from_secret(secret.as_ref())); }}\n\
             fn login(config: &Config) {{ access(a(), &config.{access}); again(config, &config.{refresh}); }}\n\
             fn again(config: &Config, k: &str) {{ refresh(r(), k); }}"
        )
    };
    assert_eq!(shared(&with("jwt_secret", "jwt_secret")).len(), 1);
    assert_eq!(shared(&with("access_secret", "refresh_secret")), [""; 0]);
}

#[test]
fn one_kind_of_token_from_two_places_is_not_reported() {
    let code = "fn login(a: Access) { encode(&Header::default(), &a, &KEY); }\n\
                fn sign_up(a: Access) { encode(&Header::default(), &a, &KEY); }";
    assert_eq!(shared(code), [""; 0]);
}
