//! Sends bad deliveries, and judges the responses.

use super::attack_run::AttackRun;
use super::comparable::{Compared, appearance};
use super::probe::Probe;
use crate::catalogue::Credentials;
use crate::issuer::TestSender;
use crate::report::{RouteReport, Severity};
#[cfg(feature = "wire")]
use crate::target::NoResponse;
use crate::target::ServiceResponse;
use auth_runtime::events::Reason;
use axum::body::Body;
use http::header::WWW_AUTHENTICATE;
use http::{Request, StatusCode};
use serde_json::Value;

/// How much longer a body is than the cap. A service may read a part of it to find the end.
pub(super) const BEYOND_THE_CAP: usize = 64 * 1024;

/// A bad delivery, with what its findings say about it.
pub(super) struct SignedShot<'a> {
    pub(super) probe: Probe<'a>,
    pub(super) request: Request<Body>,
    pub(super) credentials: Credentials,
}

/// How the problem starts where a plain router answers a bad delivery with 2xx.
pub(super) const ACCEPTED: &str = "request was accepted";

/// The response that a delivery must get.
#[derive(Debug, Clone, Copy)]
pub(super) enum SignedExpected {
    /// 401, the same for all.
    Unauthorized { reasons: &'static [Reason], unread: bool },
    /// 401, because the sender signs each attempt anew.
    Replayed,
    /// Any response without the handler, because the sender may repeat a delivery.
    Repeated,
    /// 413, before the body is read.
    TooLarge,
}

impl SignedExpected {
    fn status(self) -> Option<StatusCode> {
        match self {
            Self::Unauthorized { .. } | Self::Replayed => Some(StatusCode::UNAUTHORIZED),
            Self::TooLarge => Some(StatusCode::PAYLOAD_TOO_LARGE),
            Self::Repeated => None,
        }
    }

    fn reasons(self) -> &'static [Reason] {
        match self {
            Self::Unauthorized { reasons, .. } => reasons,
            Self::Replayed => &[Reason::ReplayedSignature],
            Self::Repeated => &[Reason::AlreadyDelivered],
            Self::TooLarge => &[Reason::BodyTooLarge],
        }
    }

    /// What to do about a delivery that was accepted.
    fn remedy(self) -> &'static str {
        match self {
            Self::Unauthorized { .. } => "reject it with 401",
            Self::Replayed => "keep each signature for the tolerance's time, and reject it the second time",
            Self::Repeated => "keep each delivery that was handled, and answer it without the handler",
            Self::TooLarge => "limit the body, and answer 413",
        }
    }
}

impl AttackRun {
    /// Sends a bad delivery, unless the test leaves it out.
    pub(super) async fn send_signed(
        &mut self,
        shot: SignedShot<'_>,
        sender: Option<&TestSender>,
        expected: SignedExpected,
        report: &mut RouteReport,
    ) {
        let SignedShot { probe, request, credentials } = shot;
        if self.locked_out || self.plan.without.contains(&probe.id) {
            return;
        }
        let (effects, reported) = (self.read_side_effects().await, self.reported_refusals().await);
        let response = match self.send(request).await {
            Ok(response) => response,
            // A server that leaves a body unread may end the connection before the client has read
            // the response.
            #[cfg(feature = "wire")]
            Err(NoResponse::Disconnected) if matches!(expected, SignedExpected::TooLarge) => {
                report.count(&probe.id, false);
                return;
            }
            Err(cause) => {
                report.count(&probe.id, true);
                self.findings.push(probe.without_response(cause));
                return;
            }
        };
        if self.is_locked_out(&probe, Some(&response)) {
            return;
        }
        let mut findings = Vec::new();
        if let Some(problem) = was_accepted(expected, &response) {
            findings.push(probe.finding(Severity::GotThrough, problem, Some(&response)));
        } else {
            let wrong = self.signed_problems(&probe, sender, expected, &credentials, &response);
            findings.extend(wrong.into_iter().map(|problem| probe.finding(Severity::Wrong, problem, Some(&response))));
            findings.extend(self.changed_side_effects(&probe, &effects, Some(&response)).await);
            // The report of a repeated delivery is not that of an attack.
            if !matches!(expected, SignedExpected::Repeated) {
                findings.extend(self.wrong_report_count(&probe, reported, 1, Some(&response)).await);
            }
        }
        report.count(&probe.id, !findings.is_empty());
        self.findings.extend(findings);
    }

    fn signed_problems(
        &mut self,
        probe: &Probe<'_>,
        sender: Option<&TestSender>,
        expected: SignedExpected,
        credentials: &Credentials,
        response: &ServiceResponse,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        let status = response.status;
        let is_declared = self.plan.rejections.contains_key(&status.as_u16());
        if let Some(right) = expected.status().filter(|right| *right != status && !is_declared) {
            wrong.push(format!("wrong status: `{status}`: reject with {}", right.as_u16()));
        } else if status == StatusCode::UNAUTHORIZED {
            wrong.extend(self.unlike_others(probe, expected, response));
        }
        wrong.extend(self.read_problem(sender, expected, response));
        // A service that shows the right signature signs for every client.
        let shown = String::from_utf8_lossy(&response.body);
        if let (Some(sender), Some(body)) = (sender, credentials.body.as_deref().filter(|body| !body.is_empty())) {
            let right = sender.draft().right_macs(&credentials.headers, body);
            // A response may repeat what the request has.
            let is_sent = |mac: &str| credentials.secrets().any(|part| part.contains(mac));
            if right.iter().any(|mac| shown.contains(mac) && !is_sent(mac)) {
                wrong
                    .push("rejection shows the right signature: an attacker can copy it: answer without it".to_owned());
            }
        }
        if self.target.is_guarded() {
            wrong.extend(event_problems(sender, expected, credentials, response));
        }
        wrong
    }

    /// P8: all rejections are equal, so that an attacker does not learn which check failed.
    fn unlike_others(
        &mut self,
        probe: &Probe<'_>,
        expected: SignedExpected,
        response: &ServiceResponse,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        let compared = if self.target.is_guarded() { Compared::All } else { Compared::Core };
        if self.target.is_guarded() && !response.headers.contains_key(WWW_AUTHENTICATE) {
            wrong.push(format!("missing header: `{WWW_AUTHENTICATE}`: send a challenge (RFC 9110 section 11.6.1)"));
        }
        let appearance = appearance(response, &self.plan.varying, compared);
        let by = || format!("{} ({}) on {}", probe.id, probe.what, probe.route);
        // Each route by itself, because `Vary` names the header of its sender. HEAD has no body
        // (RFC 9110 section 9.3.2).
        // The challenge of a bearer token differs without one (RFC 6750 section 3.1).
        let bare = [Reason::MissingCredentials, Reason::TokenInQuery];
        let is_bare = expected.reasons().iter().any(|reason| bare.contains(reason));
        let key = (probe.method == http::Method::HEAD, is_bare, probe.route.to_string());
        let (first, of) = self.signed_rejections.entry(key).or_insert_with(|| (appearance.clone(), by()));
        if *first != appearance {
            wrong.push(format!(
                "rejection differs from others: that of {of}: send the same response to both, because the difference \
                 helps an attacker; declare what differs by request: `.varies(\"x-request-id\")`\n  {first}\n  \
                 {appearance}"
            ));
        }
        wrong
    }

    fn read_problem(
        &self,
        sender: Option<&TestSender>,
        expected: SignedExpected,
        response: &ServiceResponse,
    ) -> Option<String> {
        let read = response.bytes_read;
        match expected {
            SignedExpected::Unauthorized { unread: true, .. } if read > 0 => Some(format!(
                "request body was read before the rejection: {read} bytes: check the headers of the signature before \
                 the body is read"
            )),
            // The length is declared. A service without auth-runtime may read up to its limit.
            SignedExpected::TooLarge if self.target.is_guarded() && read > 0 => Some(format!(
                "body over the cap was read: {read} bytes: compare `content-length` with the cap before the body is read"
            )),
            SignedExpected::TooLarge if sender.is_some_and(|sender| read > most_read(sender)) => Some(format!(
                "body over the cap was read: {read} bytes: stop at the limit, and declare it in the test: \
                 `TestSender::max_body`"
            )),
            _ => None,
        }
    }
}

/// How much of a body over the cap a service may read, in bytes. It reads in frames.
fn most_read(sender: &TestSender) -> usize {
    sender.longest_body() + BEYOND_THE_CAP / 2
}

/// Why a delivery counts as accepted.
fn was_accepted(expected: SignedExpected, response: &ServiceResponse) -> Option<String> {
    let (status, remedy) = (response.status, expected.remedy());
    if response.gate.ran > 0 {
        return Some(format!("handler ran: `{status}`: {remedy}"));
    }
    if response.gate.admitted > 0 {
        return Some(format!("gate admitted the request: `{status}`: {remedy}"));
    }
    // A repeated delivery gets 2xx, so that the sender ends.
    let is_good = status.is_success() && !matches!(expected, SignedExpected::Repeated);
    is_good.then(|| format!("{ACCEPTED}: `{status}`: {remedy}"))
}

/// P7: one event, with the right reason, and nothing of the body or the secret in it.
fn event_problems(
    sender: Option<&TestSender>,
    expected: SignedExpected,
    credentials: &Credentials,
    response: &ServiceResponse,
) -> Vec<String> {
    let events = &response.gate.refused;
    let mut wrong = Vec::new();
    if events.len() != 1 {
        wrong.push(format!("wrong number of events: {}: emit one for each rejected request", events.len()));
    }
    for event in events {
        let reasons = expected.reasons();
        if !reasons.contains(&event.reason) {
            let right: Vec<String> = reasons.iter().map(|reason| format!("`{}`", reason.as_str())).collect();
            wrong.push(format!("wrong reason in the event: `{}`: report {}", event.reason, right.join(" or ")));
        }
        let event = serde_json::to_value(event).unwrap_or_default();
        let written = texts(&event);
        let body = credentials.body.as_deref().unwrap_or_default();
        let has_signature = credentials.secrets().any(|secret| written.iter().any(|text| text.contains(secret)));
        let has_private = |sender: &TestSender| written.iter().any(|text| sender.is_private(text, body));
        if has_signature || sender.is_some_and(has_private) {
            wrong.push(
                "event contains a part of the body, the signature or the secret: remove it from the event".to_owned(),
            );
        }
    }
    wrong
}

/// All texts of an event, without the escapes of JSON.
fn texts(event: &Value) -> Vec<&str> {
    match event {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}
