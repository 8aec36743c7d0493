//! Serving a router: peers in the events, and a clean end.

use super::AuthRouter;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long requests that are under way may take when the process is told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Serves a router until the process gets SIGTERM or Ctrl-C; then no new connection is taken, and requests under way
/// have 30 seconds to end. A second signal ends it at once.
///
/// Signals are heard from this call on, not only once the future is polled: what is said between the two ("ready") may
/// be taken at its word.
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
///
/// # Panics
///
/// Outside of a tokio runtime.
pub fn serve(listener: TcpListener, router: AuthRouter) -> impl Future<Output = io::Result<()>> + Send {
    let signals = Signals::listen();
    async move {
        let mut signals = signals?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            // Also ends when `serve` is dropped.
            let _ = stopped.await;
        });
        let out_of_patience = async move {
            signals.next().await;
            let _ = stop.send(());
            tokio::select! {
                () = signals.next() => {}
                () = tokio::time::sleep(GRACE) => {}
            }
        };
        tokio::select! {
            outcome = server => outcome,
            () = out_of_patience => Ok(()),
        }
    }
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
