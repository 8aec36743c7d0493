use super::*;
use crate::order::Draft;

fn database() -> Database {
    Database::new(Connection::open_in_memory().unwrap()).unwrap()
}

async fn place(database: &Database, item: &str) -> Order {
    let new = NewOrder::try_from(Draft { item: item.to_owned(), cents: 450 }).unwrap();
    database.place(new, Caller { issuer: "https://id.example/".to_owned(), subject: "alice".to_owned() }).await.unwrap()
}

#[tokio::test]
async fn an_order_is_kept_with_its_caller() {
    let database = database();
    let placed = place(&database, "tea").await;
    assert_eq!(placed.placed_by.subject, "alice");
    assert!(!placed.refunded);
    assert_eq!(database.order(placed.id).await.unwrap().as_ref(), Some(&placed));
    assert_eq!(database.orders().await.unwrap(), [placed]);
}

#[tokio::test]
async fn an_item_is_a_value_and_never_sql() {
    let database = database();
    let placed = place(&database, "'); DROP TABLE orders; --").await;
    assert_eq!(placed.item, "'); DROP TABLE orders; --");
    assert_eq!(database.orders().await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_many_refunds_one_is_made() {
    let database = database();
    let id = place(&database, "tea").await.id;
    let refunds: Vec<_> = (0..20)
        .map(|_| {
            let database = database.clone();
            tokio::spawn(async move { database.refund(id).await.unwrap() })
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
    assert_eq!(database.refund(id + 1).await.unwrap(), Refund::NoSuchOrder);
}

#[tokio::test]
async fn work_that_panics_does_not_spoil_the_connection() {
    let database = database();
    let failed = database.run(|_| -> rusqlite::Result<()> { panic!("for the test") }).await;
    assert!(matches!(failed, Err(DatabaseError::Task(_))));
    place(&database, "tea").await;
}

#[test]
fn a_table_of_another_shape_is_found_at_the_start() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)").unwrap();
    assert!(Database::new(connection).is_err());
}
