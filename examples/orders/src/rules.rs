//! Rules about single orders. The database accepts an order only after its rule permitted it.

use crate::order::{Caller, NewOrder, Order};
use auth_runtime::rules::OnDeny;
use auth_runtime::{Authenticated, Claims, Denied, Permission, Rule};
use serde_json::Value;

/// Requires that the token names its customer in a readable form. A list needs a permission,
/// because a rule takes one order.
pub(crate) struct HasReadableCustomer;

/// A caller may place orders in its own name.
pub(crate) struct CanPlace;

/// A caller may see the orders of its own customer. Other orders are hidden.
pub(crate) struct CanSee;

/// A caller may refund the orders of its own customer.
pub(crate) struct CanRefund;

impl Permission<Claims> for HasReadableCustomer {
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
    const ON_DENY: OnDeny = OnDeny::NotFound;

    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
        of_the_same_customer(claims, &order.placed_by)
    }
}

impl Rule<Claims, Order> for CanRefund {
    const NAME: &'static str = "refund an order";
    const ON_DENY: OnDeny = OnDeny::NotFound;

    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> {
        of_the_same_customer(claims, &order.placed_by)
    }
}

fn of_the_same_customer(claims: &Claims, placed_by: &Caller) -> Result<(), Denied> {
    // Customers of two issuers may have the same name.
    if placed_by.issuer == claims.iss && placed_by.tenant.as_deref() == tenant(claims)? {
        Ok(())
    } else {
        Err(Denied::new("the order belongs to another customer"))
    }
}

/// Reads the customer that a caller works for. Callers without one share the issuer's own customer.
/// A claim that is not text is an error, not a missing claim.
fn tenant(claims: &Claims) -> Result<Option<&str>, Denied> {
    match claims.other.get("tenant") {
        None => Ok(None),
        Some(Value::String(tenant)) => Ok(Some(tenant)),
        Some(_) => Err(Denied::new("the claim `tenant` is not text")),
    }
}

impl Caller {
    pub(crate) fn of<P>(auth: &Authenticated<Claims, P>) -> Self {
        Self {
            issuer: auth.issuer().to_owned(),
            subject: auth.subject().to_owned(),
            // The rules reject a claim that is not text.
            tenant: auth.other.get("tenant").and_then(Value::as_str).map(str::to_owned),
        }
    }
}
