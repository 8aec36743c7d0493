//! One kind of request many times, for a profiler: `profile cold|hot|anew|none|plain`.

use auth_runtime::{Algorithm, Events};
use benches::measure::{Contender, medians};
use benches::services::{issuer, ours, plain, request, unremembered};

fn main() {
    let kind = std::env::args().nth(1).unwrap_or_default();
    let issuer = issuer(Algorithm::HS256);
    let (service, tokens, status) = match kind.as_str() {
        "cold" => (ours(&issuer, Events::collect().0), (0..3000).map(|_| Some(issuer.token().signed())).collect(), 200),
        "hot" => (ours(&issuer, Events::collect().0), vec![Some(issuer.token().signed())], 200),
        "anew" => (unremembered(&issuer), vec![Some(issuer.token().signed())], 200),
        "none" => (ours(&issuer, Events::collect().0), vec![None], 401),
        "plain" => (plain(), vec![Some(issuer.token().signed())], 200),
        _ => panic!("profile cold|hot|anew|none|plain"),
    };
    let requests = tokens.iter().map(|token: &Option<String>| request(token.as_deref())).collect();
    let contender = Contender { name: kind, service, requests, status };
    println!("{:.0} ns", medians(&[contender], 2, 1000)[0]);
}
