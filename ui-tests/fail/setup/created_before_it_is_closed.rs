// The function that creates the administrator takes what closing returns. INC-45.
use auth_runtime::Setup;
use auth_runtime::setup::SetupClosed;

async fn create_administrator<R>(_: SetupClosed<R>) {}

async fn first(setup: Setup) {
    create_administrator(setup).await;
}

fn main() {}
