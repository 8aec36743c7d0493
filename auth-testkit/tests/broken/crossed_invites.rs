//! Services with invites to teams, where the body has the team too.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes, claims_of};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::GotThrough;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// Whether an invite, to its team, lets its holder join the team of the body.
type MayJoin = fn(Option<&str>, &str) -> bool;

const WITH_ANY_INVITE: MayJoin = |of_invite, _| of_invite.is_some();
const OF_THE_TEAM: MayJoin = |of_invite, team| of_invite == Some(team);
/// The invite of the company is for all teams.
const OF_THE_COMPANY: MayJoin = |of_invite, _| of_invite == Some("town");

/// `all` are the teams that each caller joins with the one of its invite.
fn attacked(may_join: MayJoin, all: &'static [&'static str]) -> AttackBuilder {
    let service = CorrectService::new();
    let teams = ["alpha", "beta", "town"].map(|team| (team.to_owned(), BTreeSet::new()));
    let teams: Arc<Mutex<BTreeMap<String, BTreeSet<String>>>> = Arc::new(Mutex::new(teams.into()));
    teams.lock().unwrap().get_mut("alpha").unwrap().insert("alice".to_owned());
    let (joined, read) = (Arc::clone(&teams), teams);
    let invites = BTreeMap::from([("k3f9-town", "town"), ("z81m-beta", "beta")]);
    let join = move |parts: Parts, Json(body): Json<Value>| async move {
        let claims = claims_of(&parts).unwrap_or_default();
        let subject = claims["sub"].as_str().unwrap_or_default();
        let team = body["team"].as_str().unwrap_or_default();
        let of_invite = invites.get(body["invite"].as_str().unwrap_or_default()).copied();
        if !may_join(of_invite, team) {
            return Err(StatusCode::FORBIDDEN);
        }
        let mut teams = joined.lock().unwrap();
        for team in all.iter().copied().chain([team]) {
            teams.get_mut(team).ok_or(StatusCode::NOT_FOUND)?.insert(subject.to_owned());
        }
        Ok(Json(json!({"joined": team})))
    };
    let messages = move |Path(team): Path<String>, parts: Parts| async move {
        let claims = claims_of(&parts).unwrap_or_default();
        let subject = claims["sub"].as_str().unwrap_or_default();
        let is_member = read.lock().unwrap().get(&team).is_some_and(|members| members.contains(subject));
        if is_member { Ok(Json(json!({"team": team, "plan": "to be first"}))) } else { Err(StatusCode::NOT_FOUND) }
    };
    let app = Router::new().route("/teams/join", post(join)).route("/teams/{team}/messages", get(messages));
    let app = app.layer(service.layer(|service, parts| async move { service.check(&parts).await.map(drop) }));
    let attack = service.attack(app).parameter("team", "alpha").owned("GET /teams/{team}/messages");
    attack.json("POST /teams/join", json!({"invite": "k3f9-town", "team": "town"}))
}

#[tokio::test]
async fn an_invite_of_one_team_opens_another_one() {
    let report = attacked(WITH_ANY_INVITE, &[]).only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, GotThrough, &["H36"]);
    assert!(report.to_string().contains("invite of one object opens another one"), "{report}");
}

#[tokio::test]
async fn an_invite_of_its_team_opens_no_other_one() {
    assert_twin_passes(&attacked(OF_THE_TEAM, &[]).await);
}

/// The declared request opens the team of the good caller, too.
#[tokio::test]
async fn an_invite_to_all_teams_passes() {
    let attack = attacked(OF_THE_COMPANY, &["alpha", "beta"]);
    attack.only_in_a_test_of_the_kit(&["H36"]).await.assert_nothing_got_through();
}
