//! Orders: as requested, as stored, and as sent in responses.

use crate::problem::Problem;
use crate::rules::CanSee;
use auth_runtime::Permitted;
use serde::{Deserialize, Serialize};

/// A requested order, not yet validated.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with `item` and `cents`")]
pub(crate) struct Draft {
    pub(crate) item: String,
    pub(crate) cents: i64,
}

/// A validated order. It can only be made from a [`Draft`], so the database stores no other.
#[derive(Debug)]
pub(crate) struct NewOrder {
    item: String,
    cents: i64,
    placed_by: Caller,
}

impl NewOrder {
    pub(crate) fn item(&self) -> &str {
        &self.item
    }

    pub(crate) fn cents(&self) -> i64 {
        self.cents
    }

    pub(crate) fn placed_by(&self) -> &Caller {
        &self.placed_by
    }
}

impl Draft {
    pub(crate) fn checked(self, placed_by: Caller) -> Result<NewOrder, Problem> {
        let Self { item, cents } = self;
        if item.trim().is_empty() {
            return Err(Problem::unprocessable("`item` is blank; say what is ordered"));
        }
        if item.chars().count() > 200 {
            return Err(Problem::unprocessable("`item` is too long; use at most 200 characters"));
        }
        if cents <= 0 {
            return Err(Problem::unprocessable("`cents` is not positive; give the price in cents, 1 or more"));
        }
        Ok(NewOrder { item, cents, placed_by })
    }
}

/// The caller who placed an order. A subject is unique only together with its issuer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Caller {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// The customer that the caller works for, from the claim `tenant`; `None` if the issuer does
    /// not set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tenant: Option<String>,
}

/// A stored order. It is not `Serialize`: responses use [`OrderResponse`], which requires a rule.
#[derive(Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) item: String,
    pub(crate) cents: i64,
    pub(crate) placed_by: Caller,
    pub(crate) refunded: bool,
    /// Whether the payment provider has reported the payment.
    pub(crate) paid: bool,
}

/// An order in a response, permitted by its rule.
#[derive(Debug, Serialize)]
pub(crate) struct OrderResponse {
    pub(crate) id: i64,
    item: String,
    cents: i64,
    placed_by: Caller,
    refunded: bool,
    paid: bool,
}

impl From<Permitted<Order, CanSee>> for OrderResponse {
    fn from(order: Permitted<Order, CanSee>) -> Self {
        let Order { id, item, cents, placed_by, refunded, paid } = order.into_inner();
        Self { id, item, cents, placed_by, refunded, paid }
    }
}
