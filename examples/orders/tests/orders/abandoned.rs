//! A request that its client never ends.
//!
//! This test waits for the whole grace. Tests begin in the order of their names, so its module has
//! the first one, and the others run beside it.

#![cfg(unix)]

use super::signals::{BOUND, assert_ends, good_token, half_sent, listening};

#[test]
fn an_endless_request_delays_the_end_for_the_grace_only() {
    let (mut process, address) = listening(&[]);
    let _open = half_sent(&address, &good_token(&process));
    process.signal("TERM");
    assert_ends(&mut process, BOUND, "an open request");
}
