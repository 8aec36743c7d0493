//! Measures the orders service under load, over real sockets.
//!
//! `load [--seconds 5] [path of the orders binary]` needs `wrk`, and
//! `cargo build --release -p orders` before. Client and service share the machine, so compare
//! within the table.

use auth_runtime::keys::Algorithm;
use auth_testkit::TestIssuer;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut seconds = 5;
    let mut binary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/orders");
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => seconds = arguments.next().ok_or("--seconds of what?")?.parse()?,
            "--help" => {
                println!("load [--seconds 5] [path of the orders binary]");
                return Ok(());
            }
            path => binary = path.into(),
        }
    }
    let folder = std::env::temp_dir().join(format!("benches-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measured(&binary, &folder, seconds);
    let _ = std::fs::remove_dir_all(&folder);
    let report = outcome?;
    print!("{report}");
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("load.md"), report)?;
    Ok(())
}

fn measured(binary: &Path, folder: &Path, seconds: u64) -> Result<String, Failure> {
    let old = issuer();
    let new = issuer();
    let published = Published::start(keys(&[("old", &old)]))?;
    let service = Service::start(binary, &published.url(), &folder.join("events.jsonl"))?;
    let load = |connections: usize, path: &str, tokens: &[String]| Load {
        at: service.at,
        folder: folder.to_owned(),
        connections,
        seconds,
        path: path.to_owned(),
        tokens: tokens.to_vec(),
    };
    let some = |issuer: &TestIssuer, kid: &str, count: usize| -> Vec<String> {
        (0..count).map(|_| issuer.token().header("kid", kid).signed()).collect()
    };
    let (one, many) = (some(&old, "old", 1), some(&old, "old", 64));
    let mut report =
        "| | requests a second | median | 99 of 100 | refused | resident |\n|---|---:|---:|---:|---:|---:|\n"
            .to_owned();
    let mut row = |name: &str, seen: Seen| {
        eprintln!("{name} ..");
        let _ = writeln!(
            report,
            "| {name} | {:.0} | {} | {} | {} | {} MiB |",
            seen.a_second(),
            micros(seen.median),
            micros(seen.most),
            seen.refused,
            service.resident() / 1024
        );
    };
    // Once, to warm up.
    load(32, "/me", &many).run("warm")?;
    row("`/health`, public", load(32, "/health", &[]).run("health")?);
    row("`/me`, one token", load(32, "/me", &one).run("one")?);
    row("`/me`, 64 tokens", load(32, "/me", &many).run("many")?);
    let mut mixed = some(&old, "old", 58);
    mixed.extend((0..3).map(|_| old.token().header("kid", "old").expired().signed()));
    mixed.extend((0..3).map(|_| old.token().header("kid", "old").signed_with_untrusted_key()));
    row("`/me`, of 64 tokens six bad ones", load(32, "/me", &mixed).run("mixed")?);
    row("`/me`, without tokens", load(32, "/me", &[]).run("none")?);

    let mut rotating = some(&old, "old", 58);
    rotating.extend(some(&new, "new", 6));
    // The service learns of it from the first token that names it.
    published.publish(keys(&[("old", &old), ("new", &new)]));
    row("`/me`, of 64 tokens six with a key published just now", load(32, "/me", &rotating).run("rotation")?);

    let forged: Vec<String> = (0..64).map(|_| old.token().header("kid", "old").signed_with_untrusted_key()).collect();
    let flood = Load { seconds: seconds * 2 + 2, ..load(64, "/me", &forged) }.start("flood")?;
    std::thread::sleep(Duration::from_millis(500));
    row("`/health`, while 64 attackers forge", load(8, "/health", &[]).run("health-flood")?);
    row("`/me`, 64 tokens, while 64 attackers forge", load(8, "/me", &many).run("many-flood")?);
    row("the attackers", flood.end()?);
    Ok(report)
}

fn issuer() -> TestIssuer {
    TestIssuer::signing_with(Algorithm::ES256).named("http://127.0.0.1/issuer").for_audience("orders")
}

/// The public keys of these issuers, by these names.
fn keys(issuers: &[(&str, &TestIssuer)]) -> String {
    let all = issuers.iter().map(|(kid, issuer)| {
        let mut set: serde_json::Value = serde_json::from_str(&issuer.jwks_json()).expect("a key set");
        let mut key = set["keys"][0].take();
        key["kid"] = (*kid).into();
        key
    });
    serde_json::json!({"keys": all.collect::<Vec<_>>()}).to_string()
}

/// Keys at a URL.
struct Published {
    at: SocketAddr,
    keys: Arc<Mutex<String>>,
    _runtime: tokio::runtime::Runtime,
}

impl Published {
    fn start(keys: String) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let (at, keys) = (listener.local_addr()?, Arc::new(Mutex::new(keys)));
        let served = Arc::clone(&keys);
        let answer =
            axum::routing::get(move || async move { served.lock().unwrap_or_else(PoisonError::into_inner).clone() });
        let router = axum::Router::new().route("/jwks", answer);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { at, keys, _runtime: runtime })
    }

    fn url(&self) -> String {
        format!("http://{}/jwks", self.at)
    }

    fn publish(&self, keys: String) {
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = keys;
    }
}

/// The orders service, which ends with this.
struct Service {
    process: Child,
    at: SocketAddr,
}

impl Service {
    fn start(binary: &Path, jwks: &str, events: &Path) -> Result<Self, Failure> {
        let mut process = Command::new(binary)
            .args(["--listen", "127.0.0.1:0", "--issuer", "http://127.0.0.1/issuer", "--audience", "orders"])
            .args(["--jwks", jwks, "--token-type", "access-token", "--events"])
            .arg(events)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}; `cargo build --release -p orders` makes it", binary.display()))?;
        let said = BufReader::new(process.stdout.take().ok_or("no output")?);
        let mut lines = said.lines();
        let at = loop {
            let line = lines.next().ok_or("the service has ended")??;
            let address = line.split("http://").nth(1).and_then(|rest| rest.split([' ', '/']).next()?.parse().ok());
            if let Some(at) = address {
                break at;
            }
        };
        // What it says later is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, at })
    }

    /// `VmRSS`, in KiB; nothing where there is no such file.
    fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What `wrk` is told to do.
struct Load {
    at: SocketAddr,
    folder: PathBuf,
    connections: usize,
    seconds: u64,
    path: String,
    tokens: Vec<String>,
}

/// What it has seen.
struct Seen {
    requests: f64,
    seconds: f64,
    /// In microseconds.
    median: f64,
    most: f64,
    refused: u64,
}

impl Seen {
    fn a_second(&self) -> f64 {
        self.requests / self.seconds
    }
}

struct Running(Child);

impl Load {
    fn run(&self, name: &str) -> Result<Seen, Failure> {
        self.start(name)?.end()
    }

    fn start(&self, name: &str) -> Result<Running, Failure> {
        let (tokens, script) = (self.folder.join(format!("{name}.tokens")), self.folder.join(format!("{name}.lua")));
        std::fs::write(&tokens, self.tokens.join("\n"))?;
        std::fs::write(&script, LUA.replace("TOKENS", &tokens.to_string_lossy()).replace("PATH", &self.path))?;
        let process = Command::new("wrk")
            .args(["--threads", "1", "--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", self.seconds), "--script"])
            .arg(&script)
            .arg(format!("http://{}", self.at))
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("wrk: {error}"))?;
        Ok(Running(process))
    }
}

impl Running {
    fn end(self) -> Result<Seen, Failure> {
        let out = self.0.wait_with_output()?;
        let text = String::from_utf8_lossy(&out.stdout);
        let line =
            text.lines().find_map(|line| line.strip_prefix("seen ")).ok_or_else(|| format!("wrk said: {text}"))?;
        let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [requests, micros, median, most, refused, broken] = numbers[..] else { return Err("wrk said less".into()) };
        if broken > 0.0 {
            return Err(format!("{broken} requests got no answer").into());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        Ok(Seen { requests, seconds: micros / 1e6, median, most, refused: refused as u64 })
    }
}

/// Each connection sends one token after another.
const LUA: &str = r#"
local requests, turn = {}, 0
init = function(args)
    for token in io.lines("TOKENS") do
        requests[#requests + 1] = wrk.format("GET", "PATH", { Authorization = "Bearer " .. token })
    end
    if #requests == 0 then requests[1] = wrk.format("GET", "PATH") end
end
request = function()
    turn = turn % #requests + 1
    return requests[turn]
end
done = function(summary, latency, all)
    local errors = summary.errors
    io.write(string.format("seen %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
"#;

fn micros(micros: f64) -> String {
    if micros < 1000.0 { format!("{micros:.0} µs") } else { format!("{:.1} ms", micros / 1000.0) }
}
