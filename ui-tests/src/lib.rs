//! Defines the items that the cases share: a state with a verifier, and two scopes.

use auth_runtime::{Claims, Denied, Rule, Verifier, scope};
use axum::extract::FromRef;

/// The state of the services in the cases.
#[derive(Clone, FromRef)]
pub struct App {
    /// The verifier.
    pub verifier: Verifier<Claims>,
    /// Another part of the state.
    pub limit: u32,
}

scope!(pub OrdersWrite = "orders:write");
scope!(pub OrdersRefund = "orders:refund");

/// A resource in a vault.
#[derive(Debug, Clone)]
pub struct Pool;

impl Pool {
    /// Reads from the database.
    #[must_use]
    pub fn rows(&self) -> u64 {
        0
    }
}

/// An object that a caller asks for.
#[derive(Debug)]
pub struct Order {
    /// The id.
    pub id: u64,
}

/// A rule about orders.
#[derive(Debug)]
pub struct CanRefund;

/// Another rule about orders.
#[derive(Debug)]
pub struct CanSee;

impl Rule<Claims, Order> for CanRefund {
    const NAME: &'static str = "refund an order";

    fn check(_: &Claims, _: &Order) -> Result<(), Denied> {
        Err(Denied::new("no caller may"))
    }
}

impl Rule<Claims, Order> for CanSee {
    const NAME: &'static str = "see an order";

    fn check(_: &Claims, _: &Order) -> Result<(), Denied> {
        Ok(())
    }
}
