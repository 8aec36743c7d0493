//! T18: tokens that say where their key is. The service must not fetch it.
//!
//! A fetch is a finding whatever the answer was: the sender of a token chooses where the service
//! sends a request to (server-side request forgery), and its key verifies what the sender has
//! signed (RFC 8725 section 3.10).

use super::attack_run::AttackRun;
use super::kinds::ready;
use super::listener::KeyListener;
use super::probe::Probe;
use super::requests;
use crate::catalogue::{Credentials, Expected};
use crate::issuer::{SigningKey, TestIssuer, TestToken};
use crate::report::{Finding, RouteReport, Severity};
use crate::target::Route;
use auth_runtime::keys::Algorithm;
use http::{Method, StatusCode};

/// The id of the key that the listener serves, beside that of the good key.
const KID: &str = "key-of-the-sender";

/// What each attack needs of the listener, started with the first one.
#[derive(Default)]
pub(super) struct Fetches {
    is_started: bool,
    /// `None` where the listener cannot be started.
    running: Option<(KeyListener, SigningKey)>,
    /// The finding that a fetch of each attack is, in the order of the attacks.
    sent: Vec<Finding>,
    /// The attacks whose fetch is a finding already.
    found: Vec<usize>,
}

impl AttackRun {
    pub(super) async fn attack_fetches(
        &mut self,
        route: &Route,
        method: &Method,
        good_status: StatusCode,
        report: &mut RouteReport,
    ) {
        if self.plan.without.contains("T18") {
            return;
        }
        let Some(forgery) = TestToken::decoded(&self.plan.good_token(route)) else { return };
        let iss = self.plan.sources.of(route).issuer().map(|issuer| issuer.name().to_owned());
        let Some(authority) = self.listen(forgery.algorithm()) else { return };
        for kind in VARIANTS {
            let number = self.fetches.sent.len();
            let Some((_, key)) = self.fetches.running.as_ref() else { return };
            let place = format!("{authority}/fetch-{number}");
            let token = forgery.clone().header("alg", key.algorithm.to_string());
            let Some(token) = (kind.change)(token, &place, iss.as_deref()) else { continue };
            let credentials = Credentials::bearer(&token.signed_with(key));
            let attack = ready("T18", kind.name.to_owned(), Expected::InvalidToken, credentials.clone());
            let template = self.plan.template(route, method);
            let probe = Probe {
                route,
                method: method.clone(),
                id: "T18".to_owned(),
                what: kind.name.to_owned(),
                curl: requests::curl(&template, &credentials),
            };
            self.fetches.sent.push(probe.finding(Severity::GotThrough, String::new(), None));
            let failed = self.send_attack(route, method, &attack, credentials, good_status).await;
            let fetched = self.read_fetches();
            report.count("T18", failed || fetched);
        }
    }

    /// Starts the listener, unless it runs already. Returns its host and port.
    fn listen(&mut self, algorithm: Algorithm) -> Option<String> {
        if !std::mem::replace(&mut self.fetches.is_started, true) {
            // A shared secret is not served as a public key.
            let is_secret = matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512);
            let key = SigningKey::untrusted(if is_secret { Algorithm::ES256 } else { algorithm });
            let started = if self.target.is_on_this_machine() {
                KeyListener::start(&key, &[KID, TestIssuer::KID]).map_err(|error| error.to_string())
            } else {
                Err("the service is on another machine, and cannot reach the kit".to_owned())
            };
            let started =
                started.map_err(|why| self.not_sent.insert("T18 a key that the sender serves".to_owned(), why));
            self.fetches.running = started.ok().map(|listener| (listener, key));
        }
        self.fetches.running.as_ref().map(|(listener, _)| listener.authority())
    }

    /// Reports the fetches since the last call, and returns whether there were any.
    ///
    /// A service may fetch after its answer, so the path names the attack. A connection without a
    /// path, such as TLS, belongs to the last one.
    pub(super) fn read_fetches(&mut self) -> bool {
        let Some((listener, _)) = self.fetches.running.as_ref() else { return false };
        let fetches = listener.take_fetches();
        for line in &fetches {
            let Some(last) = self.fetches.sent.len().checked_sub(1) else { break };
            let number = number_of(line).filter(|number| *number <= last).unwrap_or(last);
            if self.fetches.found.contains(&number) {
                continue;
            }
            self.fetches.found.push(number);
            let what = if line.is_empty() { "a connection with TLS" } else { line.as_str() };
            let problem = format!(
                "service fetched a key from where the token says: `{what}`: take keys from the configured source only, \
                 because a client chooses where this request goes (server-side request forgery)"
            );
            self.findings.push(Finding { problem, ..self.fetches.sent[number].clone() });
        }
        !fetches.is_empty()
    }
}

/// The number of the attack in the path of a request.
fn number_of(line: &str) -> Option<usize> {
    let (_, after) = line.split_once("/fetch-")?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// One member of a token that names a place.
struct Variant {
    name: &'static str,
    /// Gets the token, the host with the path, and the issuer's name.
    change: fn(TestToken, &str, Option<&str>) -> Option<TestToken>,
}

const VARIANTS: [Variant; 6] = [
    Variant {
        name: "a key of the sender, served at its jku",
        change: |token, place, _| Some(token.header("kid", KID).header("jku", format!("http://{place}/jwks.json"))),
    },
    Variant {
        name: "a key of the sender under the good kid, served at its jku",
        change: |token, place, _| {
            Some(token.header("kid", TestIssuer::KID).header("jku", format!("http://{place}/jwks.json")))
        },
    },
    Variant {
        name: "a key of the sender, served at a jku that begins with the issuer",
        change: |token, place, iss| {
            // The issuer is the user info, and the host follows it (RFC 3986 section 3.2.1).
            let iss = iss?.trim_end_matches('/');
            let host = iss.split_once("://")?.1;
            (!host.contains('/')).then(|| token.header("kid", KID).header("jku", format!("{iss}@{place}/jwks.json")))
        },
    },
    Variant {
        name: "a key of the sender, in the certificate at its x5u",
        change: |token, place, _| {
            Some(token.header("kid", KID).header("x5u", format!("http://{place}/certificate.pem")))
        },
    },
    Variant {
        name: "a key of the sender, served by the issuer that it names",
        change: |token, place, _| Some(token.header("kid", KID).claim("iss", format!("http://{place}"))),
    },
    Variant {
        name: "a key of the sender, served at its kid",
        change: |token, place, _| Some(token.header("kid", format!("http://{place}/jwks.json"))),
    },
];

#[cfg(test)]
mod tests {
    use super::number_of;

    #[test]
    fn a_path_names_its_attack() {
        assert_eq!(number_of("GET /fetch-12/jwks.json HTTP/1.1"), Some(12));
        assert_eq!(number_of("GET /.well-known/oauth-authorization-server/fetch-3 HTTP/1.1"), Some(3));
        assert_eq!(number_of("GET /favicon.ico HTTP/1.1"), None);
        assert_eq!(number_of(""), None);
    }
}
