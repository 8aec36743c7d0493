//! H35 and T02: answers with a secret that the test has given the kit.
//!
//! CVE-2023-38646 (Metabase): a public route had the token of the set-up. CVE-2019-7644 (Auth0):
//! the rejection of a forged token had the signature that is right.

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::requests::RequestTemplate;
use crate::catalogue::Credentials;
use crate::issuer::TestIssuer;
use crate::report::RouteReport;
use crate::target::{Route, ServiceResponse};
use auth_runtime::keys::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use http::Method;
use serde_json::Value;

/// A shorter secret may be a word of any answer.
const SHORTEST: usize = 16;

/// Members that no answer has.
const HASHED: [&str; 5] = ["passwordhash", "passworddigest", "hashedpassword", "encryptedpassword", "passwordsalt"];

/// Members that are for the service alone. A write may make one for its caller.
const MEMBERS: [&str; 7] =
    ["resettoken", "resetcode", "passwordresettoken", "totpsecret", "otpsecret", "mfasecret", "twofactorsecret"];

/// Parts of the path of a route that shows a caller its second factor.
const FACTORS: [&str; 5] = ["2fa", "mfa", "otp", "factor", "enrol"];

/// How the hash of a password begins: bcrypt, Argon2, scrypt.
const HASHES: [&str; 5] = ["$2a$", "$2b$", "$2y$", "$argon2", "$scrypt$"];

/// Secrets of the test, each with its name.
#[derive(Default)]
pub(super) struct Secrets {
    configured: Option<Vec<(String, String)>>,
    /// Good credentials, which a public log-in may answer with.
    made: Option<Vec<(String, String)>>,
}

impl AttackRun {
    /// Searches the answer that every client gets.
    pub(super) async fn check_public_answer(
        &mut self,
        (route, method): (&Route, &Method),
        sent: (&RequestTemplate, &Credentials),
        response: &ServiceResponse,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("H35") {
            return;
        }
        let mut found = name_in(response, self.configured_secrets());
        if found.is_none() && *method == Method::GET && !self.plan.completes(route) {
            found = name_in(response, self.made_credentials().await);
        }
        if found.is_none() && *method == Method::GET {
            found = secret_member(response, &MEMBERS);
        } else if found.is_none() {
            found = secret_member(response, &[]);
        }
        report.count("H35", found.is_some());
        if let Some(name) = found {
            let got_through = GotThrough {
                id: "H35",
                what: format!("a public answer with {name}"),
                problem: format!("public answer has {name}: do not put secrets into answers"),
            };
            self.report_got_through((route, method), got_through, sent, response);
        }
    }

    /// Searches the answer to a good credential.
    ///
    /// A row of the database has the hash of the password also in the list of the members of a team
    /// (OWASP API3:2023).
    pub(super) fn look_for_secrets(
        &mut self,
        (route, method): (&Route, &Method),
        sent: (&RequestTemplate, &Credentials),
        response: &ServiceResponse,
    ) {
        if self.plan.without.contains("H35") || !response.status.is_success() {
            return;
        }
        let path = route.path.to_ascii_lowercase();
        let shows_factors = FACTORS.iter().any(|part| path.contains(part));
        // Those who support others may see the code of a reset.
        let is_plain = *method == Method::GET && route.permissions.is_empty() && !shows_factors;
        let names: &[&str] = if is_plain { &MEMBERS } else { &[] };
        if let Some(name) = secret_member(response, names) {
            let got_through = GotThrough {
                id: "H35",
                what: format!("an answer with {name}"),
                problem: format!("answer has {name}, which is for the service alone: answer with a type of its own"),
            };
            self.report_got_through((route, method), got_through, sent, response);
        }
    }

    /// Searches the rejection of a token for its right signature, which a shared secret makes.
    pub(super) async fn attack_expected_signature(&mut self, route: &Route, method: &Method, report: &mut RouteReport) {
        let Some(issuer) = self.plan.sources.of(route).issuer().filter(|issuer| has_shared_secret(issuer)) else {
            return;
        };
        if self.plan.without.contains("T02") || *method == Method::HEAD || route.grpc {
            return;
        }
        let token = issuer.token().subject("admin");
        let right = token.signed();
        let signature = right.rsplit('.').next().unwrap_or_default();
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(signature) else { return };
        let forms = forms(&bytes).map(|form| ("the right signature".to_owned(), form));
        let forged = Credentials::bearer(&token.signed_with_untrusted_key());
        let template = self.plan.template(route, method);
        let Ok(response) = self.send(template.request(&forged)).await else { return };
        let found = name_in(&response, &forms).or_else(|| name_in(&response, self.configured_secrets()));
        report.count("T02", found.is_some());
        if let Some(name) = found {
            let got_through = GotThrough {
                id: "T02",
                what: format!("a forged token, whose rejection has {name}"),
                problem: format!(
                    "rejection of a forged token has {name}: `{}`: answer only that the token is invalid",
                    response.status
                ),
            };
            self.report_got_through((route, method), got_through, (&template, &forged), &response);
        }
    }

    fn configured_secrets(&mut self) -> &[(String, String)] {
        let plan = &self.plan;
        self.secrets.configured.get_or_insert_with(|| {
            let mut secrets = Vec::new();
            let setup = plan.setup.iter().map(|setup| ("the token of the set-up".to_owned(), setup.token().to_owned()));
            secrets.extend(setup);
            for sender in plan.senders.all() {
                let name = format!("the secret of {}", sender.name());
                secrets.push((name.clone(), sender.secret().to_owned()));
                secrets.extend(forms(sender.secret().as_bytes()).map(|form| (name.clone(), form)));
            }
            let issuers = plan.sources.all().filter_map(|source| source.issuer());
            for issuer in issuers.filter(|issuer| has_shared_secret(issuer)) {
                let secret = issuer.key().jwk["k"].as_str().and_then(|key| URL_SAFE_NO_PAD.decode(key).ok());
                let secret = secret.unwrap_or_default();
                let text = String::from_utf8(secret.clone()).ok();
                let all = forms(&secret).into_iter().chain(text);
                secrets.extend(all.map(|form| ("the signing secret".to_owned(), form)));
            }
            secrets.retain(|(_, text)| text.len() >= SHORTEST);
            secrets
        })
    }

    /// One good credential of each kind, made once.
    async fn made_credentials(&mut self) -> &[(String, String)] {
        if self.secrets.made.is_none() {
            let mut made = Vec::new();
            for source in self.plan.credentials.all() {
                let good = source.good(&[]).await;
                if good.len() >= SHORTEST {
                    made.push((format!("a good {} of {}", source.kind(), source.issuer()), good));
                }
            }
            self.secrets.made = Some(made);
        }
        self.secrets.made.as_deref().unwrap_or_default()
    }
}

/// The name of a member with the hash of a password, or of these members.
///
/// Spoutible's public profiles had the hash of the password and the code of a reset (2024).
fn secret_member(response: &ServiceResponse, names: &[&str]) -> Option<String> {
    let body = serde_json::from_slice(&response.body).ok()?;
    secret_in(&body, names)
}

fn secret_in(body: &Value, names: &[&str]) -> Option<String> {
    match body {
        Value::Array(values) => values.iter().find_map(|value| secret_in(value, names)),
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let plain = name.replace(['_', '-'], "").to_ascii_lowercase();
            let is_hash = |text: &str| HASHES.iter().any(|hash| text.starts_with(hash));
            let is_named = HASHED.iter().chain(names).any(|known| *known == plain);
            let is_secret = |text: &str| !text.is_empty() && (is_named || is_hash(text));
            let found = value.as_str().is_some_and(is_secret).then(|| format!("the member `{name}`"));
            found.or_else(|| secret_in(value, names))
        }),
        _ => None,
    }
}

fn has_shared_secret(issuer: &TestIssuer) -> bool {
    matches!(issuer.algorithm(), Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)
}

/// Bytes as a service prints them.
fn forms(bytes: &[u8]) -> [String; 6] {
    let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let capitals = hex.to_uppercase();
    let base64 = [URL_SAFE_NO_PAD.encode(bytes), URL_SAFE.encode(bytes), STANDARD_NO_PAD.encode(bytes)];
    let [url_safe, padded, standard] = base64;
    [url_safe, padded, standard, STANDARD.encode(bytes), hex, capitals]
}

/// The name of the first secret that the body or a header has.
fn name_in(response: &ServiceResponse, secrets: &[(String, String)]) -> Option<String> {
    let body = String::from_utf8_lossy(&response.body);
    let headers: Vec<&str> = response.headers.values().filter_map(|value| value.to_str().ok()).collect();
    let has = |text: &str| body.contains(text) || headers.iter().any(|value| value.contains(text));
    secrets.iter().find(|(_, text)| has(text)).map(|(name, _)| name.clone())
}
