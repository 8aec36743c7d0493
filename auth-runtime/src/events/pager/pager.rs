//! Whom to page, and when: [`Pager`].

use super::detector::Thresholds;
use super::record::DrillRecord;
use super::target::Target;
use crate::base::ConfigError;
use crate::base::http::url::{self, CheckedUrl, Permit, UrlError};
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Whom to wake, and when; for [`EventsBuilder::pager`](crate::EventsBuilder::pager).
///
/// ```
/// # use auth_runtime::{ConfigError, Events, Pager};
/// # fn events() -> Result<Events, ConfigError> {
/// let pager = Pager::of("orders")
///     .pagerduty("0123456789abcdef0123456789abcdef")
///     .slack("https://hooks.slack.com/services/T0/B0/secret")
///     .heartbeat("https://hc-ping.com/0a1b2c", std::time::Duration::from_secs(60));
/// Events::builder().stderr().pager(pager)?.build()
/// # }
/// ```
///
/// A page goes to the first target; where that does not take it, to the next, and to stderr. From the first bad request of
/// a spike to the page it takes some two seconds. One page an alert, however much happens, and one when it has been over
/// for a minute.
#[derive(Clone)]
#[must_use = "nobody is woken by it until a stream has it"]
pub struct Pager {
    pub(super) service: String,
    pub(super) targets: Vec<TargetConfig>,
    heartbeats: Vec<(String, Duration)>,
    pub(super) record: Option<DrillRecord>,
    pub(super) thresholds: Thresholds,
}

/// A target as it was written.
#[derive(Clone)]
enum TargetConfig {
    Http(String, Protocol),
    Command { program: OsString, arguments: Vec<OsString> },
}

#[derive(Clone)]
enum Protocol {
    PagerDuty { routing_key: String },
    Alertmanager,
    AlertmanagerWithoutTls { reason: &'static str },
    Slack,
    Webhook,
}

/// A pager that was found good.
pub(in crate::events) struct Checked {
    pub(super) service: String,
    pub(super) targets: Vec<Target>,
    pub(super) heartbeat: Option<(CheckedUrl, Duration)>,
    pub(super) record: Option<DrillRecord>,
    pub(super) thresholds: Thresholds,
}

impl Pager {
    /// Pages for a service of this name.
    ///
    /// Receivers merge pages by it: of instances that share a name, the first that is calm ends the alert of the others.
    /// Give each its own (`orders/eu-3`), or let Alertmanager be the one who merges.
    pub fn of(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            targets: Vec::new(),
            heartbeats: Vec::new(),
            record: None,
            thresholds: Thresholds::default(),
        }
    }

    /// PagerDuty, Events API v2, with the routing key of an integration.
    pub fn pagerduty(self, routing_key: impl Into<String>) -> Self {
        self.pagerduty_at("https://events.pagerduty.com/v2/enqueue", routing_key)
    }

    /// As [`pagerduty`](Self::pagerduty), somewhere else: in its European region, or behind a proxy.
    pub fn pagerduty_at(self, url: impl Into<String>, routing_key: impl Into<String>) -> Self {
        self.http(url, Protocol::PagerDuty { routing_key: routing_key.into() })
    }

    /// Alertmanager, at its address (`https://alertmanager.example.com`): API v2.
    pub fn alertmanager(self, url: impl Into<String>) -> Self {
        self.http(url, Protocol::Alertmanager)
    }

    /// As [`alertmanager`](Self::alertmanager), also over `http://` to another host: inside a cluster whose network
    /// encrypts or is trusted. The reason is logged with the pager's targets.
    ///
    /// What is on the way can read the pages (counts and reasons, no token), and can drop them, so that no alert arrives.
    pub fn alertmanager_without_tls(self, url: impl Into<String>, reason: &'static str) -> Self {
        self.http(url, Protocol::AlertmanagerWithoutTls { reason })
    }

    /// A webhook as Slack has it, and others that take `{"text": ".."}`.
    pub fn slack(self, url: impl Into<String>) -> Self {
        self.http(url, Protocol::Slack)
    }

    /// A webhook that takes a [`Page`] as JSON, and answers with 2xx once it has it.
    pub fn webhook(self, url: impl Into<String>) -> Self {
        self.http(url, Protocol::Webhook)
    }

    /// A program that gets a [`Page`] as JSON on its standard input, and ends with 0 once it has it.
    pub fn command<A: Into<OsString>>(
        mut self,
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        self.targets.push(TargetConfig::Command { program: program.into(), arguments });
        self
    }

    /// Posts to a URL every so often, for as long as refusals can be told and pages are taken: a dead man's switch on the
    /// other side pages when that stops.
    pub fn heartbeat(mut self, url: impl Into<String>, every: Duration) -> Self {
        self.heartbeats.push((url.into(), every));
        self
    }

    /// A file in which it is noted when a drill has arrived, so that the service can say at its start when its alarm was
    /// last tried, or that it never was. Without it, it says that it does not know.
    pub fn drill_record(mut self, path: impl Into<PathBuf>) -> Self {
        self.record = Some(DrillRecord(path.into()));
        self
    }

    /// How many tokens that were never good, within half a minute, are not worth a page. 5 by default.
    pub fn tolerate_invalid(mut self, most: u64) -> Self {
        self.thresholds.invalid = most;
        self
    }

    /// For how long it has to be quiet before an alert is over. A minute by default.
    pub fn calm_after(mut self, calm: Duration) -> Self {
        self.thresholds.calm = calm;
        self
    }

    fn http(mut self, url: impl Into<String>, protocol: Protocol) -> Self {
        self.targets.push(TargetConfig::Http(url.into(), protocol));
        self
    }

    pub(in crate::events) fn checked(self) -> Result<Checked, ConfigError> {
        let Self { service, targets, mut heartbeats, record, thresholds } = self;
        if service.trim().is_empty() {
            return Err(ConfigError::Empty("pager's service"));
        }
        crate::base::label("pager's service", &service)?;
        if targets.is_empty() {
            return Err(ConfigError::NoPageTarget);
        }
        if thresholds.calm > Duration::from_hours(1) {
            return Err(ConfigError::OutOfBounds { name: "calm_after", why: "an hour at most" });
        }
        let targets = targets.into_iter().map(|target| match target {
            TargetConfig::Command { program, arguments } => Ok(Target::Command { program, arguments }),
            TargetConfig::Http(url, protocol) => protocol.at(&url),
        });
        if heartbeats.len() > 1 {
            return Err(ConfigError::Duplicate("heartbeat"));
        }
        let heartbeat = match heartbeats.pop() {
            Some((_, every)) if !(Duration::from_secs(2)..=Duration::from_hours(1)).contains(&every) => {
                return Err(ConfigError::OutOfBounds { name: "heartbeat", why: "every two seconds to every hour" });
            }
            Some((url, every)) => Some((checked(&url, Permit::UserInfo)?, every)),
            None => None,
        };
        Ok(Checked { service, targets: targets.collect::<Result<_, _>>()?, heartbeat, record, thresholds })
    }
}

impl Protocol {
    fn at(self, url: &str) -> Result<Target, ConfigError> {
        // Where the URL is not the whole credential, it may hold a user name and a password.
        Ok(match self {
            Self::PagerDuty { routing_key } => Target::PagerDuty { url: checked(url, Permit::Nothing)?, routing_key },
            Self::Slack => Target::Slack { url: checked(url, Permit::Nothing)? },
            Self::Webhook => Target::Webhook { url: checked(url, Permit::UserInfo)? },
            Self::Alertmanager => Target::Alertmanager { url: alerts(&checked(url, Permit::UserInfo)?) },
            Self::AlertmanagerWithoutTls { reason } if reason.trim().is_empty() => {
                return Err(ConfigError::Empty("reason of `alertmanager_without_tls`"));
            }
            Self::AlertmanagerWithoutTls { reason } => {
                crate::base::label("reason of `alertmanager_without_tls`", reason)?;
                Target::AlertmanagerWithoutTls { url: alerts(&checked(url, Permit::PlainHttp)?), reason }
            }
        })
    }
}

/// Where Alertmanager takes alerts.
fn alerts(url: &CheckedUrl) -> CheckedUrl {
    url.under("/api/v2/alerts")
}

/// Without URLs, keys and arguments, which are secrets.
impl fmt::Debug for Pager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Pager");
        shown.field("service", &self.service).field("targets", &self.targets.len()).finish_non_exhaustive()
    }
}

impl Checked {
    /// For the posture.
    pub(in crate::events) fn name(&self) -> String {
        let targets: Vec<_> = self.targets.iter().map(Target::name).collect();
        format!("paged through {}", targets.join(", then "))
    }

    /// P7: when it was last tried, as far as anybody knows.
    pub(in crate::events) fn tried(&self) -> String {
        match &self.record {
            Some(record) => record.said(),
            None => "not tried yet: `Events::drill` does".to_owned(),
        }
    }
}

/// Why a drill has not arrived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DrillError {
    /// These events have no pager.
    #[error("there is no pager; give the events one with `Events::builder()..pager(..)`")]
    NoPager,
    /// Nobody has taken the page in time. Why is on stderr.
    #[error("no target has taken the test page within {0:?}")]
    NotTaken(Duration),
}

fn checked(text: &str, permit: Permit) -> Result<CheckedUrl, ConfigError> {
    url::checked(text, permit)
        .map_err(|UrlError { host, why }| ConfigError::Url { url: host.unwrap_or("(the pager's)".to_owned()), why })
}
