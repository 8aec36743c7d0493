// A router that still lacks its state, and the verifier in it, can't be served. INC-26.
use auth_runtime::AuthRouter;
use ui_tests::App;

async fn run(listener: tokio::net::TcpListener, app: AuthRouter<App>) -> std::io::Result<()> {
    auth_runtime::serve(listener, app).await
}

fn main() {
    let _ = run;
}
