//! The process around the service: from the command line to a clean end.

mod cli;
mod demo;
mod hearing;
mod metrics;
mod start_error;
mod trust;

use auth_runtime::{Events, Posture, RedisRevocations, RevocationList};
use clap::Parser;
use cli::Cli;
use demo::Demo;
use metrics::Metrics;
use orders::{Database, Revoked, Watch};
use rusqlite::Connection;
use start_error::StartError;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use trust::Trust;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not `eprintln!`: it panics when stderr is gone.
            let _ = writeln!(io::stderr(), "orders: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mut cli: Cli) -> Result<(), StartError> {
    // First, so that the verifier finds who counts.
    let metrics = match cli.metrics.take() {
        Some(address) => Some(Metrics::at(address).await?),
        None => None,
    };
    let (trust, demo) = if let Some(provider) = cli.provider.take() {
        (Trust::in_provider(provider).await?, None)
    } else {
        let demo = Demo::new()?;
        (demo.trust()?, Some(demo))
    };
    let revoked = match cli.redis.take() {
        Some(url) => Revoked::InRedis(RedisRevocations::at(url).await?),
        None => Revoked::InMemory(RevocationList::default()),
    };
    let database = open(cli.db.as_deref())?;
    let listener = listen(cli.listen.take()).await?;
    let address = listener.local_addr().map_err(StartError::Serve)?;
    let curl_lines = demo.map(|demo| demo.curl_lines(address)).transpose()?;

    // The stream begins when there is a service that it can tell of.
    let watch = Watch::default();
    let events = hearing::events(&cli, &watch)?;
    let verifier = trust.verifier(Duration::from_secs(cli.leeway), &revoked, events.clone())?;
    let app = orders::app(database, verifier, revoked, &watch);
    let posture = app.posture();
    let server = auth_runtime::serve(listener, app);
    let heard = cli.events.as_ref().map_or_else(|| "on stderr".to_owned(), |path| format!("in {}", path.display()));
    announce(&posture, metrics.as_ref(), curl_lines.as_deref(), &heard, address).map_err(StartError::Stdout)?;
    // Beside the service: an alarm that does not work must not be an outage too.
    let drilling = (!cli.page_url.is_empty()).then(|| tokio::spawn(drill(events.clone())));
    let looking = tokio::spawn(watch.looks_at(events));
    let metrics = async {
        match metrics {
            Some(metrics) => metrics.serve().await,
            None => Ok(()),
        }
    };
    let ended = tokio::try_join!(server, metrics).map(|_| ()).map_err(StartError::Serve);
    // The stream ends, and is told to its end, when nobody holds it any more.
    for task in drilling.into_iter().chain([looking]) {
        task.abort();
        let _ = task.await;
    }
    ended
}

/// An alarm that was never tried is no alarm.
async fn drill(events: Events) {
    let mut stderr = io::stderr();
    let _ = match events.drill().await {
        Ok(took) => writeln!(stderr, "orders: the pager was tried: a test page was taken after {took:.1?}"),
        Err(error) => writeln!(stderr, "orders: THE PAGER DOES NOT WORK: {error}"),
    };
}

fn open(path: Option<&Path>) -> Result<Database, StartError> {
    let connection = match path {
        Some(path) => Connection::open(path),
        None => Connection::open_in_memory(),
    };
    connection.and_then(Database::new).map_err(|error| {
        let path = path.unwrap_or(Path::new(":memory:")).to_owned();
        StartError::Database { path, error }
    })
}

/// Exactly where it was told to; else on the first free port from 3000 on.
async fn listen(address: Option<String>) -> Result<TcpListener, StartError> {
    if let Some(address) = address {
        return TcpListener::bind(&address).await.map_err(|error| StartError::Listen { address, error });
    }
    let mut port = 3000;
    loop {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port < 3100 => port += 1,
            Err(error) => return Err(StartError::Listen { address: format!("127.0.0.1:{port}"), error }),
            Ok(listener) => {
                if port != 3000 {
                    writeln!(io::stdout(), "Port 3000 is taken; this is {port}.\n").map_err(StartError::Stdout)?;
                }
                return Ok(listener);
            }
        }
    }
}

fn announce(
    posture: &Posture,
    metrics: Option<&Metrics>,
    curl_lines: Option<&str>,
    heard: &str,
    address: SocketAddr,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{posture}")?;
    if let Some(metrics) = metrics {
        writeln!(out, "{metrics}")?;
    }
    if let Some(curl_lines) = curl_lines {
        writeln!(out, "Try it from another terminal (the tokens are good for an hour):\n\n{curl_lines}")?;
    }
    writeln!(out, "Each refusal is a line of JSON {heard}. The last ones, and how many there are: http://{address}/")?;
    // Last, for whoever waits for it: all that there is to read has been written.
    writeln!(out, "listening on http://{address}")?;
    out.flush()
}
