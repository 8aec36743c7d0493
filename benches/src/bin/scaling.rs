//! Times a request from 1, 2, 4 .. threads at once, up to the processors of the machine.
//!
//! Where threads share nothing, a request takes as long from many threads as from one. The
//! difference to axum alone is what the check adds to what axum shares.

use auth_runtime::Events;
use auth_runtime::keys::Algorithm;
use benches::contenders::{by_hand_in_a_layer, by_hand_with_a_cache, issuer, ours, plain, request, token};
use benches::measure::{Contender, measure_from_threads};

/// Short, so that another program interrupts few of them.
const ROUNDS: usize = 201;
const REQUESTS: usize = 400;

fn main() {
    let issuer = issuer(Algorithm::HS256);
    let some = |count: usize| (0..count).map(|_| request(Some(&token(&issuer)))).collect();
    let contenders = [
        Contender::requests("axum without authentication", plain(), some(1), 200),
        Contender::requests("by hand with a cache, one token", by_hand_with_a_cache(&issuer), some(1), 200),
        Contender::requests("the same in a layer, with our headers", by_hand_in_a_layer(&issuer), some(1), 200),
        Contender::requests("ours, one token", ours(&issuer, Events::collect().0), some(1), 200),
        Contender::requests("ours, 64 tokens", ours(&issuer, Events::collect().0), some(64), 200),
    ];
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    println!("| threads | request | nanoseconds | to axum alone |\n|---:|---|---:|---:|");
    for threads in
        std::iter::successors(Some(1), |threads| Some(threads * 2)).take_while(|threads| *threads <= processors)
    {
        let taken = measure_from_threads(threads, &contenders, ROUNDS, REQUESTS);
        for (contender, of_it) in contenders.iter().zip(&taken) {
            println!(
                "| {threads} | {} | {:.0} | {:.2} |",
                contender.name,
                of_it.median,
                of_it.median / taken[0].median
            );
        }
    }
}
