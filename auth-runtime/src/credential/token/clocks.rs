//! Tells clocks that differ from tokens that are wrong.

use crate::rejection::Refusal;
use auth_events::Reason;
use std::time::Duration;

/// A clock of a machine that is managed differs by less than this.
const USUAL: Duration = Duration::from_secs(10 * 60);

/// Refuses a token whose time is ahead of this service's clock.
///
/// The difference is of a token whose signature is verified, so its event may have it.
pub(super) fn ahead(reason: Reason, claim: &'static str, by: Duration) -> Refusal {
    if by > USUAL {
        return Refusal::claim(reason, claim, "in the future");
    }
    let seconds = by.as_secs();
    Refusal::claim(reason, claim, format!("clocks differ: {seconds} seconds ahead of the clock of this service"))
}

/// Describes a token that has expired, for its event.
pub(super) fn expired_for(since: Duration) -> &'static str {
    if since < Duration::from_secs(2 * 60) {
        "exp has passed within two minutes: or clocks differ"
    } else {
        "exp has passed"
    }
}
