//! A sender of signed requests for tests.

use super::signed_draft::SignedDraft;
use auth_runtime::signatures::Sender;
use auth_runtime::testing::SchemeParts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How many bytes of a body an event must not have in a row. Fewer may be in both by accident.
const SHARED: usize = 16;

/// How much of a body is searched for, in bytes.
const LONGEST_SEARCHED: usize = 512;

/// Signs requests for tests, as a sender does.
///
/// It is a [`TestIssuer`](crate::TestIssuer) for `#[signed]` routes. It has the scheme of the
/// sender and the secret that the service knows.
///
/// ```
/// use auth_runtime::signatures::{Scheme, Signatures, SigningSecret};
/// use auth_runtime::{AuthRouter, ConfigError, Events, Signed, routing::post, signature, signed};
/// use auth_testkit::{TestSender, attack};
///
/// signature!(pub GitHub = Scheme::github());
///
/// #[signed(GitHub)]
/// async fn pushed(event: Signed<GitHub>) -> String {
///     event.bytes().len().to_string()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ConfigError> {
/// let secret = "a-long-random-secret-of-a-sender";
/// let github = Signatures::<GitHub>::builder()
///     .secret(SigningSecret::from_bytes(secret))
///     .events(Events::stderr())
///     .build()?;
/// let app = AuthRouter::new().route("/push", post(pushed)).with_state(github);
///
/// let sender = TestSender::of::<GitHub>(secret);
/// attack(app).with_sender(&sender).await.assert_nothing_got_through();
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TestSender {
    name: &'static str,
    pub(super) parts: SchemeParts,
    /// The text that the service is configured with.
    secret: String,
    /// The key of the MAC.
    pub(super) key: Vec<u8>,
    body: Arc<dyn Fn(u64) -> String + Send + Sync>,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    max_body: Option<usize>,
}

impl TestSender {
    /// Creates a sender with the scheme of `S` and the text of its secret.
    ///
    /// # Panics
    ///
    /// When the scheme has secrets that start with `whsec_`, and this one is not `whsec_` and
    /// base64.
    #[track_caller]
    #[must_use]
    pub fn of<S: Sender>(secret: impl Into<String>) -> Self {
        let (parts, secret) = (SchemeParts::of(&S::SCHEME), secret.into());
        let key = if parts.secret_is_whsec {
            let encoded = secret.strip_prefix("whsec_").and_then(|encoded| STANDARD.decode(encoded).ok());
            encoded.expect("a secret of Standard Webhooks: `whsec_` and base64")
        } else {
            secret.clone().into_bytes()
        };
        let body = |number| format!("{{\"delivery\":\"delivery-of-a-test-{number}\",\"kind\":\"test\"}}");
        Self {
            name: S::NAME,
            parts,
            secret,
            key,
            body: Arc::new(body),
            clock: Arc::new(SystemTime::now),
            max_body: None,
        }
    }

    /// Sets the bodies of good deliveries, for a handler that reads members of them.
    ///
    /// The function gets a number that is new for each delivery. It must be in the body, because a
    /// service may refuse a body that it has seen. Compact JSON finds the most mistakes.
    #[must_use]
    pub fn body(mut self, body: impl Fn(u64) -> String + Send + Sync + 'static) -> Self {
        self.body = Arc::new(body);
        self
    }

    /// Sets the clock of the service under test; the system's clock by default.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the longest body that the service accepts, in bytes.
    ///
    /// By default it is that of `Signatures`, 1 MiB, and behind a plain router that of axum, 2 MiB.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Signs a body now, and returns the headers of the request.
    #[must_use]
    pub fn sign(&self, body: &str) -> HeaderMap {
        self.sign_at(body, (self.clock)())
    }

    /// Signs a body at any time, and returns the headers of the request.
    #[must_use]
    pub fn sign_at(&self, body: &str, at: SystemTime) -> HeaderMap {
        SignedDraft::new(self, new_number(), body.to_owned(), seconds(at)).headers().into_iter().collect()
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// The name of the sender, as the posture has it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn parts(&self) -> &SchemeParts {
        &self.parts
    }

    /// The sender for a handler of a plain router, whose body axum limits.
    pub(crate) fn behind_axum(mut self) -> Self {
        self.max_body.get_or_insert(2 * 1024 * 1024);
        self
    }

    pub(crate) fn longest_body(&self) -> usize {
        self.max_body.unwrap_or(1024 * 1024)
    }

    /// A new good delivery.
    pub(crate) fn draft(&self) -> SignedDraft<'_> {
        let number = new_number();
        SignedDraft::new(self, number, (self.body)(number), seconds((self.clock)()))
    }

    /// A delivery that was signed at another time, in seconds from now.
    pub(crate) fn draft_at(&self, offset: i64) -> SignedDraft<'_> {
        let mut draft = self.draft();
        draft.timestamp = seconds((self.clock)()).saturating_add_signed(offset).to_string();
        draft
    }

    /// How far the service lets a timestamp differ; `None` where none is signed.
    pub(crate) fn tolerance(&self) -> Option<Duration> {
        self.parts.tolerance.filter(|_| self.parts.template.contains("{timestamp}"))
    }

    /// Whether the sender may repeat a delivery with the same signature.
    pub(crate) fn may_repeat(&self) -> bool {
        self.parts.id_header.is_some() || !self.parts.template.contains("{timestamp}")
    }

    /// Whether a text of an event has the secret, or 16 bytes of the body in a row.
    pub(crate) fn is_private(&self, text: &str, body: &str) -> bool {
        let starts = 0..body.len().min(LONGEST_SEARCHED);
        let mut parts = starts.filter_map(|start| body.get(start..start + SHARED));
        text.contains(&self.secret) || parts.any(|part| text.contains(part))
    }
}

/// A number that no delivery had, also not in an earlier run with the same store.
fn new_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let now = u64::try_from(now).unwrap_or(u64::MAX);
    LAST.fetch_max(now, Ordering::Relaxed);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Without the secret.
impl fmt::Debug for TestSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestSender").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::TestSender;
    use auth_runtime::signature;
    use auth_runtime::signatures::Scheme;

    signature!(GitHub = Scheme::github());

    #[test]
    fn a_part_of_a_body_and_the_secret_are_private() {
        let sender = TestSender::of::<GitHub>("a-long-random-secret");
        let body = "{\"name\": \"M\u{fc}ller\", \"iban\": \"DE02120300000000202051\"}";
        for text in ["iban \": \"DE02120300000000202051", "\"name\": \"M\u{fc}ller\",", "is a-long-random-secret."] {
            assert!(sender.is_private(text, body), "{text}");
        }
        for text in ["", "POST /hook", "missing_signature", "DE0212030000000"] {
            assert!(!sender.is_private(text, body), "{text}");
        }
        assert!(!sender.is_private("a short body", "a short body"));
    }
}
