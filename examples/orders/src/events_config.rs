//! Builds the event stream from the command line.

use crate::cli::Cli;
use crate::start_error::StartError;
use auth_runtime::Events;
use auth_runtime::events::{EventsBuilder, Otlp, Pager, Splunk};
use orders::Watch;
use std::fs;
use std::time::Duration;

/// The largest size of a spool.
const SPOOL: u64 = 64 * 1024 * 1024;

/// Sends events to stderr or a file, the page for operators, the collectors and the pager.
pub(crate) fn events(cli: &Cli, watch: &Watch) -> Result<Events, StartError> {
    let events = match &cli.events {
        Some(path) => Events::builder().file(path)?,
        None => Events::builder().stderr(),
    };
    let events = with_collectors(events.sink(watch.clone()), cli)?;
    if cli.page_url.is_empty() {
        return Ok(events.build()?);
    }
    let mut pager = cli.page_url.iter().fold(Pager::of("orders"), Pager::webhook);
    if let Some(url) = &cli.heartbeat_url {
        pager = pager.heartbeat(url, Duration::from_secs(30));
    }
    if let Some(path) = &cli.drill_record {
        pager = pager.drill_record(path);
    }
    Ok(events.pager(pager)?.build()?)
}

/// Two collectors must not share a spool, so each has its own.
fn with_collectors(mut events: EventsBuilder, cli: &Cli) -> Result<EventsBuilder, StartError> {
    if let (Some(url), Some(path)) = (&cli.splunk_url, &cli.splunk_token_file) {
        let token = fs::read_to_string(path).map_err(|error| StartError::ReadToken { path: path.clone(), error })?;
        let mut splunk = Splunk::at(url, token.trim());
        if let Some(folder) = &cli.spool {
            splunk = splunk.spool(folder.join("splunk"), SPOOL);
        }
        events = events.splunk(splunk)?;
    }
    if let Some(url) = &cli.otlp_url {
        let mut otlp = Otlp::from(url.as_str());
        if let Some(folder) = &cli.spool {
            otlp = otlp.spool(folder.join("otlp"), SPOOL);
        }
        events = events.otlp(otlp)?;
    }
    Ok(events)
}
