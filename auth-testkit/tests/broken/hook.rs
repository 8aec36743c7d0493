//! A plain router with a webhook whose signature is checked by hand, in parts that a test replaces.

use crate::support::assert_only_caught;
use auth_runtime::signature;
use auth_runtime::signatures::Scheme;
use auth_testkit::{AttackBuilder, AttackReport, Severity, TestSender, attack};
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

signature!(
    pub(crate) Bank = Scheme::hmac("X-Bank-Signature-256")
        .hex()
        .prefix("sha256=")
        .signed("{timestamp}.{body}")
        .timestamp_header("X-Bank-Timestamp")
        .tolerance(Duration::from_secs(5 * 60))
);

pub(crate) const SECRET: &str = "a-long-random-secret-of-a-bank";
pub(crate) const SIGNATURE: &str = "x-bank-signature-256";
pub(crate) const OLDER: &str = "x-bank-signature";
pub(crate) const TIMESTAMP: &str = "x-bank-timestamp";
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// A check in parts. [`RIGHT`] has no mistake.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is one step of the check")]
pub(crate) struct Check {
    /// Whether a request passes before its signature is looked for.
    pub(crate) passes: fn(&Parts) -> bool,
    /// The value of a header.
    pub(crate) value: fn(&HeaderMap, &str) -> Option<String>,
    /// The MAC in the signature header.
    pub(crate) mac: fn(&str) -> Option<String>,
    /// The timestamps that are signed and judged.
    pub(crate) times: fn(&HeaderMap) -> Option<(String, String)>,
    pub(crate) is_fresh: fn(&str, u64) -> bool,
    /// The texts of which one must be signed.
    pub(crate) texts: fn(&str, &[u8]) -> Vec<Vec<u8>>,
    pub(crate) keys: &'static [&'static str],
    pub(crate) hashes: &'static [hmac::Algorithm],
    /// Whether an empty body needs no signature.
    pub(crate) skips_empty: bool,
    pub(crate) is_equal: fn(&str, &str) -> bool,
    pub(crate) keeps_deliveries: bool,
    pub(crate) limit: usize,
    /// Whether the body is read before its headers are checked.
    pub(crate) reads_first: bool,
    /// Whether the handler runs before the signature is verified.
    pub(crate) handles_first: bool,
    /// What a rejection says: the step that failed, and the right MAC.
    pub(crate) says: fn(&str, &str) -> String,
}

pub(crate) const RIGHT: Check = Check {
    passes: |_| false,
    value: only,
    mac: |value| value.strip_prefix("sha256=").filter(|mac| is_lower_hex(mac)).map(str::to_owned),
    times: |headers| only(headers, TIMESTAMP).map(|time| (time.clone(), time)),
    is_fresh: |text, now| is_number(text) && text.parse().is_ok_and(|sent: u64| now.abs_diff(sent) <= 300),
    texts: |time, body| vec![with_time(time, body)],
    keys: &[SECRET],
    hashes: &[hmac::HMAC_SHA256],
    skips_empty: false,
    is_equal: |presented, right| presented == right,
    keeps_deliveries: true,
    limit: MAX_BODY,
    reads_first: false,
    handles_first: false,
    says: |_, _| "unauthorized".to_owned(),
};

pub(crate) fn only(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    first.filter(|_| second.is_none())?.to_str().ok().map(str::to_owned)
}

pub(crate) fn with_time(time: &str, body: &[u8]) -> Vec<u8> {
    [time.as_bytes(), b".", body].concat()
}

pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_lower_hex(mac: &str) -> bool {
    mac.len() == 64 && mac.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn mac(algorithm: hmac::Algorithm, key: &str, text: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), text);
    tag.as_ref().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The service behind a check.
#[derive(Clone)]
struct Hook {
    check: Check,
    seen: Arc<Mutex<HashSet<String>>>,
    handled: Arc<AtomicU64>,
}

impl Hook {
    async fn answer(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        if self.check.handles_first {
            self.handled.fetch_add(1, Ordering::Relaxed);
        }
        match self.verify(&parts, body).await {
            Ok(()) => {
                self.handled.fetch_add(1, Ordering::Relaxed);
                "handled".into_response()
            }
            Err(rejection) => rejection,
        }
    }

    async fn verify(&self, parts: &Parts, body: Body) -> Result<(), Response> {
        let check = self.check;
        if (check.passes)(parts) {
            return Ok(());
        }
        let no = |step: &str, right: &str| (StatusCode::UNAUTHORIZED, (check.says)(step, right)).into_response();
        let (mut body, mut early) = (Some(body), None);
        if check.reads_first {
            let bytes = to_bytes(body.take().unwrap_or_default(), check.limit).await;
            early = Some(bytes.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?);
        }
        let header = (check.value)(&parts.headers, SIGNATURE).ok_or_else(|| no("missing", ""))?;
        let presented = (check.mac)(&header).ok_or_else(|| no("form", ""))?;
        let (signed, judged) = (check.times)(&parts.headers).ok_or_else(|| no("no time", ""))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        if !(check.is_fresh)(&judged, now) {
            return Err(no("time", ""));
        }
        let bytes = match early {
            Some(bytes) => bytes,
            None => to_bytes(body.take().unwrap_or_default(), check.limit)
                .await
                .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?,
        };
        let texts = (check.texts)(&signed, &bytes);
        let pairs = check.keys.iter().flat_map(|key| check.hashes.iter().map(move |hash| (*hash, *key)));
        let rights: Vec<String> =
            pairs.flat_map(|(hash, key)| texts.iter().map(move |text| mac(hash, key, text))).collect();
        if check.skips_empty && bytes.is_empty() {
            return Ok(());
        }
        if !rights.iter().any(|right| (check.is_equal)(&presented, right)) {
            return Err(no("signature", &rights[0]));
        }
        if check.keeps_deliveries && !self.seen.lock().unwrap().insert(presented) {
            return Err(no("replay", ""));
        }
        Ok(())
    }
}

/// The attack on a service with this check.
pub(crate) fn attacked(check: Check) -> AttackBuilder {
    attacked_by(&TestSender::of::<Bank>(SECRET).max_body(MAX_BODY), check)
}

pub(crate) fn attacked_by(sender: &TestSender, check: Check) -> AttackBuilder {
    let hook = Hook { check, seen: Arc::default(), handled: Arc::default() };
    let handled = Arc::clone(&hook.handled);
    let app = Router::new().route("/hook", post(move |request: Request| hook.clone().answer(request)));
    attack(app).with_sender_on("POST /hook", sender).unchanged("deliveries handled", move || {
        let handled = handled.load(Ordering::Relaxed);
        async move { handled }
    })
}

/// Asserts that these attacks get through and no other, and that one of them is called `name`.
#[track_caller]
pub(crate) fn assert_named(report: &AttackReport, ids: &[&str], name: &str) {
    assert_only_caught(report, Severity::GotThrough, ids);
    let is_named = report.findings.iter().any(|finding| finding.attack == name && finding.problem.contains(": "));
    assert!(is_named, "{name}: {report}");
}
