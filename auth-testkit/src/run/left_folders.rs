//! H36: a path that begins in the folder of its caller, and leaves it with two dots.
//!
//! A check that compares the first segment of a path, in front of code that resolves `..`, allows
//! the caller the files of all others (CWE-22).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::named_owners::names_of;
use super::plan::AttackPlan;
use super::weaker_methods::is_rejection;
use crate::target::{Route, ServiceResponse};
use http::Method;

/// The subject of the other caller, and the name of its folder.
const CALLER: &str = "another-caller";

impl AttackRun {
    /// Requests an object that is denied to another caller, from the folder of that caller.
    pub(super) async fn attack_left_folders(
        &mut self,
        (route, method): (&Route, &Method),
        of_another: &ServiceResponse,
    ) -> bool {
        let is_good = self.good_answers.status(route, method).is_some_and(|status| status.is_success());
        let is_denied = is_rejection(of_another.status) && !self.reveals_good_answer(route, method, of_another);
        if *method != Method::GET || !is_good || !is_denied {
            return false;
        }
        let template = self.plan.template(route, method);
        let names = names_of(&self.plan.good_token(route));
        let (Some((prefix, rest)), Some(issuer)) =
            (owned_part(&route.path, &template.path, &names), self.plan.sources.of(route).issuer())
        else {
            return false;
        };
        let caller = issuer.another_caller(CALLER, &AttackPlan::scopes_for(route));
        for way in ways(rest) {
            let left = template.at(&format!("{prefix}{CALLER}/{way}"));
            let Ok(response) = self.send(left.request(&caller)).await else { continue };
            if response.status.is_success() && self.reveals_good_answer(route, method, &response) {
                let what = format!("{CALLER}/{way}, by {CALLER}");
                let problem = format!(
                    "path leaves the folder of its caller: `{}`: resolve or reject `..` in front of the check of the \
                     owner, also where it is encoded",
                    response.status
                );
                let got_through = GotThrough { id: "H36", what, problem };
                self.report_got_through((route, method), got_through, (&left, &caller), &response);
                return true;
            }
        }
        false
    }
}

/// The two dots, and the path behind them, plain and encoded.
///
/// A parameter of one segment takes only the last one.
fn ways(rest: &str) -> [String; 4] {
    let encoded = rest.replace('/', "%2f");
    [format!("../{rest}"), format!("%2e%2e/{rest}"), format!("..%2f{rest}"), format!("..%2f{encoded}")]
}

/// Splits a path in front of the folder of its owner.
///
/// That is the segment with a name of the owner, or the first one of a wildcard.
fn owned_part<'a>(route: &str, path: &'a str, names: &[String]) -> Option<(&'a str, &'a str)> {
    let mut place = 0;
    for segment in path.split('/') {
        // A name alone has nothing below it.
        if names.iter().any(|name| name == segment) && place + segment.len() < path.len() {
            return Some(path.split_at(place));
        }
        place += segment.len() + 1;
    }
    let (before, _) = route.split_once("{*")?;
    let segments = before.matches('/').count();
    let (place, _) = path.match_indices('/').nth(segments.checked_sub(1)?)?;
    Some(path.split_at(place + 1))
}

#[cfg(test)]
mod tests {
    use super::owned_part;

    #[test]
    fn the_folder_of_the_owner_is_found() {
        let names = ["alice".to_owned()];
        let part = |route, path| owned_part(route, path, &names);
        assert_eq!(part("/files/{*path}", "/files/alice/a.txt"), Some(("/files/", "alice/a.txt")));
        assert_eq!(part("/{user}/files/{id}", "/alice/files/7"), Some(("/", "alice/files/7")));
        assert_eq!(part("/files/{*path}", "/files/home/a.txt"), Some(("/files/", "home/a.txt")));
        assert_eq!(part("/users/{user}", "/users/alice"), None);
        assert_eq!(part("/orders/{id}", "/orders/7"), None);
    }
}
