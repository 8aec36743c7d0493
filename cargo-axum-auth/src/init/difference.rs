//! Shows the changes of a file, line by line.

/// Marks new lines with `+` and removed lines with `-`, with three unchanged lines around them.
pub(crate) fn difference(before: &str, after: &str) -> Vec<String> {
    let lines = compared(&before.lines().collect::<Vec<_>>(), &after.lines().collect::<Vec<_>>());
    let near = |at: usize| {
        let (from, to) = (at.saturating_sub(3), (at + 4).min(lines.len()));
        lines[from..to].iter().any(|line| !line.starts_with(' '))
    };
    let mut shown = Vec::new();
    let mut gap = false;
    for (at, line) in lines.iter().enumerate() {
        if near(at) {
            if gap {
                shown.push("…".to_owned());
            }
            shown.push(line.trim_end().to_owned());
        }
        gap = !near(at) && !shown.is_empty();
    }
    shown
}

/// Compares by the longest common subsequence.
///
/// A plan changes few lines, so the common start and end are cut first.
fn compared(before: &[&str], after: &[&str]) -> Vec<String> {
    let same_start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (old, new) = (&before[same_start..], &after[same_start..]);
    let same_end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - same_end], &new[..new.len() - same_end]);

    let mut length = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            length[a][b] =
                if old[a] == new[b] { length[a + 1][b + 1] + 1 } else { length[a + 1][b].max(length[a][b + 1]) };
        }
    }
    let mut lines: Vec<String> = before[..same_start].iter().map(|line| format!("  {line}")).collect();
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            lines.push(format!("  {}", old[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == new.len() || (a < old.len() && length[a + 1][b] >= length[a][b + 1]) {
            lines.push(format!("- {}", old[a]));
            a += 1;
        } else {
            lines.push(format!("+ {}", new[b]));
            b += 1;
        }
    }
    lines.extend(before[before.len() - same_end..].iter().map(|line| format!("  {line}")));
    lines
}
