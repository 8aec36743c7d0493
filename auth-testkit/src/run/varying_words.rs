//! Words of a rejection that differ when the same request is sent again: a nonce, a short id.
//!
//! Such a word does not tell an attacker which of two attempts is the better one.

use super::attack_run::AttackRun;
use super::comparable::{Compared, masked, whole_appearance};
use super::requests::RequestTemplate;
use crate::catalogue::{Credentials, Expected};
use crate::report::Finding;
use crate::target::ServiceResponse;
use std::collections::{BTreeSet, HashMap};

/// The start of the message about a rejection that differs.
pub(super) const DIFFERS: &str = "rejection differs from others: ";

/// How many requests are sent again. A service has a few places that vary.
const AGAIN: usize = 30;

/// Holds the places of words that vary, for rejections with the same number of words.
#[derive(Default)]
pub(super) struct VaryingWords {
    places: HashMap<(Expected, Compared, usize), BTreeSet<usize>>,
    sent_again: usize,
}

impl VaryingWords {
    /// Whether two rejections are equal, except for words that vary.
    pub(super) fn are_equal(&self, expected: Expected, compared: Compared, first: &str, second: &str) -> bool {
        if first == second {
            return true;
        }
        let (first, second) = (words(first), words(second));
        let Some(varying) = self.places.get(&(expected, compared, first.len())) else { return false };
        first.len() == second.len() && differing(&first, &second).all(|place| varying.contains(&place))
    }

    /// Compares two answers to one request, and returns whether another word varies.
    fn learn(&mut self, expected: Expected, compared: Compared, first: &str, second: &str) -> bool {
        let (first, second) = (words(first), words(second));
        if first.len() != second.len() {
            return false;
        }
        let known = self.places.entry((expected, compared, first.len())).or_default();
        let before = known.len();
        known.extend(differing(&first, &second));
        known.len() > before
    }
}

/// The page of a fallback, as two requests have got it.
pub(super) struct Page {
    body: String,
    words: VaryingWords,
}

impl Page {
    pub(super) fn new(first: &ServiceResponse, second: &ServiceResponse) -> Self {
        let body = |response: &ServiceResponse| String::from_utf8_lossy(&response.body).into_owned();
        let mut words = VaryingWords::default();
        words.learn(Expected::Admitted, Compared::Core, &body(first), &body(second));
        Self { body: body(first), words }
    }

    /// Whether a response is the page, except for words that vary.
    pub(super) fn is_in(&self, response: &ServiceResponse) -> bool {
        let body = String::from_utf8_lossy(&response.body);
        masked(&self.body) == masked(&body)
            || self.words.are_equal(Expected::Admitted, Compared::Core, &self.body, &body)
    }
}

fn differing<'a>(first: &'a [&str], second: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
    first.iter().zip(second).enumerate().filter(|(_, (one, other))| one != other).map(|(place, _)| place)
}

/// The words and what is between them.
///
/// A random value may be in base64, and a part of a word may be masked already.
fn words(text: &str) -> Vec<&str> {
    let is_of_a_word = |c: char| c.is_ascii_alphanumeric() || "-_+/=#:.".contains(c);
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_of_a_word(c) != is_of_a_word(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after;
    }
    words
}

impl AttackRun {
    /// Sends a request again whose rejection differs from others, and returns whether it differs
    /// from itself too.
    pub(super) async fn varies_by_itself(
        &mut self,
        template: &RequestTemplate,
        credentials: &Credentials,
        expected: Expected,
        response: &ServiceResponse,
        findings: &[Finding],
    ) -> bool {
        // The rejections of an `AuthRouter` are its own, so the test declares what differs.
        if self.target.is_guarded() {
            return false;
        }
        let differs = findings.iter().any(|finding| finding.problem.starts_with(DIFFERS));
        if !differs || self.checker.varying_words.sent_again >= AGAIN {
            return false;
        }
        self.checker.varying_words.sent_again += 1;
        let Ok(again) = self.send(template.request(credentials)).await else { return false };
        let mut learned = false;
        for compared in [Compared::Core, Compared::Usual] {
            // Each id is masked where it looks like one, so the masked texts may be equal.
            let shown = |response| whole_appearance(response, &self.plan.varying, compared);
            let (first, second) = (shown(response), shown(&again));
            learned |= self.checker.varying_words.learn(expected, compared, &first, &second);
        }
        learned
    }
}

#[cfg(test)]
mod tests {
    use super::{Compared, Expected, VaryingWords};

    #[test]
    fn a_word_that_varies_is_masked_and_another_one_is_not() {
        let mut words = VaryingWords::default();
        let (expected, compared) = (Expected::InvalidToken, Compared::Core);
        let page = |reason: &str, nonce: &str| format!("401 [] \"<input value='{nonce}'> {reason}\"");
        let equal =
            |words: &VaryingWords, first: &str, second: &str| words.are_equal(expected, compared, first, second);
        assert!(!equal(&words, &page("expired", "aQ/bc="), &page("expired", "dkW+qQ")));
        assert!(words.learn(expected, compared, &page("expired", "aQ/bc="), &page("expired", "dkW+qQ")));
        assert!(!words.learn(expected, compared, &page("expired", "aQ/bc="), &page("expired", "x")));
        assert!(equal(&words, &page("expired", "aQ/bc="), &page("expired", "+#")));
        assert!(!equal(&words, &page("expired", "aQ/bc="), &page("forged", "aQ/bc=")));
        assert!(!equal(&words, &page("expired", "1"), &page("expired already", "1")));
    }
}
