// A type of the service with the name of the proof proves nothing.
use auth_runtime::setup;

struct Setup;

#[setup(reason = "the first user")]
async fn first(_setup: Setup) {}

fn main() {}
