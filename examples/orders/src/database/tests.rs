use super::*;
use crate::order::Draft;
use auth_runtime::{Authenticated, Claims, Events, TokenType, Verifier, VerifyingKey};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use std::sync::Arc;

fn database() -> Database {
    Database::new(Connection::open_in_memory().unwrap()).unwrap()
}

/// The verifier is the only way to a proof, also in tests.
async fn alice() -> Authenticated<Claims> {
    let secret = b"a secret of this test, long enough for HS256";
    let verifier = Verifier::builder()
        .issuer("https://id.example/")
        .audience("orders")
        .keys(VerifyingKey::hs256(secret).unwrap())
        .token_type(TokenType::AnyJwt)
        .events(Events::stderr())
        .build()
        .unwrap();
    let claims = json!({"iss": "https://id.example/", "aud": "orders", "sub": "alice", "exp": jsonwebtoken::get_current_timestamp() + 60});
    let token = jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret)).unwrap();
    verifier.verify(&token).await.unwrap()
}

async fn place(database: &Database, item: &str) -> Order {
    let alice = alice().await;
    let new = Draft { item: item.to_owned(), cents: 450 }.checked(Caller::of(&alice)).unwrap();
    database.place(alice.permit(new).unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_order_is_stored_with_its_caller() {
    let database = database();
    let placed = place(&database, "tea").await;
    assert_eq!(placed.placed_by.subject, "alice");
    assert!(!placed.refunded && !placed.paid);
    assert_eq!(database.order(placed.id).await.unwrap().as_ref(), Some(&placed));
    assert_eq!(database.orders_of(Caller::of(&alice().await)).await.unwrap(), [placed]);
}

#[tokio::test]
async fn an_item_is_a_value_and_never_sql() {
    let database = database();
    let placed = place(&database, "'); DROP TABLE orders; --").await;
    assert_eq!(placed.item, "'); DROP TABLE orders; --");
    assert_eq!(database.orders_of(Caller::of(&alice().await)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_many_concurrent_refunds_one_succeeds() {
    let database = Arc::new(database());
    let id = place(&database, "tea").await.id;
    let refunds: Vec<_> = (0..20)
        .map(|_| {
            let database = Arc::clone(&database);
            tokio::spawn(async move {
                let order = database.order(id).await.unwrap().unwrap();
                database.refund(alice().await.permit(order).unwrap()).await.unwrap()
            })
        })
        .collect();
    let mut made = 0;
    for refund in refunds {
        match refund.await.unwrap() {
            Refund::Made(order) => made += i32::from(order.refunded),
            other => assert_eq!(other, Refund::MadeBefore),
        }
    }
    assert_eq!(made, 1);
    let nowhere = Order { id: id + 1, ..database.order(id).await.unwrap().unwrap() };
    let refund = database.refund(alice().await.permit(nowhere).unwrap()).await.unwrap();
    assert_eq!(refund, Refund::NoSuchOrder);
}

#[tokio::test]
async fn an_order_is_paid_once_and_at_its_price() {
    let database = database();
    let (order, cents) = (place(&database, "tea").await.id, 450);
    let before = Payment { order, cents: cents - 1 };
    assert_eq!(database.pay(before).await.unwrap(), Paid::OtherPrice);
    assert_eq!(database.pay(Payment { order: order + 1, cents }).await.unwrap(), Paid::NoSuchOrder);
    assert!(!database.order(order).await.unwrap().unwrap().paid);
    for expected in [Paid::Marked, Paid::MarkedBefore] {
        assert_eq!(database.pay(Payment { order, cents }).await.unwrap(), expected);
        assert!(database.order(order).await.unwrap().unwrap().paid);
    }
}

#[tokio::test]
async fn a_panic_leaves_the_connection_usable() {
    let database = database();
    let failed = database.connection.run(|_| -> rusqlite::Result<()> { panic!("for the test") }).await;
    assert!(matches!(failed, Err(DatabaseError::Task(_))));
    place(&database, "tea").await;
}

#[test]
fn a_table_with_other_columns_is_an_error_at_start() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)").unwrap();
    assert!(Database::new(connection).is_err());
}
