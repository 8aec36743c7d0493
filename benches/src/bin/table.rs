//! Measures one request, by algorithm and by the crate that checks its token.
//!
//! The results are written to `results.md` and `cost.svg`.

use auth_runtime::{Events, Verifier};
use auth_testkit::TestIssuer;
use axum::body::Body;
use axum::http::Request;
use benches::contenders::{
    ALGORITHMS, PEERS, Service, api_keys, api_keys_beside_tokens, bound, by_hand, by_hand_with_a_cache, issuer, ours,
    plain, request, sessions, signature, token, unremembered, unremembered_with_few_claims,
};
use benches::flood::{flood, resident};
use benches::measure::{Contender, Taken, measure, measure_from_two_threads};
use benches::report::Table;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

const ROUNDS: usize = 25;
const COUNT: usize = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // First, while the process is small.
    let million = million();
    let table = tokens();
    table.draw("One request, by who checks its token", &here.join("cost.svg")).map_err(|error| error.to_string())?;
    std::fs::write(here.join("quotes.md"), quotes(&table))?;
    let mut report = table.markdown("nanoseconds a request");
    looked_up(&mut report);
    two_threads(&mut report);
    refusals(&mut report);
    flooded(&mut report);
    report.push_str(&million);
    print!("{report}");
    std::fs::write(here.join("results.md"), report)?;
    Ok(())
}

/// The sentences that auth-runtime/manual/performance.md quotes.
fn quotes(table: &Table) -> String {
    let median = |name: &str, column: usize| {
        let row = table.rows.iter().find(|(known, _)| known == name).expect("a row");
        row.1[column].expect("a cell").median
    };
    let (axum, hand) = ("axum without authentication", "by hand, `jsonwebtoken` 11");
    let (few, one) = ("ours, each token verified, few claims", "ours, one token");
    let worst = |name: &str, base: &str| {
        (0..ALGORITHMS.len()).map(|column| median(name, column) / median(base, column)).fold(0.0, f64::max)
    };
    let part = |column: usize| median(few, column) / median(hand, column);
    format!(
        "A request with a token that was seen before takes {:.2} µs, and at most {:.1} times what axum takes\n\
         without authentication, whatever the algorithm. Verified anew, with a claims type of three fields,\n\
         it takes {:.2} (HS256), {:.2} (RS256), {:.2} (ES256) and {:.2} (Ed25519) of the time of a hand-written\n\
         check with `jsonwebtoken`, which checks less.\n",
        median(one, 0) / 1000.0,
        worst(one, axum),
        part(0),
        part(1),
        part(2),
        part(3)
    )
}

fn some(issuer: &TestIssuer, count: usize) -> Vec<Request<Body>> {
    (0..count).map(|_| request(Some(&token(issuer)))).collect()
}

/// Good tokens.
fn tokens() -> Table {
    let columns = ALGORITHMS.iter().map(ToString::to_string).collect();
    let mut table = Table { columns, rows: Vec::new() };
    for (column, algorithm) in ALGORITHMS.into_iter().enumerate() {
        eprintln!("{algorithm} ..");
        let issuer = issuer(algorithm);
        let one = || some(&issuer, 1);
        let distinct = || some(&issuer, (ROUNDS + 1) * COUNT);
        let remembers = || ours(&issuer, Events::collect().0);
        let good = token(&issuer);
        let mut contenders = vec![
            Contender::requests("axum without authentication", plain(), one(), 200),
            Contender::alone("the signature alone, without HTTP", signature(&issuer, &good)),
            Contender::alone("the least, without HTTP", bound(&issuer, &good)),
            Contender::requests("by hand, `jsonwebtoken` 11", by_hand(&issuer), one(), 200),
        ];
        let mut without = Vec::new();
        for (name, make) in PEERS {
            match make(&issuer) {
                Some(service) => contenders.push(Contender::requests(name, service, one(), 200)),
                None => without.push((contenders.len() + without.len(), name)),
            }
        }
        contenders.extend([
            Contender::requests(
                "ours, each token verified, few claims",
                unremembered_with_few_claims(&issuer),
                one(),
                200,
            ),
            Contender::requests("ours, each token verified", unremembered(&issuer), one(), 200),
            Contender::requests("ours, tokens never seen before", remembers(), distinct(), 200),
            Contender::requests("by hand, tokens never seen before", by_hand(&issuer), distinct(), 200),
            Contender::requests(
                "by hand with a cache, tokens never seen before",
                by_hand_with_a_cache(&issuer),
                distinct(),
                200,
            ),
            Contender::requests("by hand with a cache, one token", by_hand_with_a_cache(&issuer), one(), 200),
            Contender::requests("ours, one token", remembers(), one(), 200),
            Contender::requests("ours, 64 tokens", remembers(), some(&issuer, 64), 200),
            warm("ours, 10 000 tokens", remembers(), some(&issuer, 10_000)),
            warm("by hand with a cache, 10 000 tokens", by_hand_with_a_cache(&issuer), some(&issuer, 10_000)),
            Contender::requests("axum without authentication, 10 000 tokens", plain(), some(&issuer, 10_000), 200),
        ]);
        let taken = measure(&contenders, ROUNDS, COUNT);
        let mut cells: Vec<_> =
            contenders.iter().zip(taken).map(|(contender, taken)| (contender.name.as_str(), Some(taken))).collect();
        for (place, name) in without {
            cells.insert(place, (name, None));
        }
        for (name, taken) in cells {
            table.push(name, column, taken);
        }
    }
    table
}

/// Each token twice, so that all are cached.
fn warm(name: &str, service: Service, requests: Vec<Request<Body>>) -> Contender {
    let count = requests.len();
    let contender = Contender::requests(name, service, requests, 200);
    let _ = measure(std::slice::from_ref(&contender), 3, count / 2);
    contender
}

/// API keys and sessions that are cached, beside a token that is.
fn looked_up(report: &mut String) {
    let issuer = issuer(auth_runtime::keys::Algorithm::HS256);
    let one = |name, (service, request)| Contender::requests(name, service, vec![request], 200);
    let contenders = [
        Contender::requests("axum without authentication", plain(), some(&issuer, 1), 200),
        Contender::requests("ours, one token", ours(&issuer, Events::collect().0), some(&issuer, 1), 200),
        one("ours, one API key", api_keys()),
        one("ours, one API key, beside tokens", api_keys_beside_tokens(&issuer)),
        one("ours, one session", sessions()),
    ];
    rows(report, "a credential that is looked up, and cached", &contenders, &measure(&contenders, ROUNDS, COUNT));
}

/// Good tokens that are cached, on both cores at once.
fn two_threads(report: &mut String) {
    let issuer = issuer(auth_runtime::keys::Algorithm::ES256);
    let contenders = [
        Contender::requests("axum without authentication", plain(), some(&issuer, 1), 200),
        Contender::requests("by hand with a cache, one token", by_hand_with_a_cache(&issuer), some(&issuer, 1), 200),
        Contender::requests("ours, one token", ours(&issuer, Events::collect().0), some(&issuer, 1), 200),
        Contender::requests("ours, 64 tokens", ours(&issuer, Events::collect().0), some(&issuer, 64), 200),
    ];
    rows(report, "from two threads at once", &contenders, &measure_from_two_threads(&contenders, ROUNDS, 20 * COUNT));
}

/// Measures rejections.
fn refusals(report: &mut String) {
    let issuer = issuer(auth_runtime::keys::Algorithm::ES256);
    let secret = benches::contenders::issuer(auth_runtime::keys::Algorithm::HS256);
    let file = std::env::temp_dir().join(format!("benches-{}.jsonl", std::process::id()));
    let heard = |issuer| ours(issuer, Events::builder().file(&file).expect("a file").build().expect("a stream"));
    let unheard = |issuer| ours(issuer, Events::discard("a bench"));
    let forged = |issuer: &TestIssuer| -> Vec<_> {
        (0..64).map(|_| request(Some(&issuer.token().signed_with_untrusted_key()))).collect()
    };
    let nobody = || vec![request(None)];
    let contenders = [
        Contender::requests("axum without authentication", plain(), nobody(), 200),
        Contender::requests("by hand, no token", by_hand(&issuer), nobody(), 401),
        Contender::requests("no token, events to a file", heard(&issuer), nobody(), 401),
        Contender::requests("no token, events discarded", unheard(&issuer), nobody(), 401),
        Contender::requests("not a token, events to a file", heard(&issuer), vec![request(Some("not-a-token"))], 401),
        Contender::requests("forged (HS256), events to a file", heard(&secret), forged(&secret), 401),
        Contender::requests("forged (HS256), events discarded", unheard(&secret), forged(&secret), 401),
        Contender::requests("forged (HS256), by hand", by_hand(&secret), forged(&secret), 401),
        Contender::requests("forged (ES256), events to a file", heard(&issuer), forged(&issuer), 401),
        Contender::requests("forged (ES256), events discarded", unheard(&issuer), forged(&issuer), 401),
    ];
    rows(report, "a refusal", &contenders, &measure(&contenders, ROUNDS, COUNT));
    let _ = std::fs::remove_file(&file);
}

fn rows(report: &mut String, title: &str, contenders: &[Contender], taken: &[Taken]) {
    let mut table = Table { columns: vec!["nanoseconds".to_owned()], rows: Vec::new() };
    for (contender, taken) in contenders.iter().zip(taken) {
        table.push(&contender.name, 0, Some(*taken));
    }
    let _ = write!(report, "\n{}", table.markdown(title));
}

/// Measures good requests during a flood of failures.
fn flooded(report: &mut String) {
    let issuer = issuer(auth_runtime::keys::Algorithm::HS256);
    let file = std::env::temp_dir().join(format!("benches-flood-{}.jsonl", std::process::id()));
    let events = Events::builder().file(&file).expect("a file").build().expect("a stream");
    let verifier: Verifier<_> = benches::contenders::verifier(&issuer, events.clone());
    let mut flooded = flood(&verifier, &issuer.token().signed());
    flooded.lost = events.dropped();
    let _ = writeln!(
        report,
        "\nA flood of {:.0} failures a second comes from another thread, with their events to a file. A good\n\
         request takes {:.2} times as long as beside as much other work without events ({:.0} and {:.0} ns,\n\
         medians). The process has grown by {} KiB after {} failures; {} events were dropped.",
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

/// What a million good tokens leave behind, each seen once.
fn million() -> String {
    eprintln!("a million tokens ..");
    let issuer = issuer(auth_runtime::keys::Algorithm::HS256);
    let verifier = benches::contenders::verifier(&issuer, Events::collect().0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let mut grown = Vec::new();
    let before = resident();
    for count in 1..=1_000_000 {
        let token = issuer.token().signed();
        assert!(runtime.block_on(verifier.verify(&token)).is_ok());
        if count % 100_000 == 0 {
            grown.push(resident().saturating_sub(before) / 1024);
        }
    }
    format!(
        "\nA million good tokens, each seen once: the process has grown by {} MiB after the first hundred\n\
         thousand, and by {} after the last. None of them is cached, because none is used again.\n",
        grown[0],
        grown[grown.len() - 1]
    )
}
