//! The handlers.

use crate::database::DatabaseFailed;
use crate::{Article, Drafts, Member, Publish, Published, Write};
use auth_runtime::{Authenticated, Vault, Visitor, authenticated, public};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;

type Found = Result<Json<Article>, StatusCode>;

#[derive(Deserialize)]
pub(crate) struct NewArticle {
    title: String,
}

/// A guest gets what is published, and a member also gets the own drafts.
#[public(reason = "published articles are for everyone", optional = Member)]
pub(crate) async fn list(
    visitor: Visitor<Member>,
    State(published): State<Published>,
    State(drafts): State<Vault<Drafts, Member>>,
) -> Result<Json<Vec<Article>>, DatabaseFailed> {
    let mut articles = published.all().await?;
    if let Some(caller) = visitor.caller() {
        articles.extend(drafts.open(caller).of(&caller.subject).await?);
    }
    Ok(Json(articles))
}

#[public(reason = "published articles are for everyone")]
pub(crate) async fn read(State(published): State<Published>, Path(id): Path<i64>) -> Found {
    found(published.one(id).await)
}

#[authenticated(Member, requires = Write)]
pub(crate) async fn write(
    auth: Authenticated<Member, Write>,
    State(drafts): State<Vault<Drafts, Member>>,
    Json(article): Json<NewArticle>,
) -> Result<(StatusCode, Json<Article>), DatabaseFailed> {
    let article = drafts.open(&auth).write(&auth.subject, article.title).await?;
    Ok((StatusCode::CREATED, Json(article)))
}

#[authenticated(Member, requires = Publish)]
pub(crate) async fn publish(
    auth: Authenticated<Member, Publish>,
    State(drafts): State<Vault<Drafts, Member>>,
    Path(id): Path<i64>,
) -> Found {
    found(drafts.open(&auth).publish(id).await)
}

fn found(article: Result<Option<Article>, DatabaseFailed>) -> Found {
    match article {
        Ok(Some(article)) => Ok(Json(article)),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(DatabaseFailed) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}
