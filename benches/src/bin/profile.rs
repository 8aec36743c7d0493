//! Kinds of requests many times, for a profiler: `profile plain,hot 60000`.

use auth_runtime::{Algorithm, Events};
use benches::measure::{Contender, medians};
use benches::services::{by_hand, issuer, ours, plain, request, unremembered};

const USAGE: &str = "profile cold|hot|anew|none|hand|plain[,..] [requests]";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kinds = arguments.next().expect(USAGE);
    let requests: usize = arguments.next().map_or(3000, |number| number.parse().expect(USAGE));
    let rounds = (requests / 400).max(2);
    let contenders: Vec<Contender> = kinds.split(',').map(|kind| contender(kind, requests)).collect();
    for (contender, taken) in contenders.iter().zip(medians(&contenders, rounds, requests / (rounds + 1))) {
        println!("{} {taken:.0} ns", contender.name);
    }
}

fn contender(kind: &str, requests: usize) -> Contender {
    let issuer = issuer(Algorithm::HS256);
    let one = || vec![Some(issuer.token().signed())];
    let (service, tokens, status) = match kind {
        "cold" => {
            let all = (0..requests).map(|_| Some(issuer.token().signed())).collect();
            (ours(&issuer, Events::collect().0), all, 200)
        }
        "hot" => (ours(&issuer, Events::collect().0), one(), 200),
        "anew" => (unremembered(&issuer), one(), 200),
        "none" => (ours(&issuer, Events::unheard("a bench")), vec![None], 401),
        "hand" => (by_hand(&issuer), one(), 200),
        "plain" => (plain(), one(), 200),
        _ => panic!("{USAGE}"),
    };
    let requests = tokens.iter().map(|token: &Option<String>| request(token.as_deref())).collect();
    Contender { name: kind.to_owned(), service, requests, status }
}
