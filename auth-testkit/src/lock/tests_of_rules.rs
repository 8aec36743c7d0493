//! The rule of a handler in its row.

use super::tests::{App, OrdersWrite, differences, lock};
use super::{Direction, Lock};
use auth_runtime::permissions::WithRule;
use auth_runtime::routing::post;
use auth_runtime::{Authenticated, Claims, Denied, Rejection, Rule, authenticated};

struct OwnsOrder;

impl Rule<Claims, u64> for OwnsOrder {
    const NAME: &'static str = "own order";

    fn check(_: &Claims, order: &u64) -> Result<(), Denied> {
        if *order == 7 { Ok(()) } else { Err(Denied::new("of another caller")) }
    }
}

#[authenticated(Claims, requires = OrdersWrite, rule = OwnsOrder)]
async fn checked(auth: Authenticated<Claims, WithRule<OwnsOrder, OrdersWrite>>) -> Result<(), Rejection> {
    let _order = auth.permit::<OwnsOrder, _>(7)?;
    Ok(())
}

#[authenticated(Claims, requires = OrdersWrite)]
async fn unchecked() {}

#[test]
fn a_rule_that_is_named_on_the_handler_is_in_its_row() {
    let (before, now) = (App::new().route("/a", post(checked)), App::new().route("/a", post(unchecked)));
    let text = lock(&before).to_string();
    let rule = "auth_testkit::lock::tests_of_rules::OwnsOrder";
    let row = format!("POST /a authenticated as auth_runtime::Claims requires orders:write rule {rule}\n");
    assert!(text.contains(&row), "{text}");
    assert_eq!(Lock::parse(&text), Ok(lock(&before)));
    let expected = format!(
        "POST /a was authenticated, requires orders:write, rule {rule}, is now authenticated, requires orders:write"
    );
    assert_eq!(differences(&before, &now), [(Direction::Opens, expected)]);
    assert_eq!(differences(&now, &before)[0].0, Direction::Closes);
}
