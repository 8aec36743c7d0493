//! Kinds of requests many times, for a profiler and for `instructions`:
//! `profile plain,hot 60000 RS256`.

use auth_runtime::Events;
use auth_runtime::keys::Algorithm;
use axum::body::Body;
use axum::http::Request;
use benches::contenders::Service;
use benches::contenders::{ALGORITHMS, unremembered_with_few_claims};
use benches::contenders::{api_keys, api_keys_beside_tokens, sessions, tokens_beside_api_keys};
use benches::contenders::{by_hand, by_hand_in_a_layer, by_hand_with_a_cache};
use benches::contenders::{issuer, ours, plain, request, token, unremembered};
use benches::contenders::{signed_body, signed_by_hand};
use benches::measure::{Contender, measure};

const USAGE: &str = "profile plain|hand|hand-cold|hand-cached|hand-layer|anew|anew-few|hot|hot-64|hot-10k|hand-10k|key|key-beside|token-beside|session|none|signed|signed-hand|cold[,..] [requests [algorithm]]";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kinds = arguments.next().expect(USAGE);
    let requests: usize = arguments.next().map_or(3000, |number| number.parse().expect(USAGE));
    let algorithm = arguments.next().map_or(Algorithm::HS256, |name| {
        ALGORITHMS.into_iter().find(|algorithm| algorithm.to_string() == name).expect(USAGE)
    });
    let rounds = (requests / 400).max(2);
    let contenders: Vec<Contender> = kinds.split(',').map(|kind| contender(kind, requests, algorithm)).collect();
    for (contender, taken) in contenders.iter().zip(measure(&contenders, rounds, requests / (rounds + 1))) {
        println!("{} {:.0} ns", contender.name, taken.median);
    }
}

fn contender(kind: &str, requests: usize, algorithm: Algorithm) -> Contender {
    let issuer = issuer(algorithm);
    let some = |count: usize| (0..count).map(|_| request(Some(&token(&issuer)))).collect();
    let heard = || Events::collect().0;
    match kind {
        "plain" => Contender::requests(kind, plain(), some(1), 200),
        "hand" => Contender::requests(kind, by_hand(&issuer), some(1), 200),
        "hand-cold" => Contender::requests(kind, by_hand(&issuer), some(requests), 200),
        "hand-cached" => Contender::requests(kind, by_hand_with_a_cache(&issuer), some(1), 200),
        "hand-layer" => Contender::requests(kind, by_hand_in_a_layer(&issuer), some(1), 200),
        "anew" => Contender::requests(kind, unremembered(&issuer), some(1), 200),
        "anew-few" => Contender::requests(kind, unremembered_with_few_claims(&issuer), some(1), 200),
        "hot" => Contender::requests(kind, ours(&issuer, heard()), some(1), 200),
        "hand-10k" => cached(Contender::requests(kind, by_hand_with_a_cache(&issuer), some(10_000), 200)),
        "hot-10k" => cached(Contender::requests(kind, ours(&issuer, heard()), some(10_000), 200)),
        "hot-64" => Contender::requests(kind, ours(&issuer, heard()), some(64), 200),
        "key" => looked_up(kind, api_keys()),
        "key-beside" => looked_up(kind, api_keys_beside_tokens(&issuer)),
        "token-beside" => Contender::requests(kind, tokens_beside_api_keys(&issuer), some(1), 200),
        "session" => looked_up(kind, sessions()),
        "signed" => Contender::with_body(kind, signed_body()),
        "signed-hand" => Contender::with_body(kind, signed_by_hand()),
        "cold" => Contender::requests(kind, ours(&issuer, heard()), some(requests), 200),
        "none" => Contender::requests(kind, ours(&issuer, Events::discard("a bench")), vec![request(None)], 401),
        _ => panic!("{USAGE}"),
    }
}

/// With all tokens in the cache, which stores a token when it is verified for the second time.
fn cached(contender: Contender) -> Contender {
    contender.warmed_up(2)
}

fn looked_up(kind: &str, (service, request): (Service, Request<Body>)) -> Contender {
    Contender::requests(kind, service, vec![request], 200)
}
