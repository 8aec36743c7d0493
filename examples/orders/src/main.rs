//! The process around the service: from the command line to a clean end.

mod cli;
mod demo;
mod start_error;
mod trust;

use auth_runtime::{Posture, RedisRevocations, RevocationList};
use clap::Parser;
use cli::Cli;
use demo::Demo;
use orders::{Database, Revoked};
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

async fn run(cli: Cli) -> Result<(), StartError> {
    let (trust, demo) = if let Some(provider) = cli.provider {
        (Trust::in_provider(provider).await?, None)
    } else {
        let demo = Demo::new()?;
        (demo.trust()?, Some(demo))
    };
    let revoked = match cli.redis {
        Some(url) => Revoked::InRedis(RedisRevocations::at(url).await?),
        None => Revoked::InMemory(RevocationList::default()),
    };
    let verifier = trust.verifier(Duration::from_secs(cli.leeway), &revoked)?;
    let app = orders::app(open(cli.db.as_deref())?, verifier, revoked);
    let posture = app.posture();
    let listener = listen(cli.listen).await?;
    let address = listener.local_addr().map_err(StartError::Serve)?;
    let curl_lines = demo.map(|demo| demo.curl_lines(address)).transpose()?;

    let server = auth_runtime::serve(listener, app);
    announce(&posture, curl_lines.as_deref(), address).map_err(StartError::Stdout)?;
    server.await.map_err(StartError::Serve)
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

fn announce(posture: &Posture, curl_lines: Option<&str>, address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{posture}")?;
    if let Some(curl_lines) = curl_lines {
        writeln!(out, "Try it from another terminal (the tokens are good for an hour):\n\n{curl_lines}")?;
    }
    writeln!(out, "Each refusal is a line of JSON on stderr.")?;
    // Last, for whoever waits for it: all that there is to read has been written.
    writeln!(out, "listening on http://{address}")?;
    out.flush()
}
