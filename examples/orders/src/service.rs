//! Builds the service from its options, and serves it until the process ends.

use crate::cli::Cli;
use crate::demo::{Demo, DemoOutput};
use crate::events_config;
use crate::key_command;
use crate::metrics::Metrics;
use crate::payments_config::payments;
use crate::start_error::StartError;
use crate::verifier_config::VerifierConfig;
use auth_runtime::credentials::Carrier;
use auth_runtime::revocation::{RedisRevocations, RevocationList};
use auth_runtime::serve::{Serve, ShutdownSignal};
use auth_runtime::signatures::Signatures;
use auth_runtime::{AuthRouter, Claims, Events, Posture, Verifier};
use orders::{Database, Payments, Revoked, Watch, log};
use rusqlite::{Connection, OpenFlags};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Builds the router, with the page for browsers or without it.
type App = fn(Database, Verifier<Claims>, Revoked, Option<Signatures<Payments>>, &Watch, ShutdownSignal) -> AuthRouter;

/// A started service: it listens, and has printed its address.
pub(crate) struct Service {
    server: Serve,
    metrics: Option<Metrics>,
    /// Stopped with the service, because each of them holds the event stream open.
    tasks: Vec<JoinHandle<()>>,
}

impl Service {
    pub(crate) async fn start(mut cli: Cli, shutdown: ShutdownSignal) -> Result<Self, StartError> {
        // First, because the verifier registers its counters with the recorder installed here.
        let metrics = match cli.metrics.take() {
            Some(address) => Some(Metrics::at(address, cli.metrics_beyond_loopback).await?),
            None => None,
        };
        let (config, demo) = if let Some(provider) = cli.provider.take() {
            (VerifierConfig::from_provider(provider).await?, None)
        } else {
            let demo = Demo::new()?;
            (demo.verifier_config()?, Some(demo))
        };
        let revoked = match cli.redis.clone() {
            Some(url) => Revoked::InRedis(RedisRevocations::at(url).await?),
            None => Revoked::InMemory(RevocationList::default()),
        };
        let database = open(cli.db.as_deref())?;
        let api_keys = match &cli.db {
            Some(path) if cli.api_keys => Some(key_command::open(path, OpenFlags::default())?),
            _ => None,
        };
        let listener = listen(cli.listen.take()).await?;
        let address = listener.local_addr().map_err(StartError::Serve)?;

        // The stream begins once the service is ready, so that its first notice is about this
        // service.
        let watch = Watch::default();
        let events = events_config::events(&cli, &watch)?;
        let (app, carriers): (App, Vec<Carrier>) = if cli.browser {
            (orders::app_with_browser, orders::browser_carriers().into())
        } else {
            (orders::app, vec![Carrier::bearer()])
        };
        let leeway = Duration::from_secs(cli.leeway);
        let verifier = config.verifier(leeway, &revoked, api_keys, carriers, events.clone())?;
        let payments = payments(&cli, &events).await?;
        let app = app(database, verifier, revoked, payments, &watch, shutdown.clone());
        let announcement = Announcement {
            posture: app.posture(),
            demo: demo.map(|demo| demo.printed(address)).transpose()?,
            browser: cli.browser,
            events: cli.events.as_ref().map_or_else(|| "on stderr".to_owned(), |path| format!("in {}", path.display())),
            address,
        };
        let server = auth_runtime::serve(listener, app).with_graceful_shutdown(shutdown);
        announcement.print(metrics.as_ref()).map_err(StartError::Stdout)?;
        let mut tasks = vec![tokio::spawn(watch.record_counts(events.clone()))];
        if !cli.page_url.is_empty() {
            // In the background, because a broken pager must not be an outage too.
            tasks.push(tokio::spawn(drill(events)));
        }
        Ok(Self { server, metrics, tasks })
    }

    /// Serves until the signal, then waits for open requests within their grace.
    pub(crate) async fn serve(self, shutdown: ShutdownSignal) -> Result<(), StartError> {
        let Self { server, metrics, tasks } = self;
        let metrics = async {
            match metrics {
                Some(metrics) => metrics.serve(shutdown).await,
                None => Ok(()),
            }
        };
        let ended = tokio::try_join!(server, metrics).map(|_| ()).map_err(StartError::Serve);
        for task in tasks {
            task.abort();
            let _ = task.await;
        }
        ended
    }
}

/// Tests the pager, because an untested one may not work.
async fn drill(events: Events) {
    match events.drill().await {
        Ok(took) => log(format_args!("the pager was tested: it accepted a test page after {took:.1?}")),
        Err(error) => log(format_args!("THE PAGER DOES NOT WORK: {error}")),
    }
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

/// Binds the given address, or else the first free port from 3000 on.
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
                    writeln!(io::stdout(), "Port 3000 is taken: using {port}.\n").map_err(StartError::Stdout)?;
                }
                return Ok(listener);
            }
        }
    }
}

/// What the service prints when it starts.
struct Announcement {
    posture: Posture,
    demo: Option<DemoOutput>,
    /// Whether the page for browsers is served.
    browser: bool,
    events: String,
    address: SocketAddr,
}

impl Announcement {
    fn print(&self, metrics: Option<&Metrics>) -> io::Result<()> {
        let Self { posture, demo, browser, events, address } = self;
        let mut out = io::stdout().lock();
        writeln!(out, "{posture}")?;
        if let Some(metrics) = metrics {
            writeln!(out, "{metrics}")?;
        }
        if let Some(DemoOutput { curl_lines, .. }) = demo {
            writeln!(out, "Try it from another terminal (the tokens are valid for an hour):\n\n{curl_lines}")?;
        }
        writeln!(out, "Each rejection is a line of JSON {events}.")?;
        writeln!(out, "The page for operators, http://{address}/, asks for a token with the scope orders:audit.")?;
        if let Some(DemoOutput { operator_token, .. }) = demo {
            writeln!(out, "Enter this one:\n\n{operator_token}\n")?;
        }
        if *browser {
            writeln!(out, "The page for customers, http://{address}/browser, asks for a token at its login.")?;
        }
        if let (true, Some(DemoOutput { browser_token, .. })) = (browser, demo) {
            writeln!(
                out,
                "Log in with this one. Then the order of the second `curl` line appears in the page:\n\n{browser_token}\n"
            )?;
        }
        // Last, so that a program that waits for this line has all lines before it.
        writeln!(out, "listening on http://{address}")?;
        out.flush()
    }
}
