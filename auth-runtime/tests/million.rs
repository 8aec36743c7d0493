//! Counts a million rejections exactly, without more memory than for the first thousands.
//!
//! It measures the memory of a process, so it has a process of its own.

use auth_runtime::{Claims, Events, KeySet, Verifier};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

const REFUSALS: u64 = 1_000_000;

/// What this process holds in memory, in KiB (`VmRSS`).
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a process of Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
    line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
}

fn verifier(events: Events) -> Verifier<Claims> {
    let keys =
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(KeySet::from_jwks_json(keys).unwrap())
        .events(events)
        .build()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_million_refusals_are_counted_to_the_last_and_fill_no_memory() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("million-{}.jsonl", std::process::id()));
    let events = Events::builder().file(&file).unwrap().build().unwrap();
    let verifier = verifier(events.clone());
    let nobody = http::Request::new(()).into_parts().0;
    let stranger =
        http::Request::builder().header("authorization", "Bearer not-a-token").body(()).unwrap().into_parts().0;

    let refuse = async |times: u64| {
        for turn in 0..times {
            let parts = if turn % 2 == 0 { &nobody } else { &stranger };
            let _ = verifier.authenticate(parts).await.unwrap_err();
        }
    };
    // What the first ones need: queues, buffers, the reasons in the tally.
    refuse(REFUSALS / 10).await;
    let before = resident();
    refuse(REFUSALS - REFUSALS / 10).await;
    let grown = resident().saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB more after nine hundred thousand refusals");

    let counts = events.counts();
    assert_eq!(counts.missing, REFUSALS / 2);
    assert_eq!(counts.invalid, REFUSALS / 2);
    assert_eq!(events.dropped(), 0);
    drop((verifier, events));

    // Events and the counts of suppressed ones add up to all rejections, and the file stays small.
    let mut counted = 0;
    for line in BufReader::new(std::fs::File::open(&file).unwrap()).lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        counted += line.get("reason").map_or(0, |_| line.get("suppressed").map_or(1, |count| count.as_u64().unwrap()));
    }
    assert_eq!(counted, REFUSALS);
    let size = std::fs::metadata(&file).unwrap().len();
    assert!(size < 4 * 1024 * 1024, "{size} bytes for a million refusals");
    std::fs::remove_file(&file).unwrap();
}
