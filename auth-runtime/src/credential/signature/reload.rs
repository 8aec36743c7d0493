//! Reads the secrets of files again, so that a new secret needs no restart.

use super::keys::{MacKey, ReadAgain};
use super::secret::{self, SecretSource};
use crate::base::ConfigError;
use auth_events::internal::{self, Report};
use auth_events::{Events, NoticeKind};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

/// How often a file is read. By content and not by date, because Kubernetes replaces a link.
const INTERVAL: Duration = Duration::from_secs(1);

/// Ends the thread when it is dropped.
pub(super) struct Watched(#[expect(dead_code, reason = "the thread notices when it is dropped")] Sender<()>);

/// Starts a thread that reads the files, if there are any. A thread and no task, because reading a
/// file blocks, and a service may be built before its runtime.
pub(super) fn watch(
    keys: &Arc<[MacKey]>,
    sender: &'static str,
    events: &Events,
) -> Result<Option<Watched>, ConfigError> {
    let Some(file) = keys.iter().find(|key| matches!(key.source, SecretSource::InFile(_))) else { return Ok(None) };
    let (alive, watched) = channel();
    let (keys, events) = (Arc::downgrade(keys), events.clone());
    let run = move || {
        while watched.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
            let Some(keys) = Weak::upgrade(&keys) else { return };
            keys.iter().for_each(|key| read_again(key, sender, &events));
        }
    };
    let started = thread::Builder::new().name("signing-secrets".to_owned()).spawn(run);
    started.map_err(|error| file.source.refused(&format!("no thread can read it again: {error}")))?;
    Ok(Some(Watched(alive)))
}

/// P6: a file that is gone, or has a weak secret, does not replace the last good secret.
fn read_again(key: &MacKey, sender: &'static str, events: &Events) {
    let SecretSource::InFile(path) = &key.source else { return };
    let read = secret::read(path).and_then(|text| key.replace(&text));
    let changed = read == Ok(ReadAgain::OtherSecret);
    let refused = key.news(read.err().map(|why| format!("{why}; the last good secret stays in use")));
    let (kind, detail) = match refused {
        Some(why) => (NoticeKind::SigningSecretRefused, why),
        None if changed => (NoticeKind::SigningSecretChanged, "read again".to_owned()),
        None => return,
    };
    events.notice(&internal::notice(kind, Some(sender.into()), format!("{}: {detail}", key.source)));
}
