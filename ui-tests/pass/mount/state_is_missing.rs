// Fixes the mistake in fail/mount/state_is_missing.rs.
use auth_runtime::AuthRouter;
use ui_tests::App;

async fn run(listener: tokio::net::TcpListener, app: AuthRouter<App>, state: App) -> std::io::Result<()> {
    auth_runtime::serve(listener, app.with_state(state)).await
}

pub(crate) fn main() {
    let _ = run;
}
