//! Who may do what with which order. The database takes what these have permitted, and no other order.

use crate::order::{Caller, NewOrder, Order};
use auth_runtime::{Authenticated, Claims, Denied, Existence, Permission, Rule};
use serde_json::Value;

/// A caller whose customer can be read from the token. Who asks for a list asks for no order in particular, which a rule could deny.
pub(crate) struct OfACustomer;

/// An order is placed in one's own name.
pub(crate) struct CanPlace;

/// One customer's orders are a secret to another's people.
pub(crate) struct CanSee;

/// Money goes back to the customer it came from.
pub(crate) struct CanRefund;

impl Permission<Claims> for OfACustomer {
    const NAME: &'static str = "a readable customer";

    fn check(claims: &Claims) -> Result<(), Denied> {
        tenant(claims).map(drop)
    }
}

impl Rule<Claims, NewOrder> for CanPlace {
    const NAME: &'static str = "place an order";

    fn check(claims: &Claims, order: &NewOrder) -> Result<(), Denied> {
        if order.placed_by().subject != claims.sub {
            return Err(Denied::new("in another's name"));
        }
        of_the_same_customer(claims, order.placed_by())
    }
}

impl Rule<Claims, Order> for CanSee {
    const NAME: &'static str = "see an order";
    const EXISTENCE: Existence = Existence::Secret;

    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
        of_the_same_customer(claims, &order.placed_by)
    }
}

impl Rule<Claims, Order> for CanRefund {
    const NAME: &'static str = "refund an order";
    const EXISTENCE: Existence = Existence::Secret;

    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
        of_the_same_customer(claims, &order.placed_by)
    }
}

fn of_the_same_customer(claims: &Claims, placed_by: &Caller) -> Result<(), Denied> {
    // Two issuers may know customers of the same name.
    if placed_by.issuer == claims.iss && placed_by.tenant.as_deref() == tenant(claims)? {
        Ok(())
    } else {
        Err(Denied::new("the order is another customer's"))
    }
}

/// The customer that a caller works for; callers without one are one customer, that of their issuer. A claim that is there and no text is not taken for none.
fn tenant(claims: &Claims) -> Result<Option<&str>, Denied> {
    match claims.other.get("tenant") {
        None => Ok(None),
        Some(Value::String(tenant)) => Ok(Some(tenant)),
        Some(_) => Err(Denied::new("the claim `tenant` is no text")),
    }
}

impl Caller {
    pub(crate) fn of<P>(auth: &Authenticated<Claims, P>) -> Self {
        Self {
            issuer: auth.issuer().to_owned(),
            subject: auth.subject().to_owned(),
            // What is no text is found by the rules.
            tenant: auth.other.get("tenant").and_then(Value::as_str).map(str::to_owned),
        }
    }
}
