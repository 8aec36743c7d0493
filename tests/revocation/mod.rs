//! Tests tokens that are revoked before they expire (T50).

mod abandoned;
mod fake_redis;
mod list;
mod outages;
mod records;
mod redis;
mod redis_replies;
mod redis_tls;

use crate::support::{PROBLEM_401, Server, get_with};
use auth_runtime::events::Reason;

impl Server {
    /// Asserts the response of any bad token, and an event with the caller's identity.
    async fn refuses_as_revoked(&self, token: &str) {
        let runs = self.runs.so_far();
        let response = self.exchange(get_with("/me", token)).await;
        assert_eq!((response.status, response.text()), (401, PROBLEM_401), "{:?}", self.events());
        assert_eq!(self.runs.so_far(), runs, "the handler ran");
        let event = self.only_event();
        assert_eq!((event.reason, event.status), (Reason::Revoked, 401));
        assert!(event.subject.is_some(), "{event:?}");
    }
}
