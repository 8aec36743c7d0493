// Fixes the mistake in fail/mount/axum_router_served.rs.
use auth_runtime::AuthRouter;

async fn run(listener: tokio::net::TcpListener, app: AuthRouter) -> std::io::Result<()> {
    auth_runtime::serve(listener, app).await
}

pub(crate) fn main() {
    let _ = run;
}
