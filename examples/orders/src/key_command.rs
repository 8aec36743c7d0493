//! Mints, lists and revokes API keys on the command line.

use crate::start_error::StartError;
use clap::Subcommand;
use orders::{KeyRow, SqliteApiKeys};
use rusqlite::{Connection, OpenFlags};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Mints a key and prints it. It cannot be printed again.
    Mint {
        /// The SQLite file of the orders.
        #[arg(long, value_name = "FILE")]
        db: PathBuf,
        /// The customer that the key belongs to. The key can use the orders of this customer that
        /// were placed with its keys.
        #[arg(long, value_name = "NAME")]
        owner: String,
        /// A scope of the key. Repeat it for more.
        #[arg(long, value_name = "SCOPE", value_parser = scope)]
        scope: Vec<String>,
        /// How long the key is valid.
        #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u64).range(1..=3650))]
        days: u64,
    },
    /// Lists the keys: id, owner, scopes, expiry, time of revocation, last use.
    List {
        /// The SQLite file of the orders.
        #[arg(long, value_name = "FILE")]
        db: PathBuf,
    },
    /// Revokes a key. Services that use the file reject its next request.
    Revoke {
        /// The SQLite file of the orders.
        #[arg(long, value_name = "FILE")]
        db: PathBuf,
        /// The id of the key: its part after the prefix.
        id: String,
    },
}

impl KeyCommand {
    pub(crate) fn run(self) -> Result<(), StartError> {
        let mut out = io::stdout();
        match self {
            Self::Mint { db, owner, scope, days } => {
                let connection = connect(&db, OpenFlags::default())?;
                let (key, record) = SqliteApiKeys::mint(&owner, scope, Duration::from_secs(24 * 60 * 60 * days))?;
                // Stored first, because a printed key must work.
                SqliteApiKeys::insert(&connection, &record).map_err(|error| failed(&db, error))?;
                writeln!(out, "{}", key.show_once()).map_err(StartError::Stdout)
            }
            Self::List { db } => {
                let connection = connect(&db, existing())?;
                let keys = SqliteApiKeys::list(&connection).map_err(|error| failed(&db, error))?;
                keys.into_iter().try_for_each(|key| print(&mut out, &key)).map_err(StartError::Stdout)
            }
            Self::Revoke { db, id } => {
                let connection = connect(&db, existing())?;
                match SqliteApiKeys::revoke(&connection, &id).map_err(|error| failed(&db, error))? {
                    Some(owner) => writeln!(out, "revoked {id} of {owner}").map_err(StartError::Stdout),
                    None => Err(StartError::UnknownKey(id)),
                }
            }
        }
    }
}

/// Opens the keys for the service.
pub(crate) fn open(path: &Path, flags: OpenFlags) -> Result<SqliteApiKeys, StartError> {
    let keys = Connection::open_with_flags(path, flags).and_then(SqliteApiKeys::new);
    keys.map_err(|error| failed(path, error))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StartError> {
    // Creates the table.
    drop(open(path, flags)?);
    Connection::open_with_flags(path, flags).map_err(|error| failed(path, error))
}

/// Without `CREATE`, because a misspelled file would be an empty database.
fn existing() -> OpenFlags {
    OpenFlags::default().difference(OpenFlags::SQLITE_OPEN_CREATE)
}

fn failed(path: &Path, error: rusqlite::Error) -> StartError {
    StartError::Database { path: path.to_owned(), error }
}

fn print(out: &mut impl Write, key: &KeyRow) -> io::Result<()> {
    let KeyRow { id, owner, scopes, expires, revoked, last_used } = key;
    let revoked = revoked.as_deref().map_or_else(|| "valid".to_owned(), |time| format!("revoked {time}"));
    let used = last_used.as_deref().map_or_else(|| "not used".to_owned(), |time| format!("used {time}"));
    writeln!(out, "{id}\t{owner}\t{scopes}\texpires {expires}\t{revoked}\t{used}")
}

/// Accepts one word (RFC 6749 section 3.3), because a space would make two scopes of it.
fn scope(text: &str) -> Result<String, &'static str> {
    let is_word = text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
    if is_word && !text.is_empty() { Ok(text.to_owned()) } else { Err("a scope is one word: repeat `--scope`") }
}
