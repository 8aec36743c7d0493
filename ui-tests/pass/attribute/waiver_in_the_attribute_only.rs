// Fixes the mistake in fail/attribute/waiver_in_the_attribute_only.rs.
use auth_runtime::{Authenticated, Claims, Despite, authenticated};

#[authenticated(Claims, despite = ui_tests::OrdersWrite)]
async fn pay(_auth: Authenticated<Claims, Despite<ui_tests::OrdersWrite>>) {}

pub(crate) fn main() {}
