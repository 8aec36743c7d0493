//! Delivers a page to a target, by the protocol of the target.

use super::page::{Alert, Page, PageState};
use crate::Severity;
use auth_base::http::backoff::backoff;
use auth_base::http::client::HttpClient;
use auth_base::http::error_chain::request_error;
use auth_base::http::url::CheckedUrl;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::process::Stdio;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How often a target is tried before the next one gets the page.
const ATTEMPTS: u32 = 2;
/// How long the sender waits between two attempts.
const WAIT: Duration = Duration::from_millis(250);

/// PagerDuty cuts off what is longer.
const MAX_SUMMARY: usize = 1024;

#[derive(Clone)]
pub(super) enum Target {
    PagerDuty {
        url: CheckedUrl,
        routing_key: String,
    },
    Alertmanager {
        url: CheckedUrl,
    },
    /// Alertmanager over `http`, for this reason.
    AlertmanagerWithoutTls {
        url: CheckedUrl,
        reason: &'static str,
    },
    Slack {
        url: CheckedUrl,
    },
    Webhook {
        url: CheckedUrl,
    },
    Command {
        program: OsString,
        arguments: Vec<OsString>,
    },
}

/// Why a page did not arrive.
#[derive(Debug)]
pub(super) enum DeliveryError {
    /// A further attempt may succeed.
    Transient(String),
    /// A further attempt fails too.
    Permanent(String),
}

impl Target {
    /// Names the target without keys and paths, which are secrets of webhooks.
    pub(super) fn name(&self) -> String {
        let host = CheckedUrl::host_and_port;
        match self {
            Self::PagerDuty { url, .. } => format!("PagerDuty at {}", host(url)),
            Self::Alertmanager { url } => format!("Alertmanager at {}", host(url)),
            Self::AlertmanagerWithoutTls { url, reason } => {
                format!("Alertmanager at {} WITHOUT TLS ({reason})", host(url))
            }
            Self::Slack { url } => format!("Slack at {}", host(url)),
            Self::Webhook { url } => format!("a webhook at {}", host(url)),
            Self::Command { program, .. } => format!("the command `{}`", program.display()),
        }
    }

    /// Returns whether the receiver needs reminders of an alert that continues.
    pub(super) fn is_reminded(&self) -> bool {
        matches!(self, Self::Alertmanager { .. } | Self::AlertmanagerWithoutTls { .. })
    }

    /// Sends the page, in two attempts at most.
    pub(super) async fn deliver(&self, client: &HttpClient, page: &Page) -> Result<(), String> {
        let mut attempt = 1;
        loop {
            match self.attempt(client, page).await {
                Ok(()) => return Ok(()),
                Err(DeliveryError::Permanent(why)) => return Err(why),
                Err(DeliveryError::Transient(why)) if attempt == ATTEMPTS => return Err(why),
                Err(DeliveryError::Transient(_)) => tokio::time::sleep(backoff(WAIT, WAIT, attempt)).await,
            }
            attempt += 1;
        }
    }

    async fn attempt(&self, client: &HttpClient, page: &Page) -> Result<(), DeliveryError> {
        let (url, body) = match self {
            Self::PagerDuty { url, routing_key } => (url, pagerduty(page, routing_key)),
            Self::Alertmanager { url } | Self::AlertmanagerWithoutTls { url, .. } => (url, alertmanager(page)),
            Self::Slack { url } => (url, json!({ "text": format!("{}\n{}", page.summary, page.details()) })),
            Self::Webhook { url } => (url, json!(page)),
            Self::Command { program, arguments } => return run(program, arguments, page).await,
        };
        let request = client.post(url).header("content-type", "application/json").timeout(TIMEOUT);
        let sent = request.body(body.to_string()).send().await;
        let response = sent.map_err(|error| DeliveryError::Transient(request_error(error)))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT) => {
                Err(DeliveryError::Transient(format!("it answered {status}")))
            }
            status if status.is_server_error() => Err(DeliveryError::Transient(format!("it answered {status}"))),
            status => Err(DeliveryError::Permanent(format!("it answered {status}"))),
        }
    }
}

/// Encodes a page for Events API v2, with one `dedup_key` an alert, so that it is one incident.
fn pagerduty(page: &Page, routing_key: &str) -> Value {
    let severity = match page.severity {
        Severity::Critical => "critical",
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Informational => "info",
    };
    let summary: String = page.summary.chars().take(MAX_SUMMARY).collect();
    json!({
        "routing_key": routing_key,
        "event_action": if page.state == PageState::Resolved { "resolve" } else { "trigger" },
        "dedup_key": page.dedup_key.chars().take(255).collect::<String>(),
        "payload": {
            "summary": summary,
            "source": page.service,
            "severity": severity,
            "component": "authentication",
            "class": page.alert,
            "custom_details": { "reasons": page.reasons, "claims": page.claims },
        },
    })
}

/// Encodes a page for Alertmanager's API v2.
///
/// Alertmanager resolves an alert that is not repeated within its `resolve_timeout`.
fn alertmanager(page: &Page) -> Value {
    let rfc3339 = |time| OffsetDateTime::from(time).format(&Rfc3339).unwrap_or_default();
    let mut alert = json!({
        "labels": {
            "alertname": format!("auth_{}", page.alert),
            "service": page.service,
            "severity": page.severity,
        },
        "annotations": { "summary": page.summary, "description": page.details() },
        "startsAt": rfc3339(page.began),
    });
    if page.state == PageState::Resolved || page.alert == Alert::Drill {
        alert["endsAt"] = rfc3339(page.time).into();
    }
    json!([alert])
}

/// Runs a command with the page as JSON on its standard input.
///
/// A command that fails has not delivered the page.
async fn run(program: &OsString, arguments: &[OsString], page: &Page) -> Result<(), DeliveryError> {
    let failed = |error: std::io::Error| DeliveryError::Transient(error.to_string());
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(failed)?;
    let body = json!(page).to_string();
    let ended = async {
        if let Some(mut stdin) = child.stdin.take() {
            // A command may succeed without reading the page.
            let _ = stdin.write_all(body.as_bytes()).await;
        }
        child.wait().await
    };
    match tokio::time::timeout(TIMEOUT, ended).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(DeliveryError::Transient(format!("it ended with {status}"))),
        Ok(Err(error)) => Err(failed(error)),
        Err(_) => Err(DeliveryError::Transient(format!("it took longer than {TIMEOUT:?}"))),
    }
}
