//! The signal that ends a process: one for all of its servers.

use std::fmt;
use std::future::{Future, IntoFuture, pending};
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// How many signals the process has received. Set by the first [`shutdown_signal`].
static RECEIVED: Mutex<Option<watch::Sender<u32>>> = Mutex::new(None);

/// Listens for SIGTERM and Ctrl-C from this call on.
///
/// Call it first in `main`, before the service prints a line or does anything slow, and share it:
/// between several [`serve`](super::serve), with work of your own, and with the start-up itself.
///
/// ```no_run
/// # use auth_runtime::{AuthRouter, serve, shutdown_signal};
/// # use tokio::net::TcpListener;
/// # async fn start() -> std::io::Result<(AuthRouter, AuthRouter)> { unimplemented!() }
/// # async fn run(api: TcpListener, metrics: TcpListener) -> std::io::Result<()> {
/// let shutdown = shutdown_signal()?;
/// let (app, exporter) = tokio::select! {
///     started = start() => started?,
///     () = shutdown.requested() => return Ok(()),
/// };
/// let api = serve(api, app).with_graceful_shutdown(shutdown.clone());
/// let metrics = serve(metrics, exporter).with_graceful_shutdown(shutdown);
/// tokio::try_join!(api, metrics)?;
/// # Ok(())
/// # }
/// ```
///
/// While no [`ShutdownSignal`] is left, a signal ends the process at once, as it does by default.
///
/// # Errors
///
/// When the operating system refuses the signal handler or the thread that waits for it.
pub fn shutdown_signal() -> io::Result<ShutdownSignal> {
    let mut installed = RECEIVED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(count) = &*installed {
        return Ok(ShutdownSignal { received: count.subscribe() });
    }
    let (count, received) = watch::channel(0);
    platform::listen(count.clone())?;
    *installed = Some(count);
    Ok(ShutdownSignal { received })
}

/// SIGTERM or Ctrl-C, made by [`shutdown_signal`].
///
/// It stays received: a signal that came before a server was started, or between two, ends each of
/// them. Cheap to clone; clones share it.
///
/// ```
/// use auth_runtime::{AuthRouter, serve, shutdown_signal};
/// use tokio::net::TcpListener;
///
/// async fn run(app: AuthRouter, listener: TcpListener) -> std::io::Result<()> {
///     serve(listener, app).with_graceful_shutdown(shutdown_signal()?).await
/// }
/// # let _ = run;
/// ```
#[derive(Clone)]
pub struct ShutdownSignal {
    received: watch::Receiver<u32>,
}

impl ShutdownSignal {
    /// A signal that never comes, for tests.
    #[must_use]
    pub fn never() -> Self {
        Self { received: watch::Sender::new(0).subscribe() }
    }

    /// Waits for the first signal.
    pub async fn requested(&self) {
        self.times(1).await;
    }

    /// Waits for the second signal: the operator does not want to wait for open requests.
    pub async fn repeated(&self) {
        self.times(2).await;
    }

    async fn times(&self, times: u32) {
        let mut received = self.received.clone();
        if received.wait_for(|count| *count >= times).await.is_err() {
            // Its sender is gone: no signal can come.
            pending::<()>().await;
        }
    }
}

/// As [`ShutdownSignal::requested`].
impl IntoFuture for ShutdownSignal {
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.requested().await })
    }
}

impl fmt::Debug for ShutdownSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShutdownSignal").field("received", &*self.received.borrow()).finish()
    }
}

#[cfg(unix)]
mod platform {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::low_level::{emulate_default_handler, pipe};
    use std::io::{self, Read};
    use std::os::unix::net::UnixStream;
    use std::thread;
    use tokio::sync::watch;

    /// Starts a thread that counts signals.
    ///
    /// It is not a task, because it must see a signal while a runtime is blocked, and the end of
    /// one runtime must not end it for the others. Each signal writes one byte, so that two signals
    /// of a kind count as two.
    pub(super) fn listen(count: watch::Sender<u32>) -> io::Result<()> {
        let (mut signals, writer) = UnixStream::pair()?;
        thread::Builder::new().name("shutdown-signal".to_owned()).spawn(move || {
            while signals.read_exact(&mut [0]).is_ok() {
                // Counted first, because a server that ends at once is gone afterwards.
                let listeners = count.receiver_count();
                count.send_modify(|count| *count = count.saturating_add(1));
                if listeners == 0 {
                    // P7: the process ends when it is told to, also where no server is left to end.
                    let _ = emulate_default_handler(SIGTERM);
                }
            }
        })?;
        pipe::register(SIGTERM, writer.try_clone()?)?;
        pipe::register(SIGINT, writer)?;
        Ok(())
    }
}

#[cfg(windows)]
mod platform {
    use std::io;
    use std::thread;
    use tokio::sync::watch;

    pub(super) fn listen(count: watch::Sender<u32>) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let mut signals = tokio::signal::windows::ctrl_c()?;
        thread::Builder::new().name("shutdown-signal".to_owned()).spawn(move || {
            runtime.block_on(async {
                while signals.recv().await.is_some() {
                    let listeners = count.receiver_count();
                    count.send_modify(|count| *count = count.saturating_add(1));
                    if listeners == 0 {
                        // P7: as on Unix.
                        std::process::exit(1);
                    }
                }
            });
        })?;
        Ok(())
    }
}
