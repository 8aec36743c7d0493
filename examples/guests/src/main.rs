//! Starts the service on port 3000, with one editor.

use auth_runtime::{Events, KeySet, Verifier};
use guests::{Database, Members, app};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::new(rusqlite::Connection::open_in_memory()?)?;
    database.execute(
        "INSERT INTO members (subject) VALUES ('alice');
         INSERT INTO member_roles VALUES ('alice', 'editor');
         INSERT INTO role_permissions VALUES ('editor', 'articles:write'), ('editor', 'articles:publish');",
    )?;
    let verifier = Verifier::builder()
        .issuer("https://id.example.com/")
        .audience("magazine")
        .keys(KeySet::from_jwks_json(include_str!("../../quickstart/jwks.json"))?)
        .events(Events::stderr())
        .load(Members(database.clone()))
        .build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(auth_runtime::serve(listener, app(verifier, database)).await?)
}
