// The twin of fail/mount/axum_router_served.rs, with the one thing mended.
use auth_runtime::AuthRouter;

async fn run(listener: tokio::net::TcpListener, app: AuthRouter) -> std::io::Result<()> {
    auth_runtime::serve(listener, app).await
}

pub(crate) fn main() {
    let _ = run;
}
