//! Compares each number with a unit in the manual with the line of code that decides it.

use super::figure_rows::{DECIDED, MEASURED, Row};
use super::support::{chapters, one_line, read};
use std::collections::BTreeSet;

fn rows() -> impl Iterator<Item = &'static Row> {
    DECIDED.iter().chain(MEASURED)
}

#[test]
fn each_figure_of_the_manual_is_the_one_of_the_code() {
    for (chapter, sentence, source, line) in rows() {
        let page = one_line(&read(&format!("auth-runtime/manual/{chapter}.md")));
        assert!(page.contains(sentence), "{chapter}.md lacks `{sentence}`: change the row of this test too");
        let decides = one_line(&read(source)).contains(line);
        assert!(decides, "`{line}` has changed in {source}: change `{sentence}` in {chapter}.md");
    }
}

/// A figure that is added to a chapter needs a row above, with the line that decides it.
#[test]
fn each_figure_of_the_manual_has_a_row() {
    let (mut found, mut left) = (0, Vec::new());
    for chapter in chapters() {
        let prose: String = read(&chapter).split("```").step_by(2).collect();
        let mut prose = one_line(&prose);
        let name = chapter.rsplit('/').next().and_then(|file| file.strip_suffix(".md")).unwrap_or_default();
        found += figures(&prose).len();
        for (_, sentence, ..) in rows().filter(|(of, ..)| *of == name) {
            prose = prose.replace(sentence, "");
        }
        left.extend(figures(&prose).into_iter().map(|figure| format!("{name}: {figure}")));
    }
    assert!(left.is_empty(), "add a row to figure_rows.rs for {left:#?}");
    assert!(found > 50, "only {found} figures: update how this test finds them");
}

/// Finds a number and its unit, with the word before them.
fn figures(prose: &str) -> Vec<String> {
    const UNITS: [&str; 18] = [
        "seconds",
        "second",
        "minutes",
        "minute",
        "hours",
        "hour",
        "days",
        "day",
        "milliseconds",
        "ms",
        "s",
        "µs",
        "microseconds",
        "MiB",
        "KiB",
        "bytes",
        "characters",
        "times",
    ];
    const NUMBERS: [&str; 14] =
        ["one", "two", "three", "four", "five", "six", "eight", "ten", "twenty", "thirty", "half", "a", "an", "once"];
    let words: Vec<&str> = prose.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    // "a second router", "an hour" and "five times" in a sentence without a measure.
    let ordinal: BTreeSet<_> = [("a", "second"), ("a", "s"), ("half", "a")].into();
    let pairs = words.windows(2).enumerate().filter(|(_, pair)| {
        let number = pair[0].starts_with(|c: char| c.is_ascii_digit()) || NUMBERS.contains(&pair[0]);
        number && UNITS.contains(&pair[1]) && !ordinal.contains(&(pair[0], pair[1]))
    });
    pairs.map(|(at, pair)| format!("{} {}", words[at.saturating_sub(1)..at].join(" "), pair.join(" "))).collect()
}

#[test]
fn a_figure_is_a_number_with_its_unit() {
    assert_eq!(
        figures("for 30 seconds, an hour (64 MiB) and ten minutes"),
        ["for 30 seconds", "seconds an hour", "hour 64 MiB", "and ten minutes"]
    );
    assert!(figures("a second router in P9, an issuer, 401").is_empty());
}
