//! Counts the instructions of a request with valgrind: `instructions [--write]`.
//!
//! The number is the same in each run, whatever else the machine does. The program ends with an
//! error where a request takes more than its limit. Only the requests are counted, without the
//! start and without the signatures of tokens. The count is the difference between two runs of
//! `profile`, so that it does not include their first requests.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// What each may take at most, as a part of another: with some air, since compilers differ.
const CEILINGS: [(&str, &str, f64); 12] = [
    // A cached token. Of axum's instructions, 7 % are for two headers of the response, 6 % for
    // three allocations (the verified request, the record of the decision, the mark of the body),
    // and 3 % for the place of that record in the extensions.
    ("hot", "plain", 1.56),
    // A layer by hand that sets the same headers, with the same record of the caller.
    ("hot", "hand-layer", 0.85),
    ("hot-64", "plain", 1.56),
    // A rejection of a request without a token, whose event is discarded. Its headers and its
    // context for the counters are most of it.
    ("none", "plain", 1.35),
    // A token that is verified costs less than by hand, though more is checked.
    ("anew", "hand", 0.85),
    ("anew-few", "hand", 0.80),
    // So does a token that was never seen before, because it is not stored.
    ("cold", "hand-cold", 0.85),
    // A key or a session that is cached costs about what a cached token does, also where the form
    // of a credential has to tell its kind.
    ("key", "hot", 1.03),
    ("key-beside", "hot", 1.23),
    ("token-beside", "hot", 1.28),
    ("session", "hot", 1.17),
    // A signed body of 10 KiB: the HMAC, and one read without a copy. 1.15 is the goal in time. An
    // HMAC has many more instructions without SHA extensions, which valgrind does not have.
    ("signed", "signed-hand", 1.05),
];

const KINDS: [&str; 17] = [
    "plain",
    "hand",
    "hand-cached",
    "hand-layer",
    "anew-few",
    "anew",
    "hand-cold",
    "cold",
    "hot",
    "hot-64",
    "key",
    "key-beside",
    "token-beside",
    "session",
    "none",
    "signed-hand",
    "signed",
];

/// Counted with `--write` only, because to fill the cache takes a minute.
const CACHED: [&str; 2] = ["hand-10k", "hot-10k"];

/// Counted with `--write` only, because valgrind needs minutes to sign with RSA.
const OTHER_ALGORITHMS: [&str; 3] = ["RS256", "ES256", "Ed25519"];

type Counts = Vec<(String, u64)>;

fn main() -> Result<(), Box<dyn Error>> {
    let writes = std::env::args().any(|argument| argument == "--write");
    let also = if writes { &CACHED[..] } else { &[] };
    let mut counts = Counts::new();
    for kind in KINDS.iter().chain(also) {
        counts.push(((*kind).to_owned(), each(kind, "HS256", 4000)?));
    }
    let mut tables = table(&counts);
    if writes {
        tables += &never_seen_before(&counts)?;
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.md"), &tables)?;
    }
    print!("{tables}");
    let of = |kind: &str| of(&counts, kind);
    let over: Vec<_> = CEILINGS.iter().filter(|(kind, base, most)| ratio(of(kind), of(base)) > *most).collect();
    for (kind, base, most) in &over {
        eprintln!("`{kind}` takes {:.2} times as many as `{base}`; {most} are allowed", ratio(of(kind), of(base)));
    }
    if over.is_empty() { Ok(()) } else { Err("too many instructions".into()) }
}

fn of(counts: &Counts, kind: &str) -> u64 {
    counts.iter().find(|(known, _)| known == kind).map_or(0, |(_, count)| *count)
}

fn table(counts: &Counts) -> String {
    let mut table = "| | instructions a request | to axum alone |\n|---|---:|---:|\n".to_owned();
    for (kind, count) in counts {
        let _ = writeln!(table, "| {kind} | {count} | {:.2} |", ratio(*count, of(counts, "plain")));
    }
    table
}

/// Compares tokens that were never seen before, by algorithm.
fn never_seen_before(counts: &Counts) -> Result<String, Box<dyn Error>> {
    let mut table =
        "\n| a token never seen before | by hand | ours | ours of by hand |\n|---|---:|---:|---:|\n".to_owned();
    let mut row = |algorithm: &str, hand: u64, ours: u64| {
        let _ = writeln!(table, "| {algorithm} | {hand} | {ours} | {:.2} |", ratio(ours, hand));
    };
    row("HS256", of(counts, "hand-cold"), of(counts, "cold"));
    for algorithm in OTHER_ALGORITHMS {
        row(algorithm, each("hand-cold", algorithm, 400)?, each("cold", algorithm, 400)?);
    }
    Ok(table)
}

/// The instructions of one request, from two runs at the same time.
fn each(kind: &str, algorithm: &str, requests: u64) -> Result<u64, Box<dyn Error>> {
    eprintln!("{kind} {algorithm} ..");
    let profile = std::env::current_exe()?.with_file_name("profile");
    let (few, many) = std::thread::scope(|scope| {
        let few = scope.spawn(|| collected(&profile, kind, algorithm, requests / 4));
        let many = collected(&profile, kind, algorithm, requests);
        (few.join().expect("a count"), many)
    });
    Ok((many? - few?) / (requests - requests / 4))
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn ratio(count: u64, base: u64) -> f64 {
    count as f64 / base as f64
}

/// All instructions of the requests of a run: of `measure`.
fn collected(profile: &Path, kind: &str, algorithm: &str, requests: u64) -> Result<u64, String> {
    let out = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=benches::measure::measure*"])
        .arg(profile)
        .args([kind, &requests.to_string(), algorithm])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&out.stderr);
    let number = said.lines().find_map(|line| line.split("Collected :").nth(1)?.trim().parse().ok());
    number.ok_or_else(|| format!("valgrind counted nothing: {said}"))
}
