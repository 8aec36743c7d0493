// The twin of fail/visitor/literal.rs, with the one thing mended.
use auth_runtime::{Claims, Visitor};

fn guest(visitor: Visitor<Claims>) -> Visitor<Claims> {
    visitor
}

pub(crate) fn main() {
    let _ = guest;
}
