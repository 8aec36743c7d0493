//! Prints what one request costs, by algorithm and by who checks the token.

use auth_runtime::Events;
use benches::measure::{Contender, medians};
use benches::services::{ALGORITHMS, by_hand, issuer, ours, plain, request};

fn main() {
    for algorithm in ALGORITHMS {
        let issuer = issuer(algorithm);
        let token = issuer.token().header("alg", algorithm.names()[algorithm.names().len() - 1]).signed();
        let contender = |name: &str, service, tokens: Vec<String>| Contender {
            name: name.to_owned(),
            service,
            requests: tokens.iter().map(|token| request(Some(token))).collect(),
            status: 200,
        };
        let many: Vec<String> = (0..20_000).map(|_| issuer.token().signed()).collect();
        let contenders = [
            contender("plain", plain(), vec![token.clone()]),
            contender("by hand", by_hand(&issuer), vec![token.clone()]),
            contender("ours, seen for the first time", ours(&issuer, Events::collect().0), many),
            contender("ours, seen before", ours(&issuer, Events::collect().0), vec![token.clone()]),
        ];
        let taken = medians(&contenders, 15, 1000);
        println!("{algorithm}, {} bytes", token.len());
        for (contender, taken) in contenders.iter().zip(&taken) {
            println!("  {:34} {taken:8.0} ns", contender.name);
        }
    }
}
