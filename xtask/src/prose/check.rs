//! Compares prose with the rules.

use super::text::{Block, markdown, rust};
use super::words::{AFTER_NO, PHRASES};
use std::fmt;
use std::path::Path;

/// Comments and Markdown.
const COLUMNS: usize = 100;
/// The first doc sentence.
const WORDS: usize = 20;

/// What a text broke.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Rule {
    /// A word of the list.
    Word,
    /// A line that is too long.
    Columns,
    /// A first doc sentence that is too long.
    Sentence,
}

impl Rule {
    pub(super) const ALL: [Self; 3] = [Self::Word, Self::Columns, Self::Sentence];
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Word => "word",
            Self::Columns => "columns",
            Self::Sentence => "sentence",
        })
    }
}

/// One place that broke a rule.
#[derive(Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) line: usize,
    pub(super) rule: Rule,
    /// What to do about it.
    pub(super) text: String,
}

/// Checks a file: `.rs` or `.md`.
pub(super) fn check(path: &str, source: &str) -> Vec<Finding> {
    let is_markdown = Path::new(path).extension().is_some_and(|extension| extension == "md");
    let mut found = columns(source, is_markdown);
    for block in if is_markdown { markdown(source) } else { rust(source) } {
        found.extend(phrases(&block));
        found.extend(block.is_doc.then(|| sentence(&block)).flatten());
    }
    found.sort_by_key(|finding| finding.line);
    found
}

/// Tables cannot be wrapped, and neither can a line without a space.
fn columns(source: &str, is_markdown: bool) -> Vec<Finding> {
    let lines = (1..).zip(source.lines()).filter(|(_, line)| {
        let text = line.trim_start();
        let counts = if is_markdown { !text.starts_with('|') } else { text.starts_with("//") };
        counts && text.contains(' ') && line.chars().count() > COLUMNS
    });
    lines
        .map(|(number, line)| {
            let text = format!("{} columns: at most {COLUMNS}", line.chars().count());
            Finding { line: number, rule: Rule::Columns, text }
        })
        .collect()
}

/// A word in lower case with its line.
///
/// Punctuation is a word of its own, so that no phrase spans it.
fn words(block: &Block) -> Vec<(usize, String)> {
    let mut words = vec![];
    let mut is_code = false;
    // A backtick without its partner is a character like any other.
    let ticks: usize = block.lines.iter().map(|(_, text)| text.matches('`').count()).sum();
    for (line, text) in &block.lines {
        if text.trim_start().starts_with("```") {
            continue;
        }
        let mut word = String::new();
        for c in text.chars().chain([' ']) {
            if c == '`' && ticks.is_multiple_of(2) {
                is_code = !is_code;
            }
            if !is_code && (c.is_alphanumeric() || matches!(c, '_' | '\'' | '-')) {
                word.extend(c.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                words.push((*line, std::mem::take(&mut word)));
            }
            if !c.is_whitespace() && !is_code {
                words.push((*line, c.to_string()));
            }
        }
    }
    words
}

fn phrases(block: &Block) -> Vec<Finding> {
    let words = words(block);
    let texts: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    let mut found = Vec::new();
    for start in 0..texts.len() {
        for (phrase, instead) in PHRASES {
            // "There is no such key" is plain English; "a key is no secret" is not.
            if phrase.ends_with("no *") && start > 0 && texts[start - 1] == "there" {
                continue;
            }
            let pattern: Vec<&str> = phrase.split(' ').collect();
            if let Some(end) = matches(&pattern, &texts[start..]) {
                let text = format!("`{}`: {instead}", texts[start..start + end].join(" "));
                found.push(Finding { line: words[start].0, rule: Rule::Word, text });
            }
        }
    }
    found
}

fn is_word(text: &str) -> bool {
    text.starts_with(char::is_alphanumeric)
}

/// How many words from the first on are the phrase.
fn matches(pattern: &[&str], words: &[&str]) -> Option<usize> {
    match (pattern.split_first(), words.split_first()) {
        (None, _) => Some(0),
        (Some((&"~", rest)), _) => (0..=3)
            .take_while(|skipped| words.iter().take(*skipped).all(|word| is_word(word)))
            .find_map(|skipped| Some(skipped + matches(rest, words.get(skipped..)?)?)),
        (Some((&"*", rest)), Some((word, after))) => {
            let is_meant = is_word(word) && !AFTER_NO.contains(word);
            is_meant.then(|| matches(rest, after)).flatten().map(|count| count + 1)
        }
        (Some((first, rest)), Some((word, after))) => {
            (first == word).then(|| matches(rest, after)).flatten().map(|count| count + 1)
        }
        (Some(_), None) => None,
    }
}

/// The first sentence of a doc comment, where it is too long.
fn sentence(block: &Block) -> Option<Finding> {
    let paragraph = block.lines.iter().map(|(_, text)| text.trim());
    let paragraph = paragraph.take_while(|text| !text.is_empty() && !text.starts_with("```"));
    let paragraph = paragraph.collect::<Vec<_>>().join(" ");
    let ends = paragraph.match_indices(". ").map(|(at, _)| at).find(|at| !paragraph[..*at].ends_with('.'));
    let first = ends.map_or(paragraph.as_str(), |at| &paragraph[..at]);
    let count = first.split(' ').filter(|word| word.contains(char::is_alphanumeric)).count();
    let text = format!("the first sentence has {count} words: at most {WORDS}");
    (count > WORDS).then(|| Finding { line: block.lines[0].0, rule: Rule::Sentence, text })
}

#[cfg(test)]
mod tests {
    use super::{Rule, check};

    fn found(path: &str, source: &str) -> Vec<(usize, Rule)> {
        check(path, source).into_iter().map(|finding| (finding.line, finding.rule)).collect()
    }

    #[test]
    fn planted_words_are_found() {
        for (path, source) in [
            ("a.rs", "// Nobody reads this.\n"),
            ("a.rs", "fn main() { panic!(\"told to strangers\") }\n"),
            ("a.rs", "/// An issuer takes\n/// its keys back.\n"),
            ("a.md", "The issuer is out of\nreach.\n"),
            ("a.md", "| a | it is no proof |\n"),
            ("a.rs", "/// A text.\n///\n/// ```\n/// f(\"anybody\");\n/// ```\n"),
        ] {
            let rules: Vec<_> = found(path, source).into_iter().map(|(_, rule)| rule).collect();
            assert_eq!(rules, [Rule::Word], "{source}");
        }
    }

    #[test]
    fn code_and_names_are_not_prose() {
        for (path, source) in [
            ("a.rs", "fn nobody() { waker.wake() }\n"),
            ("a.rs", "// `nobody` is a name, and so is signed_by_a_stranger.\n"),
            ("a.md", "```rust\nnobody\n```\n"),
            (
                "a.md",
                "It is no longer there. There is no such key. So it is. No, it takes time. Back then, it was not.\n",
            ),
        ] {
            assert_eq!(found(path, source), [], "{source}");
        }
    }

    #[test]
    fn long_lines_are_found_in_markdown_and_in_comments() {
        let long = "word ".repeat(21);
        assert_eq!(found("a.md", &format!("a\n\n{long}\n")), [(3, Rule::Columns)]);
        assert_eq!(found("a.rs", &format!("    // {long}\n")), [(1, Rule::Columns)]);
        assert_eq!(found("a.md", &format!("| {long} |\n")), []);
        assert_eq!(found("a.rs", &format!("f(\"{long}\");\n")), []);
        assert_eq!(found("a.md", &format!("{}\n", "word/".repeat(21))), []);
    }

    #[test]
    fn long_first_sentences_are_found() {
        let long = "word ".repeat(21);
        assert_eq!(found("a.rs", &format!("//! {}\n//! word {0}.\n", "word ".repeat(10))), [(1, Rule::Sentence)]);
        assert_eq!(found("a.rs", &format!("/// Short.\n///\n/// {}\n", &long[..90])), []);
        assert_eq!(found("a.rs", "/// Three words here. Then more, which do not count at all, because they are the second sentence of it.\n").len(), 1);
    }
}
