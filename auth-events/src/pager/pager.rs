//! Configures the pager: [`Pager`].

use super::drill_record::DrillRecord;
use super::target::Target;
use super::thresholds::Thresholds;
use auth_base::ConfigError;
use auth_base::http::url::{self, CheckedUrl, Permit, UrlError};
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Pages the on-call engineer; for [`EventsBuilder::pager`](crate::EventsBuilder::pager).
///
/// ```
/// # use auth_runtime::{ConfigError, Events, events::Pager};
/// # fn events() -> Result<Events, ConfigError> {
/// let pager = Pager::of("orders")
///     .pagerduty("0123456789abcdef0123456789abcdef")
///     .slack("https://hooks.slack.com/services/T0/B0/secret")
///     .heartbeat("https://hc-ping.com/0a1b2c", std::time::Duration::from_secs(60));
/// Events::builder().stderr().pager(pager)?.build()
/// # }
/// ```
///
/// A page goes to the first target. If that does not accept it, the failure goes to stderr and the
/// page to the next target. The page for a spike is sent some two seconds after its first bad
/// request. Each alert sends one page when it begins, and one when its condition has been gone for
/// a minute.
#[derive(Clone)]
#[must_use = "no pages are sent until a stream has this pager"]
pub struct Pager {
    pub(super) service: String,
    targets: Vec<TargetConfig>,
    heartbeats: Vec<(String, Duration)>,
    pub(super) record: Option<DrillRecord>,
    pub(super) thresholds: Thresholds,
}

/// A target as the service configures it.
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

/// A pager whose configuration was checked.
pub(crate) struct Checked {
    pub(super) service: String,
    pub(super) targets: Vec<Target>,
    pub(super) heartbeat: Option<(CheckedUrl, Duration)>,
    pub(super) record: Option<DrillRecord>,
    pub(super) thresholds: Thresholds,
}

impl Pager {
    /// Pages for a service of this name.
    ///
    /// Receivers merge pages by this name. If instances share a name, the first that resolves an
    /// alert also resolves it for the others. Give each instance its own name (`orders/eu-3`), or
    /// let Alertmanager merge the pages.
    pub fn of(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            targets: Vec::new(),
            heartbeats: Vec::new(),
            record: None,
            thresholds: Thresholds::default(),
        }
    }

    /// Adds PagerDuty (Events API v2), with the routing key of an integration.
    pub fn pagerduty(self, routing_key: impl Into<String>) -> Self {
        self.pagerduty_at("https://events.pagerduty.com/v2/enqueue", routing_key)
    }

    /// Adds PagerDuty at another URL: in its European region, or behind a proxy.
    pub fn pagerduty_at(self, url: impl Into<String>, routing_key: impl Into<String>) -> Self {
        self.http(url, Protocol::PagerDuty { routing_key: routing_key.into() })
    }

    /// Adds Alertmanager (API v2) at its URL, such as `https://alertmanager.example.com`.
    pub fn alertmanager(self, url: impl Into<String>) -> Self {
        self.http(url, Protocol::Alertmanager)
    }

    /// Adds Alertmanager, also over `http://` to another host.
    ///
    /// For a cluster whose network encrypts or is trusted. The reason is logged with the pager's
    /// targets.
    ///
    /// An attacker on the network can read the pages (counts and reasons, no token), and can drop
    /// them.
    pub fn alertmanager_without_tls(self, url: impl Into<String>, reason: &'static str) -> Self {
        self.http(url, Protocol::AlertmanagerWithoutTls { reason })
    }

    /// Adds a Slack webhook, or another one that takes `{"text": ".."}`.
    pub fn slack(self, url: impl Into<String>) -> Self {
        self.http(url, Protocol::Slack)
    }

    /// Adds a webhook that takes a [`Page`](super::Page) as JSON and answers with 2xx.
    pub fn webhook(self, url: impl Into<String>) -> Self {
        self.http(url, Protocol::Webhook)
    }

    /// Adds a program that reads a [`Page`](super::Page) as JSON from its standard input and exits
    /// with 0.
    pub fn command<A: Into<OsString>>(
        mut self,
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        self.targets.push(TargetConfig::Command { program: program.into(), arguments });
        self
    }

    /// Posts to a dead man's switch at an interval, while events and pages are delivered.
    ///
    /// The receiver pages when the heartbeat stops.
    pub fn heartbeat(mut self, url: impl Into<String>, every: Duration) -> Self {
        self.heartbeats.push((url.into(), every));
        self
    }

    /// Records drills in a file.
    ///
    /// The service then logs at its start when the pager was last tested, or that it never was.
    /// Without the file it logs that the pager is not tested yet.
    pub fn drill_record(mut self, path: impl Into<PathBuf>) -> Self {
        self.record = Some(DrillRecord(path.into()));
        self
    }

    /// Sets when alerts begin and end.
    ///
    /// Make the Prometheus rules from the same table ([`Thresholds::prometheus_rules`]).
    pub fn thresholds(mut self, thresholds: Thresholds) -> Self {
        self.thresholds = thresholds;
        self
    }

    /// Sets how many invalid tokens within a minute are tolerated: [`Thresholds::invalid`].
    pub fn tolerate_invalid(mut self, most: u64) -> Self {
        self.thresholds.invalid = most;
        self
    }

    /// Sets how long its condition must be gone before an alert is resolved: [`Thresholds::calm`].
    pub fn calm_after(mut self, calm: Duration) -> Self {
        self.thresholds.calm = calm;
        self
    }

    fn http(mut self, url: impl Into<String>, protocol: Protocol) -> Self {
        self.targets.push(TargetConfig::Http(url.into(), protocol));
        self
    }

    pub(crate) fn checked(self) -> Result<Checked, ConfigError> {
        let Self { service, targets, mut heartbeats, record, thresholds } = self;
        if service.trim().is_empty() {
            return Err(ConfigError::Empty("pager's service"));
        }
        auth_base::label("pager's service", &service)?;
        if targets.is_empty() {
            return Err(ConfigError::NoPageTarget);
        }
        thresholds.check()?;
        let targets = targets.into_iter().map(|target| match target {
            TargetConfig::Command { program, arguments } => Ok(Target::Command { program, arguments }),
            TargetConfig::Http(url, protocol) => protocol.at(&url),
        });
        if heartbeats.len() > 1 {
            return Err(ConfigError::Duplicate("heartbeat"));
        }
        let heartbeat = match heartbeats.pop() {
            Some((_, every)) if !(Duration::from_secs(2)..=Duration::from_secs(60 * 60)).contains(&every) => {
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
        // A URL that is not itself the credential may hold a user name and a password.
        Ok(match self {
            Self::PagerDuty { routing_key } => Target::PagerDuty { url: checked(url, Permit::Nothing)?, routing_key },
            Self::Slack => Target::Slack { url: checked(url, Permit::Nothing)? },
            Self::Webhook => Target::Webhook { url: checked(url, Permit::UserInfo)? },
            Self::Alertmanager => Target::Alertmanager { url: alerts(&checked(url, Permit::UserInfo)?) },
            Self::AlertmanagerWithoutTls { reason } if reason.trim().is_empty() => {
                return Err(ConfigError::Empty("reason of `alertmanager_without_tls`"));
            }
            Self::AlertmanagerWithoutTls { reason } => {
                auth_base::label("reason of `alertmanager_without_tls`", reason)?;
                Target::AlertmanagerWithoutTls { url: alerts(&checked(url, Permit::PlainHttp)?), reason }
            }
        })
    }
}

/// Returns the URL at which Alertmanager takes alerts.
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
    /// Names the targets, for the posture.
    pub(crate) fn name(&self) -> String {
        let targets: Vec<_> = self.targets.iter().map(Target::name).collect();
        format!("paged through {}", targets.join(", then "))
    }

    /// P7: describes the last drill, as far as it is recorded.
    pub(crate) fn last_drill(&self) -> String {
        match &self.record {
            Some(record) => record.describe(),
            None => "not tested yet: call `Events::drill`".to_owned(),
        }
    }
}

/// An error of a drill.
///
/// ```
/// use auth_runtime::Events;
/// use auth_runtime::events::DrillError;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let events = Events::stderr();
/// match events.drill().await {
///     Ok(took) => println!("the test page was accepted after {took:?}"),
///     Err(DrillError::NoPager) => println!("this instance has no pager"),
///     Err(error) => panic!("{error}"),
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DrillError {
    /// These events have no pager.
    #[error("there is no pager: add one with `Events::builder()..pager(..)`")]
    NoPager,
    /// No target has accepted the page in time. The reasons are on stderr.
    #[error("no target has accepted the test page within {0:?}: stderr has the reasons")]
    NotTaken(Duration),
}

fn checked(text: &str, permit: Permit) -> Result<CheckedUrl, ConfigError> {
    url::checked(text, permit)
        .map_err(|UrlError { host, why }| ConfigError::Url { url: host.unwrap_or("(the pager's)".to_owned()), why })
}
