// `auth_runtime::serve` serves only routers whose routes have decisions.
async fn run(listener: tokio::net::TcpListener, app: axum::Router) -> std::io::Result<()> {
    auth_runtime::serve(listener, app).await
}

fn main() {
    let _ = run;
}
