// `permit` takes only a rule for this object.
use auth_runtime::{Authenticated, Claims, Rejection};
use ui_tests::Order;

struct Nothing;

async fn handle(auth: Authenticated<Claims>, order: Order) -> Result<(), Rejection> {
    let _order = auth.permit::<Nothing, _>(order)?;
    Ok(())
}

fn main() {}
