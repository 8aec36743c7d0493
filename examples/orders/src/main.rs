//! Runs the service as a process, from the command line to a clean end.

mod cli;
mod demo;
mod events_config;
mod key_command;
mod metrics;
mod payments_config;
mod service;
mod start_error;
mod verifier_config;

use auth_runtime::serve::ShutdownSignal;
use auth_runtime::shutdown_signal;
use clap::Parser;
use cli::{Cli, Command};
use service::Service;
use start_error::StartError;
use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// How long the process waits for the last events and for blocked threads after serving.
const LAST_EVENTS: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    // Before the signal handler, because `--help` prints and exits here.
    let mut cli = Cli::parse();
    let outcome = match cli.command.take() {
        Some(Command::ApiKey(command)) => command.run(),
        None => run(cli),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            orders::log_last(error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), StartError> {
    // Before any print, open or fetch, so that a signal also ends the start-up.
    let shutdown = shutdown_signal().map_err(StartError::Signals)?;
    exit_on_second_signal(shutdown.clone()).map_err(StartError::Runtime)?;
    let runtime = Runtime::new().map_err(StartError::Runtime)?;
    // The start-up may block its thread, for example on a locked database or a pipe that is not
    // read. This thread only waits for the start-up or the signal.
    let starting = runtime.spawn(Service::start(cli, shutdown.clone()));
    let started = runtime.block_on(async {
        tokio::select! {
            started = starting => Some(started),
            () = shutdown.requested() => None,
        }
    });
    let Some(started) = started else {
        // The blocked thread ends with the process.
        runtime.shutdown_background();
        return Ok(());
    };
    let outcome = match started {
        Ok(Ok(service)) => runtime.block_on(service.serve(shutdown)),
        Ok(Err(error)) => Err(error),
        Err(panicked) => Err(panicked.into()),
    };
    // A request that exceeded its grace still holds the events.
    runtime.shutdown_timeout(LAST_EVENTS);
    outcome
}

/// Ends the process at a second signal, whatever it waits for: a request, a sink or a pipe.
fn exit_on_second_signal(shutdown: ShutdownSignal) -> io::Result<()> {
    let runtime = Builder::new_current_thread().build()?;
    thread::Builder::new().name("second-signal".to_owned()).spawn(move || {
        runtime.block_on(shutdown.repeated());
        // The servers have ended too, so their events can be flushed.
        thread::sleep(Duration::from_secs(1));
        std::process::exit(0)
    })?;
    Ok(())
}
