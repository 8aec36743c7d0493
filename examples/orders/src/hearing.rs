//! Who hears of refusals: from the command line to the stream.

use crate::cli::Cli;
use auth_runtime::{ConfigError, Events, Pager};
use orders::Watch;
use std::time::Duration;

/// The stream, to stderr or a file, to the page at `/`, and to whoever is to be woken.
pub(crate) fn events(cli: &Cli, watch: &Watch) -> Result<Events, ConfigError> {
    let events = match &cli.events {
        Some(path) => Events::builder().file(path)?,
        None => Events::builder().stderr(),
    };
    let events = events.sink(watch.clone());
    if cli.page_url.is_empty() {
        return events.build();
    }
    let mut pager = cli.page_url.iter().fold(Pager::of("orders"), Pager::webhook);
    if let Some(url) = &cli.heartbeat_url {
        pager = pager.heartbeat(url, Duration::from_secs(30));
    }
    events.pager(pager)?.build()
}
