// Without the proof the handler could not close the set-up, and would run again. INC-45.
use auth_runtime::setup;

#[setup(reason = "creates the first administrator")]
async fn first() {}

fn main() {}
