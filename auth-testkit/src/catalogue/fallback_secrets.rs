//! T03: secrets that code falls back to, and those of configurations that were never completed.
//!
//! The lists that well-known tools try (`jwt_tool`, Wallarm's `jwt-secrets`) have most of them.
//! They are not in the catalogue, because all routes of a verifier have the same key.

use super::{Attack, algorithms};
use auth_runtime::keys::Algorithm;

/// What languages and scripts make of a value that is missing.
const MISSING: [&str; 26] = [
    "notfound",
    "not found",
    "not_found",
    "none",
    "None",
    "NULL",
    "nil",
    "<nil>",
    "(null)",
    "undefined",
    "NaN",
    "[object Object]",
    "unset",
    "empty",
    "missing",
    "unknown",
    "error",
    "n/a",
    "N/A",
    "false",
    "true",
    "0",
    " ",
    "\n",
    "{}",
    "\"\"",
];

/// The name of a variable, or of a file, instead of its content.
const UNRESOLVED: [&str; 14] = [
    "${JWT_SECRET}",
    "$JWT_SECRET",
    "%JWT_SECRET%",
    "{{JWT_SECRET}}",
    "{{ jwt_secret }}",
    "process.env.JWT_SECRET",
    "SECRET_KEY",
    "SECRET",
    "JWT_SECRET_KEY",
    "ACCESS_TOKEN_SECRET",
    "APP_SECRET",
    "/run/secrets/jwt_secret",
    "jwt.secret",
    "jwt_secret_key",
];

/// What the author meant to replace.
const PLACEHOLDERS: [&str; 34] = [
    "default",
    "changeit",
    "changethis",
    "change_me",
    "CHANGEME",
    "CHANGE_ME",
    "ChangeMe!",
    "please-change-me",
    "replace-me",
    "replaceme",
    "REPLACE_ME",
    "TODO",
    "todo",
    "xxx",
    "example",
    "sample",
    "demo",
    "dummy",
    "foo",
    "bar",
    "foobar",
    "temp",
    "dev",
    "development",
    "local",
    "debug",
    "testing",
    "test123",
    "test-secret",
    "test_secret",
    "testsecret",
    "dev-secret",
    "dev_secret",
    "insecure",
];

/// What documentation, templates and people choose.
const CHOSEN: [&str; 44] = [
    "jwt",
    "key",
    "token",
    "auth",
    "hmac",
    "s3cr3t",
    "s3cret",
    "Secret",
    "secret\n",
    "secret123",
    "secretKey",
    "secret-key",
    "mysecret",
    "my-secret",
    "my_secret",
    "jwtsecret",
    "jwtSecret",
    "jwt-key",
    "app-secret",
    "session_secret",
    "auth-secret",
    "signing-key",
    "private",
    "private_key",
    "privatekey",
    "super_secret",
    "super-secret-key",
    "supersecretkey",
    "notsecret",
    "not-so-secret",
    "shhhhh",
    "shhhhhhared-secret",
    "admin",
    "root",
    "123456",
    "12345678",
    "1234567890",
    "qwerty",
    "letmein",
    "password123",
    "thisisasecret",
    // Of the defaults of Supabase, of the tutorial of FastAPI, and of Nacos (CVE-2021-43116).
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "SecretKey012345678901234567890123456789012345678901234567890123456789",
];

/// Defaults of products, and of tutorials that are copied as they are.
const PUBLISHED: [&str; 46] = [
    // Apache Superset (CVE-2023-27524).
    "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
    "thisISaSECRET_1234",
    "YOUR_OWN_RANDOM_GENERATED_SECRET_KEY",
    "TEST_NON_DEV_SECRET",
    "\u{2}\u{1}thisismyscretkey\u{1}\u{2}\\e\\y\\y\\h",
    // Apache Airflow (CVE-2020-17526).
    "temporary_key",
    // Nacos, as its Docker image has it, and decoded.
    "VGhpc0lzTXlDdXN0b21TZWNyZXRLZXkwMTIzNDU2Nzg=",
    "ThisIsMyCustomSecretKey012345678",
    // Apache Dubbo Admin.
    "86295dd0c4ef69a1036b0b0c15158d77",
    // Grafana, Harbor, Gogs, Redash and ChirpStack.
    "SW2YcwTIb9zpOOhoPsMm",
    "not-a-secure-key",
    "!#@FDEWREWR&*(",
    "c292a0a3aa32397cdb050e233733900f",
    "verysecret",
    "you-must-replace-me",
    // Label Studio (CVE-2023-43791).
    "$(fefwefwef13;LFK{P!)@#*!)kdsjfWF2l+i5e3t(8a1n",
    // ThingsBoard, KubeOperator, RuoYi and Strapi.
    "thingsboardDefaultSigningKey",
    "kubeoperator",
    "abcdefghijklmnopqrstuvwxyz",
    "tobemodified",
    // Open WebUI, Flowise, Dify and Plane.
    "t0p-s3cr3t",
    "auth_token",
    "sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U",
    "60gp0byfz2dvffa45cxl20p1scy9xbpf6d8c5y0geejgkyp1b5",
    // `SECRET_KEY_BASE` of services with Rails: Chatwoot, OpenProject, Huginn and images of GitLab.
    "replace_with_lengthy_secure_hex",
    "OVERWRITE_ME",
    "REPLACE_ME_NOW!",
    "long-and-random-alphanumeric-string",
    // Mercure and API Platform.
    "!ChangeThisMercureHubJWTSecretKey!",
    "!ChangeMe!",
    // The documents of Directus, PostgREST, NestJS, Symfony and Laravel.
    "255d861b-5ea1-5996-9aa3-922530ec40b1",
    "reallyreallyreallyreallyverysafe",
    "DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.",
    "ThisTokenIsNotSoSecretChangeIt",
    "SomeRandomString",
    "SomeRandomStringWith32Characters",
    // Tutorials of Django and Flask.
    "django-insecure",
    "django-insecure-change-me",
    "you-will-never-guess",
    "hard to guess string",
    "super secret key",
    // Tutorials of Spring and JHipster, in their forms.
    "javainuse",
    "bezKoderSecretKey",
    "JWTSuperSecretKey",
    "my-secret-token-to-change-in-production",
    "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
];

/// Keys that were allocated and not filled, in bytes.
const ZEROS: [usize; 3] = [16, 32, 64];

/// Words that are tried with the longer hashes too.
const WITH_LONGER_HASHES: [&str; 9] = [
    "",
    "secret",
    "changeme",
    "default",
    "notfound",
    "test",
    // Spring's tutorials sign with HS512, and jwt.io has a secret of that length.
    "javainuse",
    "bezKoderSecretKey",
    "your-512-bit-secret",
];

/// Tokens that are signed with such a secret. One route of each verifier gets them.
pub(crate) fn fallback_secrets() -> Vec<Attack> {
    let words = MISSING.iter().chain(&UNRESOLVED).chain(&PLACEHOLDERS).chain(&CHOSEN).chain(&PUBLISHED);
    let mut attacks: Vec<Attack> =
        words.map(|word| signed(Algorithm::HS256, &format!("the secret {word:?}"), word.as_bytes().to_vec())).collect();
    attacks.extend(ZEROS.map(|length| signed(Algorithm::HS256, &format!("a key of {length} zeros"), vec![0; length])));
    for longer in [Algorithm::HS384, Algorithm::HS512] {
        let words = WITH_LONGER_HASHES.iter();
        attacks.extend(words.map(|word| signed(longer, &format!("the secret {word:?}"), word.as_bytes().to_vec())));
    }
    attacks
}

fn signed(hmac: Algorithm, what: &str, secret: Vec<u8>) -> Attack {
    algorithms::forged("T03", format!("{hmac} with {what}"), move |_, token| {
        Some(token.signed_with_secret(hmac, &secret))
    })
}

#[cfg(test)]
mod tests {
    use super::fallback_secrets;
    use std::collections::BTreeSet;

    #[test]
    fn each_secret_is_tried_once() {
        let all: Vec<String> = crate::catalogue::catalogue()
            .iter()
            .chain(&fallback_secrets())
            .map(|attack| attack.name().to_owned())
            .collect();
        let unique: BTreeSet<&String> = all.iter().collect();
        let twice: Vec<_> =
            unique.iter().filter(|name| all.iter().filter(|other| other == *name).count() > 1).collect();
        let secrets: Vec<_> = twice.iter().filter(|name| name.contains("secret \"")).collect();
        assert!(secrets.is_empty(), "{secrets:?}");
        assert!(fallback_secrets().len() < 200);
    }
}
