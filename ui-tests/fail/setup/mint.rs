// P2: no other crate makes the proof that the set-up was closed.
use auth_runtime::opt_out::NoReason;
use auth_runtime::setup::SetupClosed;

fn forged() -> SetupClosed<NoReason> {
    SetupClosed::assert_closed()
}

fn main() {}
