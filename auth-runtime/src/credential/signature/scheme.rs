//! How a sender signs its requests: [`Scheme`].

use std::time::Duration;

/// Describes how a sender signs its requests.
///
/// [`signature!`](crate::signature) names a sender and checks its scheme. A scheme that does not
/// sign the body, or that signs a timestamp without checking its age, does not compile.
///
/// | scheme | signature header | signed text | timestamp |
/// |---|---|---|---|
/// | [`standard_webhooks`] | `webhook-signature` | id, timestamp, body | 5 min |
/// | [`svix`](Self::svix) | `svix-signature` | id, timestamp, body | 5 min |
/// | [`github`](Self::github) | `X-Hub-Signature-256` | body | none |
/// | [`stripe`](Self::stripe) | `Stripe-Signature` | timestamp, body | 5 min |
/// | [`slack`](Self::slack) | `X-Slack-Signature` | timestamp, body | 5 min |
/// | [`shopify`](Self::shopify) | `X-Shopify-Hmac-Sha256` | body | none |
///
/// [`standard_webhooks`]: Self::standard_webhooks
///
/// ```
/// use auth_runtime::signature;
/// use auth_runtime::signatures::Scheme;
/// use std::time::Duration;
///
/// signature!(pub GitHub = Scheme::github());
/// signature!(pub Payments = Scheme::hmac("X-Signature")
///     .base64()
///     .timestamp_header("X-Timestamp")
///     .signed("{timestamp}.{body}")
///     .tolerance(Duration::from_secs(5 * 60)));
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "a scheme has no effect by itself: write `signature!(pub Name = scheme)`"]
pub struct Scheme {
    pub(super) header: &'static str,
    pub(super) layout: SignatureLayout,
    pub(super) encoding: MacEncoding,
    pub(super) prefix: &'static str,
    pub(super) template: &'static str,
    pub(super) timestamp: TimestampPlace,
    pub(super) tolerance: Option<Duration>,
    pub(super) delivery_id: Option<&'static str>,
    pub(super) secret: SecretForm,
    pub(super) is_own: bool,
}

/// How the signature header is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureLayout {
    /// One signature behind a prefix.
    OneMac,
    /// `t=1492774577,v1=5257a8..,v1=..`
    NamedPairs,
    /// `v1,K5oZfz.. v1a,hnO3f9..`
    VersionedList,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MacEncoding {
    /// Neither `.hex()` nor `.base64()` was called.
    NotChosen,
    /// Lower case only.
    LowerHex,
    /// RFC 4648 section 4, with padding.
    PaddedBase64,
}

/// Where the timestamp is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimestampPlace {
    NotSent,
    OwnHeader(&'static str),
    SignatureHeader,
}

/// How the text of a secret becomes the key of the MAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretForm {
    /// The bytes of the text.
    Verbatim,
    /// `whsec_` and base64, as Standard Webhooks writes it.
    Whsec,
}

const FIVE_MINUTES: Option<Duration> = Some(Duration::from_secs(5 * 60));

impl Scheme {
    /// Standard Webhooks: HMAC-SHA256 (`v1`) and Ed25519 (`v1a`).
    ///
    /// Secrets start with `whsec_`. A request may have several signatures, of which one must be
    /// valid.
    pub const fn standard_webhooks() -> Self {
        Self {
            layout: SignatureLayout::VersionedList,
            encoding: MacEncoding::PaddedBase64,
            template: "{id}.{timestamp}.{body}",
            timestamp: TimestampPlace::OwnHeader("webhook-timestamp"),
            tolerance: FIVE_MINUTES,
            delivery_id: Some("webhook-id"),
            secret: SecretForm::Whsec,
            ..Self::named("webhook-signature")
        }
    }

    /// Svix: Standard Webhooks with the headers `svix-id`, `svix-timestamp` and `svix-signature`.
    ///
    /// A request with the headers `webhook-*` has no signature of this scheme.
    pub const fn svix() -> Self {
        Self {
            header: "svix-signature",
            timestamp: TimestampPlace::OwnHeader("svix-timestamp"),
            delivery_id: Some("svix-id"),
            ..Self::standard_webhooks()
        }
    }

    /// GitHub: `X-Hub-Signature-256: sha256=..`.
    ///
    /// GitHub signs neither a timestamp nor the id of the delivery.
    pub const fn github() -> Self {
        Self { encoding: MacEncoding::LowerHex, prefix: "sha256=", ..Self::named("X-Hub-Signature-256") }
    }

    /// Stripe: `Stripe-Signature: t=..,v1=..`.
    pub const fn stripe() -> Self {
        Self {
            layout: SignatureLayout::NamedPairs,
            encoding: MacEncoding::LowerHex,
            template: "{timestamp}.{body}",
            timestamp: TimestampPlace::SignatureHeader,
            tolerance: FIVE_MINUTES,
            ..Self::named("Stripe-Signature")
        }
    }

    /// Slack: `X-Slack-Signature: v0=..`.
    pub const fn slack() -> Self {
        Self {
            encoding: MacEncoding::LowerHex,
            prefix: "v0=",
            template: "v0:{timestamp}:{body}",
            timestamp: TimestampPlace::OwnHeader("X-Slack-Request-Timestamp"),
            tolerance: FIVE_MINUTES,
            ..Self::named("X-Slack-Signature")
        }
    }

    /// Shopify: `X-Shopify-Hmac-Sha256`, in base64.
    ///
    /// Shopify signs neither a timestamp nor the id of the webhook.
    pub const fn shopify() -> Self {
        Self { encoding: MacEncoding::PaddedBase64, ..Self::named("X-Shopify-Hmac-Sha256") }
    }

    /// Starts a scheme of the sender's own: HMAC-SHA256 in this header.
    ///
    /// ```
    /// use auth_runtime::signatures::Scheme;
    /// use std::time::Duration;
    ///
    /// auth_runtime::signature!(
    ///     pub Warehouse = Scheme::hmac("X-Warehouse-Signature")
    ///         .hex()
    ///         .prefix("sha256=")
    ///         .signed("{timestamp}.{body}")
    ///         .timestamp_header("X-Warehouse-Timestamp")
    ///         .tolerance(Duration::from_secs(5 * 60))
    /// );
    /// # fn main() {}
    /// ```
    ///
    /// A timestamp that is signed, and whose age is not checked, does not compile:
    ///
    /// ```compile_fail
    /// use auth_runtime::signatures::Scheme;
    ///
    /// auth_runtime::signature!(
    ///     pub Warehouse = Scheme::hmac("X-Warehouse-Signature").hex().signed("{timestamp}.{body}")
    /// );
    /// # fn main() {}
    /// ```
    pub const fn hmac(header: &'static str) -> Self {
        Self { is_own: true, ..Self::named(header) }
    }

    const fn named(header: &'static str) -> Self {
        Self {
            header,
            layout: SignatureLayout::OneMac,
            encoding: MacEncoding::NotChosen,
            prefix: "",
            template: "{body}",
            timestamp: TimestampPlace::NotSent,
            tolerance: None,
            delivery_id: None,
            secret: SecretForm::Verbatim,
            is_own: false,
        }
    }

    /// Reads the signature as hexadecimal digits in lower case.
    pub const fn hex(self) -> Self {
        self.assert_own();
        Self { encoding: MacEncoding::LowerHex, ..self }
    }

    /// Reads the signature as base64 with padding (RFC 4648 section 4).
    pub const fn base64(self) -> Self {
        self.assert_own();
        Self { encoding: MacEncoding::PaddedBase64, ..self }
    }

    /// Sets the text in front of the signature, such as `sha256=`.
    pub const fn prefix(self, prefix: &'static str) -> Self {
        self.assert_own();
        Self { prefix, ..self }
    }

    /// Sets the signed text. `{body}` by default.
    ///
    /// It has the placeholders `{timestamp}`, `{id}` and `{body}`, and ends with the body.
    pub const fn signed(self, template: &'static str) -> Self {
        self.assert_own();
        Self { template, ..self }
    }

    /// Sets the header of the timestamp, in Unix seconds.
    pub const fn timestamp_header(self, header: &'static str) -> Self {
        self.assert_own();
        Self { timestamp: TimestampPlace::OwnHeader(header), ..self }
    }

    /// Sets how far the timestamp may differ from the clock, in both directions. An hour at most.
    ///
    /// Schemes of known senders have 5 minutes.
    pub const fn tolerance(self, tolerance: Duration) -> Self {
        Self { tolerance: Some(tolerance), ..self }
    }

    /// Sets the header of the delivery's id.
    ///
    /// The id must be signed, because an attacker could otherwise change it and repeat a request.
    pub const fn delivery_id_header(self, header: &'static str) -> Self {
        self.assert_own();
        Self { delivery_id: Some(header), ..self }
    }

    const fn assert_own(&self) {
        assert!(
            self.is_own,
            "this scheme is that of a known sender, which is changed by `.tolerance(..)` only: start with `Scheme::hmac(..)`"
        );
    }
}
