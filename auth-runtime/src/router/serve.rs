//! Serving a router: peers in the events, and a clean end.

use super::AuthRouter;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long requests that are under way may take when the process is told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Serves a router until the process gets SIGTERM or Ctrl-C; then no new connection is taken, and requests under way have 30 seconds
/// to end.
///
/// ```no_run
/// # async fn run(app: auth_runtime::AuthRouter) -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
/// auth_runtime::serve(listener, app).await
/// # }
/// ```
///
/// # Errors
///
/// When the signals can't be listened for.
pub async fn serve(listener: TcpListener, router: AuthRouter) -> io::Result<()> {
    let (stopped, stop) = tokio::sync::watch::channel(());
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        stop_signal().await;
        drop(stopped);
    });
    let mut stop = stop;
    let out_of_patience = async move {
        // Ends when the sender is dropped, which is when the signal came.
        let _ = stop.changed().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = server => served,
        () = out_of_patience => Ok(()),
    }
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};

    // Without a handler SIGTERM ends the process at once, which is the worst that can happen: it stops serving.
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return interrupt().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        () = interrupt() => {}
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    interrupt().await;
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
