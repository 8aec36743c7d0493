//! Serves a router on a listener, and ends cleanly.

use super::AuthRouter;
use super::posture::undescribed_message;
use super::servable::Servable;
use super::shutdown::{ShutdownSignal, shutdown_signal};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpListener;

/// Limits the wait for open connections.
///
/// The stream of events may take ten seconds more. Kubernetes gives a pod thirty seconds by
/// default.
const GRACE: Duration = Duration::from_secs(20);

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Serves a router until the process receives SIGTERM or Ctrl-C.
///
/// Then no new connection is accepted, idle ones are closed, and open requests have 20 seconds to
/// end ([`grace`](Serve::grace)). A second signal ends the server at once.
///
/// Signals count from this call on, not from the first poll. A service with several listeners, or
/// with a slow start-up, calls [`shutdown_signal`] first in `main` and hands it to
/// [`with_graceful_shutdown`](Serve::with_graceful_shutdown).
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
/// The future returns an error when signals can't be listened for, and when the metadata of a
/// protected resource are not served
/// ([`protected_resource_metadata`](crate::AuthRouter::protected_resource_metadata)).
pub fn serve(listener: TcpListener, router: impl Servable) -> Serve {
    let router = router.into_auth_router();
    let process = shutdown_signal();
    let signal = match &process {
        Ok(process) => process.clone().into_future(),
        Err(_) => Box::pin(async {}),
    };
    Serve { state: State::Ready(Box::new(Ready { listener, router, process, signal, grace: GRACE })) }
}

/// A server: the future that [`serve`] returns.
///
/// ```
/// use auth_runtime::{AuthRouter, serve};
/// use std::time::Duration;
/// use tokio::net::TcpListener;
///
/// async fn run(app: AuthRouter, listener: TcpListener) -> std::io::Result<()> {
///     serve(listener, app).grace(Duration::from_secs(20)).await
/// }
/// # let _ = run;
/// ```
#[must_use = "a server does nothing unless it is awaited or spawned"]
pub struct Serve {
    state: State,
}

enum State {
    Ready(Box<Ready>),
    Running(BoxFuture<io::Result<()>>),
    Ended,
}

struct Ready {
    listener: TcpListener,
    router: AuthRouter,
    process: io::Result<ShutdownSignal>,
    signal: BoxFuture<()>,
    grace: Duration,
}

impl Serve {
    /// Ends the server when `signal` is ready, instead of at the first SIGTERM or Ctrl-C.
    ///
    /// It is a [`ShutdownSignal`] that several servers share, or a future of your own.
    ///
    /// A future of your own should be ready after SIGTERM too. If it is not within the
    /// [`grace`](Self::grace) that follows that signal, the server ends without it.
    pub fn with_graceful_shutdown<F>(self, signal: F) -> Self
    where
        F: IntoFuture<Output = ()>,
        F::IntoFuture: Send + 'static,
    {
        let signal = Box::pin(signal.into_future());
        self.configure(|ready| ready.signal = signal)
    }

    /// Sets how long open requests may take once the server is told to end. By default 20 seconds.
    pub fn grace(self, grace: Duration) -> Self {
        self.configure(|ready| ready.grace = grace)
    }

    /// A server that runs already is not changed: it was polled, and then moved.
    fn configure(mut self, change: impl FnOnce(&mut Ready)) -> Self {
        if let State::Ready(ready) = &mut self.state {
            change(ready);
        }
        self
    }
}

impl Ready {
    async fn run(self) -> io::Result<()> {
        let Self { listener, router, process, signal, grace } = self;
        let process = process?;
        // P9: the challenges would name a document that does not exist.
        if let Some(resource) = router.posture().undescribed().first() {
            return Err(io::Error::other(undescribed_message(resource)));
        }
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            // Also ends when this future is dropped.
            let _ = stopped.await;
        });
        let first = process.clone();
        let deadline = async move {
            tokio::select! {
                () = signal => {}
                // P7: the process ends when it is told to, whatever the service waits for.
                () = async { first.requested().await; tokio::time::sleep(grace).await } => {}
            }
            let _ = stop.send(());
            tokio::time::sleep(grace).await;
        };
        tokio::select! {
            outcome = server => outcome,
            () = deadline => Ok(()),
            () = process.repeated() => Ok(()),
        }
    }
}

impl Future for Serve {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match &mut self.state {
                State::Running(running) => {
                    let outcome = std::task::ready!(running.as_mut().poll(cx));
                    self.state = State::Ended;
                    return Poll::Ready(outcome);
                }
                State::Ready(_) => {
                    if let State::Ready(ready) = mem::replace(&mut self.state, State::Ended) {
                        self.state = State::Running(Box::pin(ready.run()));
                    }
                }
                State::Ended => return Poll::Pending,
            }
        }
    }
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve").finish_non_exhaustive()
    }
}
