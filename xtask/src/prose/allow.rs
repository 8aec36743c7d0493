//! Reads and lowers the limits of `prose-allow.txt`.

use super::check::Rule;

/// How many findings of a rule are allowed below a path, and why.
#[derive(Debug, PartialEq)]
pub(super) struct Limit {
    pub(super) rule: Rule,
    pub(super) count: usize,
    pub(super) prefix: String,
    reason: String,
}

/// Reads `rule count prefix # reason` lines. A line that starts with `#` is a comment.
pub(super) fn read(text: &str) -> Result<Vec<Limit>, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(number, line)| limit(line).ok_or(format!("prose-allow.txt:{number}: `{line}`"))).collect()
}

fn limit(line: &str) -> Option<Limit> {
    let (fields, reason) = line.split_once(" # ")?;
    let mut fields = fields.split_whitespace();
    let rule = fields.next()?;
    let rule = Rule::ALL.into_iter().find(|known| known.to_string() == rule)?;
    let (count, prefix) = (fields.next()?.parse().ok()?, fields.next()?.to_owned());
    let reason = reason.trim().to_owned();
    (fields.next().is_none() && !reason.is_empty()).then_some(Limit { rule, count, prefix, reason })
}

/// The limit that holds for a path: the one with the longest prefix.
pub(super) fn covering(limits: &[Limit], rule: Rule, path: &str) -> Option<usize> {
    let covers = |limit: &Limit| limit.rule == rule && path.starts_with(&limit.prefix);
    let covering = limits.iter().enumerate().filter(|(_, limit)| covers(limit));
    covering.max_by_key(|(_, limit)| limit.prefix.len()).map(|(at, _)| at)
}

/// Writes the file anew with the counts that are left. A count never rises, and a limit of 0 goes.
pub(super) fn shrink(text: &str, limits: &[Limit], left: &[usize]) -> String {
    let mut lines: Vec<_> = text.lines().take_while(|line| line.starts_with('#')).map(str::to_owned).collect();
    for (limit, left) in limits.iter().zip(left) {
        let count = limit.count.min(*left);
        if count > 0 {
            lines.push(format!("{:<9}{count:>4} {:<24} # {}", limit.rule.to_string(), limit.prefix, limit.reason));
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::{covering, read, shrink};
    use crate::prose::check::Rule;

    const TEXT: &str = "# why\nword 3 a/ # not rewritten\nword 2 a/b/ # names\ncolumns 1 a/ # not rewritten\n";

    #[test]
    fn longest_prefix_covers() {
        let limits = read(TEXT).expect("limits");
        assert_eq!(covering(&limits, Rule::Word, "a/c.rs"), Some(0));
        assert_eq!(covering(&limits, Rule::Word, "a/b/c.rs"), Some(1));
        assert_eq!(covering(&limits, Rule::Sentence, "a/b/c.rs"), None);
    }

    #[test]
    fn limits_shrink_and_do_not_grow() {
        let limits = read(TEXT).expect("limits");
        let shrunk = read(&shrink(TEXT, &limits, &[9, 1, 0])).expect("limits");
        let counts: Vec<_> = shrunk.iter().map(|limit| (limit.prefix.as_str(), limit.count)).collect();
        assert_eq!(counts, [("a/", 3), ("a/b/", 1)]);
    }

    #[test]
    fn limit_without_a_reason_is_an_error() {
        assert!(read("word 3 a/\n").is_err());
        assert!(read("word 3 a/ # \n").is_err());
        assert!(read("wrod 3 a/ # why\n").is_err());
    }
}
