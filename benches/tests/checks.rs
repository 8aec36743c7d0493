//! Each compared crate checks what the report says, because a crate that checks less is faster.

use auth_runtime::Events;
use benches::contenders::{
    ALGORITHMS, PEERS, Service, bound, by_hand, by_hand_with_a_cache, issuer, ours, request, signature, token,
    unremembered, unremembered_with_few_claims,
};
use tower::ServiceExt;

async fn status(service: &Service, token: &str) -> u16 {
    let Ok(response) = service.clone().oneshot(request(Some(token))).await;
    response.status().as_u16()
}

#[test]
fn all_let_good_tokens_in_and_no_others() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut compared = 0;
    for algorithm in ALGORITHMS {
        let issuer = issuer(algorithm);
        let mut services: Vec<(&str, Service)> = vec![
            ("by hand", by_hand(&issuer)),
            ("by hand, with a cache", by_hand_with_a_cache(&issuer)),
            ("ours", ours(&issuer, Events::collect().0)),
            ("ours, anew", unremembered(&issuer)),
            ("ours, few claims", unremembered_with_few_claims(&issuer)),
        ];
        services.extend(PEERS.iter().filter_map(|(name, make)| Some((*name, make(&issuer)?))));
        let name = *algorithm.names().last().unwrap();
        let minted = || issuer.token().header("alg", name);
        let good = token(&issuer);
        let mut bad = vec![
            ("a signature with another key", minted().signed_with_untrusted_key()),
            ("expired", minted().expired().signed()),
            ("for others", minted().claim("aud", "https://api.example.com/other").signed()),
        ];
        let elsewhere = minted().claim("iss", "https://evil.example.com/").signed();
        bad.push(("of another issuer", elsewhere));
        for (name, service) in &services {
            for _ in 0..2 {
                assert_eq!(runtime.block_on(status(service, &good)), 200, "{name}, {algorithm}");
                for (what, token) in &bad {
                    let answer = runtime.block_on(status(service, token));
                    // The README says so.
                    let known = *name == "axum-jwks 0.12" && *what == "of another issuer";
                    assert_eq!(answer == 200, known, "{name}, {algorithm}, {what}: {answer}");
                }
            }
            compared += 1;
        }
        signature(&issuer, &good)();
        bound(&issuer, &good)();
    }
    assert!(compared >= 4 * 5 + 2 + 1 + 4 + 4 + 3 + 3, "{compared}");
}
