// Our `serve` serves what has decisions only.
async fn run(listener: tokio::net::TcpListener, app: axum::Router) -> std::io::Result<()> {
    auth_runtime::serve(listener, app).await
}

fn main() {
    let _ = run;
}
