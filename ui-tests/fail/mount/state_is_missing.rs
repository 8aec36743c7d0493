// A router without its state, which holds the verifier, cannot be served. INC-26.
use auth_runtime::AuthRouter;
use ui_tests::App;

async fn run(listener: tokio::net::TcpListener, app: AuthRouter<App>) -> std::io::Result<()> {
    auth_runtime::serve(listener, app).await
}

fn main() {
    let _ = run;
}
