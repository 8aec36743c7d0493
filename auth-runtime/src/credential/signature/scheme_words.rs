//! Describes a scheme for the posture and the lock.

use super::scheme::{Scheme, TimestampPlace};
use crate::base::format_duration;
use std::fmt;

impl Scheme {
    /// Returns the header of the signature.
    pub(crate) const fn header(&self) -> &'static str {
        self.header
    }
}

/// The header, the signed text, and how old a request may be.
///
/// `Stripe-Signature over {timestamp}.{body} within 5 min`
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} over {}", self.header, self.template)?;
        match (self.timestamp, self.tolerance) {
            (TimestampPlace::NotSent, None) => f.write_str(" without a timestamp"),
            (_, tolerance) => write!(f, " within {}", format_duration(tolerance.unwrap_or_default())),
        }
    }
}
