//! N01: sessions whose ids are numbers in a row, or times.
//!
//! A client that logs in knows its own id, and so those of the clients before and after it
//! (CWE-340, OWASP WSTG-SESS-01).

use super::attack_run::AttackRun;
use super::got_through::GotThrough;
use super::log_ins::TOKENS;
use super::public_cookies::cookies_of;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route, ServiceResponse};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::Method;
use serde_json::Value;
use std::collections::BTreeMap;

/// How often the kit logs in.
const LOG_INS: usize = 4;

/// How far two ids in a row may be apart: as numbers that count, and as times.
const COUNTED: u64 = 100;
const TIMED: u64 = 10_000_000;

/// The least number that may be a time in milliseconds.
const FIRST_TIME: u64 = 1_000_000_000_000;

impl AttackRun {
    pub(super) async fn attack_numbered_sessions(&mut self, routes: &[Route], reports: &mut [RouteReport]) {
        if self.plan.without.contains("N01") || self.locked_out {
            return;
        }
        for (route, report) in routes.iter().zip(reports) {
            let is_log_in = route.decision() == Decision::Public
                && route.method == "POST"
                && !route.grpc
                && self.plan.completes(route)
                && self.plan.exclusion_of(route).is_none();
            if !is_log_in {
                continue;
            }
            let (template, none) = (self.plan.template(route, &Method::POST), Credentials::none());
            let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
            let mut last = None;
            for _ in 0..LOG_INS {
                let Ok(response) = self.send(template.request(&none)).await else { break };
                let given = given(&response);
                if given.is_empty() {
                    break;
                }
                for (name, value) in given {
                    ids.entry(name).or_default().push(value);
                }
                last = Some(response);
            }
            let Some(last) = last else { continue };
            let found = ids.into_iter().find(|(_, values)| values.len() == LOG_INS && are_in_a_row(values));
            report.count("N01", found.is_some());
            if let Some((name, values)) = found {
                let got_through = GotThrough {
                    id: "N01",
                    what: format!("the next number as {name}"),
                    problem: format!(
                        "session can be guessed: `{name}` is `{}` and then `{}`: make it of 128 random bits",
                        values[LOG_INS - 2],
                        values[LOG_INS - 1]
                    ),
                };
                self.report_got_through((route, &Method::POST), got_through, (&template, &none), &last);
            }
        }
    }
}

/// The cookies and the tokens of a log-in.
fn given(response: &ServiceResponse) -> Vec<(String, String)> {
    let mut given = cookies_of(response);
    let json = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    given.extend(TOKENS.iter().filter_map(|name| Some(((*name).to_owned(), json.get(*name)?.as_str()?.to_owned()))));
    given
}

/// Whether each id is a little more than the one before.
fn are_in_a_row(ids: &[String]) -> bool {
    let Some(numbers) = numbers(ids) else { return false };
    numbers.windows(2).all(|pair| {
        let most = if pair[0] >= FIRST_TIME { TIMED } else { COUNTED };
        pair[1].checked_sub(pair[0]).is_some_and(|more| (1..=most).contains(&more))
    })
}

/// The ids as numbers: behind a common beginning, decoded, in decimal or in hexadecimal.
fn numbers(ids: &[String]) -> Option<Vec<u64>> {
    let decoded = |id: &String| {
        let id = id.trim_end_matches('=');
        let bytes = URL_SAFE_NO_PAD.decode(id).or_else(|_| STANDARD_NO_PAD.decode(id)).ok()?;
        String::from_utf8(bytes).ok()
    };
    let plain: Vec<String> = ids.to_vec();
    let texts = std::iter::once(Some(plain)).chain([ids.iter().map(decoded).collect()]);
    texts.flatten().find_map(|texts: Vec<String>| {
        let is_digit = |letter: char| letter.is_ascii_digit();
        let start = texts[0].trim_end_matches(is_digit);
        let decimal = |text: &String| text.strip_prefix(start)?.parse::<u64>().ok();
        let hexadecimal = |text: &String| u64::from_str_radix(text, 16).ok();
        let all: Option<Vec<u64>> = texts.iter().map(decimal).collect();
        all.or_else(|| texts.iter().map(hexadecimal).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::are_in_a_row;

    #[test]
    fn numbers_that_count_are_found_in_each_form() {
        let all = |ids: [&str; 3]| are_in_a_row(&ids.map(str::to_owned));
        assert!(all(["17", "18", "19"]) && all(["session-9", "session-10", "session-12"]));
        assert!(all(["00000a", "00000b", "00000c"]) && all(["MTc", "MTg", "MTk"]));
        assert!(all(["1764237600123", "1764237600125", "1764237600131"]));
    }

    #[test]
    fn random_ids_and_signed_numbers_are_not() {
        let all = |ids: [&str; 3]| are_in_a_row(&ids.map(str::to_owned));
        assert!(!all(["9f2c61d07ab84e53", "11c07ab84e53dd01", "f2c61d07ab84e530"]));
        assert!(!all(["17.9f2c", "18.61d0", "19.7ab8"]) && !all(["same", "same", "same"]));
    }
}
