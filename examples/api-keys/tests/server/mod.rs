//! A real PostgreSQL server for one test.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_support::{Process, is_installed, require_or_skip, run};

/// A server with an empty database. It ends with the value.
pub(crate) struct Postgres {
    port: u16,
    folder: PathBuf,
    server: Option<Process>,
}

impl Postgres {
    /// Starts a server. `None`, with a message, where PostgreSQL is not installed; in CI the test
    /// fails.
    pub(crate) fn start() -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let bin = folder_of_programs();
        require_or_skip(bin.is_some(), "no PostgreSQL: install Debian's package `postgresql`")?;
        let bin = bin?;
        // In /tmp, because the server's user may not enter the folders of the user who builds.
        let name = format!("api-keys-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let folder = std::env::temp_dir().join(name);
        let mut initdb = as_its_user(&bin.join("initdb"));
        initdb
            .args(["--auth=trust", "--username=keys", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&folder);
        assert!(run(initdb).status.success(), "initdb");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let mut server = as_its_user(&bin.join("postgres"));
        server.args(["-p", &port.to_string(), "-k", "", "-h", "127.0.0.1", "-F", "-D"]).arg(&folder);
        let mut server = Process::start(server);
        server.wait_for_stderr("ready to accept connections");
        Some(Self { port, folder, server: Some(server) })
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://keys@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // SIGINT: the server ends its connections.
            server.signal("INT");
            server.wait();
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder of `initdb` and `postgres`, which Debian does not add to the `PATH`.
fn folder_of_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders = versions.map(|version| version.path().join("bin")).chain([PathBuf::new()]);
    folders.find(|folder| {
        ["initdb", "postgres"].iter().all(|program| folder.join(program).to_str().is_some_and(is_installed))
    })
}

/// PostgreSQL refuses to run as root, as in a container.
fn as_its_user(program: &Path) -> Command {
    let is_root = fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}
