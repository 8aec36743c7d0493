//! Orders: as they are asked for, and as they are.

use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// An order as it is asked for, unchecked.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with `item` and `cents`")]
pub(crate) struct Draft {
    pub(crate) item: String,
    pub(crate) cents: i64,
}

/// An order that may be placed. Made from a [`Draft`] only, so that nothing unchecked reaches the database.
#[derive(Debug)]
pub(crate) struct NewOrder {
    item: String,
    cents: i64,
}

impl NewOrder {
    pub(crate) fn item(&self) -> &str {
        &self.item
    }

    pub(crate) fn cents(&self) -> i64 {
        self.cents
    }
}

impl TryFrom<Draft> for NewOrder {
    type Error = Problem;

    fn try_from(Draft { item, cents }: Draft) -> Result<Self, Problem> {
        if item.trim().is_empty() {
            return Err(Problem::unprocessable("`item` is blank; say what is ordered"));
        }
        if item.chars().count() > 200 {
            return Err(Problem::unprocessable("`item` is too long; use at most 200 characters"));
        }
        if cents <= 0 {
            return Err(Problem::unprocessable("`cents` is not positive; give the price in cents, 1 or more"));
        }
        Ok(Self { item, cents })
    }
}

/// Who placed an order.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Caller {
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

/// An order that was placed.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) item: String,
    pub(crate) cents: i64,
    pub(crate) placed_by: Caller,
    pub(crate) refunded: bool,
}
