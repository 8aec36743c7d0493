//! Articles: what everyone may read, and what needs a member.

use crate::Database;
use crate::database::DatabaseFailed;
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

/// An article, published or a draft.
#[derive(Debug, Serialize)]
pub struct Article {
    id: i64,
    author: String,
    title: String,
}

impl Article {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, author: row.get(1)?, title: row.get(2)? })
    }
}

/// The published articles. Guests read them, so they need no vault.
#[derive(Clone, Debug)]
pub struct Published(pub(crate) Database);

impl Published {
    pub(crate) async fn all(&self) -> Result<Vec<Article>, DatabaseFailed> {
        self.0
            .run(|connection| {
                let sql = "SELECT id, author, title FROM articles WHERE published = 1 ORDER BY id";
                connection.prepare(sql)?.query_map([], Article::of)?.collect()
            })
            .await
    }

    pub(crate) async fn one(&self, id: i64) -> Result<Option<Article>, DatabaseFailed> {
        self.0
            .run(move |connection| {
                let sql = "SELECT id, author, title FROM articles WHERE published = 1 AND id = ?1";
                connection.query_row(sql, [id], Article::of).optional()
            })
            .await
    }
}

/// The drafts. They are in a vault, which only the proof of a member opens.
#[derive(Clone, Debug)]
pub struct Drafts(pub(crate) Database);

impl Drafts {
    pub(crate) async fn of(&self, author: &str) -> Result<Vec<Article>, DatabaseFailed> {
        let author = author.to_owned();
        self.0
            .run(move |connection| {
                let sql = "SELECT id, author, title FROM articles WHERE published = 0 AND author = ?1 ORDER BY id";
                connection.prepare(sql)?.query_map([author], Article::of)?.collect()
            })
            .await
    }

    pub(crate) async fn write(&self, author: &str, title: String) -> Result<Article, DatabaseFailed> {
        let author = author.to_owned();
        self.0
            .run(move |connection| {
                let sql = "INSERT INTO articles (author, title) VALUES (?1, ?2) RETURNING id, author, title";
                connection.query_row(sql, params![author, title], Article::of)
            })
            .await
    }

    pub(crate) async fn publish(&self, id: i64) -> Result<Option<Article>, DatabaseFailed> {
        self.0
            .run(move |connection| {
                let sql = "UPDATE articles SET published = 1 WHERE id = ?1 RETURNING id, author, title";
                connection.query_row(sql, [id], Article::of).optional()
            })
            .await
    }
}
