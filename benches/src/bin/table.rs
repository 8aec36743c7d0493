//! What one request costs, by algorithm and by who checks the token; written to `results.md`.

use auth_runtime::{Events, Verifier};
use benches::flood::flood;
use benches::measure::{Contender, medians};
use benches::services::{ALGORITHMS, Service, by_hand, issuer, ours, plain, request, unremembered};
use std::fmt::Write as _;

const ROUNDS: usize = 25;
const REQUESTS: usize = 400;

fn main() -> std::io::Result<()> {
    let mut report = String::new();
    tokens(&mut report);
    refusals(&mut report);
    flooded(&mut report);
    print!("{report}");
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/results.md"), report)
}

fn contender(name: &str, service: Service, tokens: &[Option<String>], status: u16) -> Contender {
    let requests = tokens.iter().map(|token| request(token.as_deref())).collect();
    Contender { name: name.to_owned(), service, requests, status }
}

/// Good tokens.
fn tokens(report: &mut String) {
    let mut rows: Vec<(String, Vec<f64>)> = Vec::new();
    for algorithm in ALGORITHMS {
        let issuer = issuer(algorithm);
        // jsonwebtoken knows Ed25519 by its older name only.
        let name = *algorithm.names().last().expect("a name");
        let mint = || Some(issuer.token().header("alg", name).signed());
        let (one, some, many): (Vec<_>, Vec<_>, Vec<_>) =
            (vec![mint()], (0..64).map(|_| mint()).collect(), (0..10_000).map(|_| mint()).collect());
        let remembers = || ours(&issuer, Events::collect().0);
        let contenders = [
            contender("axum without authentication", plain(), &one, 200),
            contender("by hand, `jsonwebtoken` 11", by_hand(&issuer), &one, 200),
            contender("ours, each token verified anew", unremembered(&issuer), &one, 200),
            contender("ours, one token again and again", remembers(), &one, 200),
            contender("ours, 64 tokens in turn", remembers(), &some, 200),
            contender("ours, 10 000 tokens in turn", warm(remembers(), &many), &many, 200),
        ];
        for (contender, taken) in contenders.iter().zip(medians(&contenders, ROUNDS, REQUESTS)) {
            match rows.iter_mut().find(|(name, _)| *name == contender.name) {
                Some((_, row)) => row.push(taken),
                None => rows.push((contender.name.clone(), vec![taken])),
            }
        }
    }
    let names: Vec<String> = ALGORITHMS.iter().map(ToString::to_string).collect();
    let _ = writeln!(
        report,
        "| nanoseconds a request, medians | {} |\n|---|{}",
        names.join(" | "),
        "---:|".repeat(names.len())
    );
    for (name, row) in rows {
        let cells: Vec<String> = row.iter().map(|taken| format!("{taken:.0}")).collect();
        let _ = writeln!(report, "| {name} | {} |", cells.join(" | "));
    }
}

/// Each token once, so that all are remembered.
fn warm(service: Service, tokens: &[Option<String>]) -> Service {
    let contender = contender("warm", service.clone(), tokens, 200);
    let _ = medians(&[contender], 1, tokens.len() / 2);
    service
}

/// What strangers cost.
fn refusals(report: &mut String) {
    let issuer = issuer(auth_runtime::Algorithm::ES256);
    let file = std::env::temp_dir().join(format!("benches-{}.jsonl", std::process::id()));
    let heard = || ours(&issuer, Events::builder().file(&file).expect("a file").build().expect("a stream"));
    let unheard = || ours(&issuer, Events::unheard("a bench"));
    let forged: Vec<_> = (0..64).map(|_| Some(issuer.token().signed_by_a_stranger())).collect();
    let contenders = [
        contender("axum without authentication", plain(), &[None], 200),
        contender("no token, refusals into a file", heard(), &[None], 401),
        contender("no token, refusals to nobody", unheard(), &[None], 401),
        contender("not a token, into a file", heard(), &[Some("not-a-token".to_owned())], 401),
        contender("forged (ES256), into a file", heard(), &forged, 401),
        contender("forged (ES256), to nobody", unheard(), &forged, 401),
    ];
    let _ = writeln!(report, "\n| a refusal | nanoseconds |\n|---|---:|");
    for (contender, taken) in contenders.iter().zip(medians(&contenders, ROUNDS, REQUESTS)) {
        let _ = writeln!(report, "| {} | {taken:.0} |", contender.name);
    }
    let _ = std::fs::remove_file(&file);
}

/// What a flood of failures costs those who are let in.
fn flooded(report: &mut String) {
    let issuer = issuer(auth_runtime::Algorithm::HS256);
    let file = std::env::temp_dir().join(format!("benches-flood-{}.jsonl", std::process::id()));
    let events = Events::builder().file(&file).expect("a file").build().expect("a stream");
    let verifier: Verifier<_> = benches::services::verifier(&issuer, events.clone());
    let mut flooded = flood(&verifier, &issuer.token().signed());
    flooded.lost = events.lost();
    let _ = writeln!(
        report,
        "\nA flood of {:.0} failures a second from another thread, their events into a file: a good request takes {:.2} times \
         as long as beside as much other work without events ({:.0} and {:.0} ns, medians), and the process has grown by {} KiB \
         after {} failures; {} were lost.",
        flooded.a_second,
        flooded.during / flooded.beside,
        flooded.during,
        flooded.beside,
        flooded.grown,
        flooded.failures,
        flooded.lost
    );
    let _ = std::fs::remove_file(&file);
}
