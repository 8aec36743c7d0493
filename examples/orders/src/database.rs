//! Stores orders in SQLite. Values are always bound, never part of the SQL.

use crate::order::{Caller, NewOrder, Order};
use crate::payments::Payment;
use crate::rules::{CanPlace, CanRefund};
use crate::sqlite::{DatabaseError, Sqlite};
use auth_runtime::Permitted;
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::broadcast;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS orders (
        id       INTEGER PRIMARY KEY,
        item     TEXT    NOT NULL,
        cents    INTEGER NOT NULL CHECK (cents > 0),
        issuer   TEXT    NOT NULL,
        subject  TEXT    NOT NULL,
        tenant   TEXT,
        refunded INTEGER NOT NULL DEFAULT FALSE CHECK (refunded IN (FALSE, TRUE))
    ) STRICT;
    CREATE TABLE IF NOT EXISTS payments (order_id INTEGER PRIMARY KEY REFERENCES orders (id)) STRICT";

const LIST: &str = "SELECT id, item, cents, issuer, subject, tenant, refunded, EXISTS (SELECT 1 FROM payments WHERE order_id = id) AS paid FROM orders WHERE issuer = ?1 AND tenant IS ?2 ORDER BY id";

const SHOW: &str = "SELECT id, item, cents, issuer, subject, tenant, refunded, EXISTS (SELECT 1 FROM payments WHERE order_id = id) AS paid FROM orders WHERE id = ?1";

const PLACE: &str = "INSERT INTO orders (item, cents, issuer, subject, tenant) VALUES (?1, ?2, ?3, ?4, ?5)
    RETURNING id, item, cents, issuer, subject, tenant, refunded, FALSE AS paid";

/// One statement, so that only one of two concurrent refunds succeeds, also from two processes.
const REFUND: &str = "UPDATE orders SET refunded = TRUE WHERE id = ?1 AND NOT refunded
    RETURNING id, item, cents, issuer, subject, tenant, refunded, EXISTS (SELECT 1 FROM payments WHERE order_id = id) AS paid";

/// The primary key permits one payment for each order, also from two processes.
const PAY: &str =
    "INSERT INTO payments (order_id) SELECT id FROM orders WHERE id = ?1 AND cents = ?2 ON CONFLICT DO NOTHING";

/// Holds the orders. Not `Clone`, because a clone could be kept outside the vault.
pub struct Database {
    connection: Sqlite,
    placed: broadcast::Sender<i64>,
}

/// The result of a refund.
#[derive(Debug, PartialEq)]
pub(crate) enum Refund {
    Made(Order),
    MadeBefore,
    NoSuchOrder,
}

/// The result of a payment.
#[derive(Debug, PartialEq)]
pub(crate) enum Paid {
    Marked,
    MarkedBefore,
    OtherPrice,
    NoSuchOrder,
}

impl Database {
    /// Creates the schema if it does not exist yet.
    ///
    /// # Errors
    ///
    /// When the file is not a database, or has another schema.
    pub fn new(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(SCHEMA)?;
        // Fails at start, not at the first request, if the table has other columns.
        connection.prepare_cached(LIST)?;
        Ok(Self { connection: Sqlite::new(connection), placed: broadcast::Sender::new(64) })
    }

    pub(crate) async fn orders_of(&self, customer: Caller) -> Result<Vec<Order>, DatabaseError> {
        self.connection
            .run(move |connection| {
                let Caller { issuer, tenant, .. } = customer;
                connection.prepare_cached(LIST)?.query_map(params![issuer, tenant], order)?.collect()
            })
            .await
    }

    pub(crate) async fn order(&self, id: i64) -> Result<Option<Order>, DatabaseError> {
        self.connection.run(move |connection| connection.prepare_cached(SHOW)?.query_row([id], order).optional()).await
    }

    pub(crate) async fn place(&self, new: Permitted<NewOrder, CanPlace>) -> Result<Order, DatabaseError> {
        let placed = self.connection.run(move |connection| {
            let Caller { issuer, subject, tenant } = new.placed_by();
            let values = params![new.item(), new.cents(), issuer, subject, tenant];
            connection.prepare_cached(PLACE)?.query_row(values, order)
        });
        let order = placed.await?;
        // An error means that there are no feeds.
        let _ = self.placed.send(order.id);
        Ok(order)
    }

    /// Subscribes to the ids of new orders.
    pub(crate) fn placed(&self) -> broadcast::Receiver<i64> {
        self.placed.subscribe()
    }

    /// Refunds an order that its rule permitted. The statement checks that the order still exists
    /// and was not refunded meanwhile.
    pub(crate) async fn refund(&self, order: Permitted<Order, CanRefund>) -> Result<Refund, DatabaseError> {
        let id = order.id;
        self.connection
            .run(move |connection| {
                if let Some(order) = connection.prepare_cached(REFUND)?.query_row([id], self::order).optional()? {
                    return Ok(Refund::Made(order));
                }
                let exists = connection.prepare_cached(SHOW)?.exists([id])?;
                Ok(if exists { Refund::MadeBefore } else { Refund::NoSuchOrder })
            })
            .await
    }

    /// Marks an order as paid, once.
    pub(crate) async fn pay(&self, payment: Payment) -> Result<Paid, DatabaseError> {
        let Payment { order, cents } = payment;
        self.connection
            .run(move |connection| {
                if connection.prepare_cached(PAY)?.execute([order, cents])? == 1 {
                    return Ok(Paid::Marked);
                }
                let found = connection.prepare_cached(SHOW)?.query_row([order], self::order).optional()?;
                Ok(match found {
                    None => Paid::NoSuchOrder,
                    Some(order) if order.cents == cents => Paid::MarkedBefore,
                    Some(_) => Paid::OtherPrice,
                })
            })
            .await
    }
}

fn order(row: &Row<'_>) -> rusqlite::Result<Order> {
    Ok(Order {
        id: row.get("id")?,
        item: row.get("item")?,
        cents: row.get("cents")?,
        placed_by: Caller { issuer: row.get("issuer")?, subject: row.get("subject")?, tenant: row.get("tenant")? },
        refunded: row.get("refunded")?,
        paid: row.get("paid")?,
    })
}

#[cfg(test)]
mod tests;
