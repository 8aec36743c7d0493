// `optional` alone does not say whose claims are recognised.
use auth_runtime::public;

#[public(reason = "articles are for everyone", optional)]
async fn article() {}

fn main() {}
