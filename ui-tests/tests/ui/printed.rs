//! The compiler's messages without what differs by machine, version and edit.
//!
//! The form is that of `trybuild`: paths begin with a name, lines of other files have no numbers.

use std::path::{Path, PathBuf};

/// The folder of this package.
pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the workspace.
pub(super) fn workspace() -> PathBuf {
    root().parent().expect("a workspace").to_owned()
}

/// Normalizes one message about a case.
pub(super) fn normalized(message: &str, case: &Path) -> String {
    let lines: Vec<&str> = message.lines().collect();
    let mut text = String::new();
    let mut without_numbers = 0;
    let mut types = None;
    for (number, line) in lines.iter().enumerate() {
        let mut line = (*line).to_owned();
        if without_numbers > 0 {
            without_numbers -= 1;
            let digits = line.len() - line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit()).len();
            line.replace_range(..digits, &" ".repeat(digits));
        }
        if let Some((arrow, path)) = path_of(&line) {
            let (path, is_foreign) = named(path, case);
            line = format!("{arrow}{path}");
            if is_foreign {
                let is_shown =
                    |line: &&&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit() || "|.".contains(c));
                without_numbers = lines[number + 1..].iter().take_while(is_shown).count();
            }
        } else if is_left_out(&line) {
            continue;
        }
        let Some(line) = shortened(line, lines.get(number + 1), &mut types) else { continue };
        let line = line.replace(&format!("{}/", root().display()), "$DIR/");
        let line = line.replace(&format!("{}/", workspace().display()), "$WORKSPACE/");
        // One empty line after another says nothing.
        if !(line.trim_end().is_empty() && text.ends_with("\n\n")) {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    let text = unindented(&text);
    if text.trim().is_empty() { String::new() } else { format!("{}\n", text.trim_end()) }
}

/// The arrow of a line that names a file, and the path after it.
fn path_of(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start();
    (rest.starts_with("--> ") || rest.starts_with("::: ")).then(|| line.split_at(line.len() - rest.len() + 4))
}

/// The path with a name for its folder, and whether it is of another file than the case.
fn named(path: &str, case: &Path) -> (String, bool) {
    let below = |path: &str, folder: &Path| path.strip_prefix(&format!("{}/", folder.display())).map(str::to_owned);
    if path.starts_with(&format!("{}:", case.display())) {
        return (below(path, &root()).unwrap_or_else(|| path.to_owned()), false);
    }
    let file = path.trim_end_matches(|c: char| c == ':' || c.is_ascii_digit());
    // Paths of our crates are relative to the workspace.
    let file = workspace().join(file).display().to_string();
    if let Some(path) = below(&file, &root()) {
        return (path, true);
    }
    if let Some(path) = below(&file, &workspace()) {
        return (format!("$WORKSPACE/{path}"), true);
    }
    // `/rustc/<commit>/library/`, or the sources of the toolchain.
    if let Some((_, path)) = file.split_once("/library/").filter(|(before, _)| before.contains("/rust")) {
        return (format!("$RUST/{path}"), true);
    }
    let of_registry = file.split_once("/registry/src/").and_then(|(_, path)| path.split_once('/')?.1.split_once('/'));
    match of_registry.and_then(|(package, path)| Some((package.split_once('.')?.0.rsplit_once('-')?.0, path))) {
        Some((package, path)) => (format!("$CARGO/{package}-$VERSION/{path}"), true),
        None => (path.to_owned(), false),
    }
}

/// A line of a list of types, if it is one of the first eight: `--verbose` shows all.
///
/// `types` counts those of the list so far.
fn shortened(mut line: String, next: Option<&&str>, types: &mut Option<usize>) -> Option<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (own, text) = (indent(&line), line.trim_start());
    if ["types", "other types"]
        .iter()
        .any(|of| text.starts_with(&format!("= help: the following {of} implement trait ")))
    {
        *types = Some(0);
        return Some(line);
    }
    *types = types.filter(|_| own >= 12).map(|count| count + 1);
    match *types {
        Some(9) if next.is_some_and(|next| indent(next) == own) => line.replace_range(own - 2.., "and $N others"),
        Some(10..) => return None,
        _ => {}
    }
    Some(line)
}

fn is_left_out(line: &str) -> bool {
    let note = line.trim_start().trim_start_matches("= note: ");
    line.starts_with("error: aborting due to ")
        || (line.starts_with("warning: ") && line.ends_with(" emitted"))
        || note.starts_with("the full type name has been written to")
        || note.starts_with("the full name for the type has been written to")
}

/// The kind of a line in a block of code.
enum Kind {
    Heading,
    /// With how many spaces could be cut.
    Code(usize),
    Note,
    /// With the number of leading spaces.
    Other(usize),
}

/// Shortens the margin to what is needed, because its width is that of the hidden line numbers.
fn unindented(text: &str) -> String {
    let mut result = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        result.push_str(line);
        result.push('\n');
        let starts = matches!(kind(line, true, false), Kind::Heading)
            && lines.peek().is_some_and(|next| next.trim_start().starts_with("--> "));
        if !starts {
            continue;
        }
        let (mut block, mut after_note, mut least) = (Vec::new(), false, usize::MAX);
        for line in lines.clone() {
            let kind = kind(line, false, after_note);
            after_note = matches!(kind, Kind::Note);
            match kind {
                Kind::Code(spaces) => least = least.min(spaces),
                Kind::Note => {}
                Kind::Other(spaces) if spaces > 10 => {}
                Kind::Heading | Kind::Other(_) => break,
            }
            block.push((line, after_note));
        }
        for (line, is_note) in block {
            lines.next();
            match line.split_once(' ').filter(|_| !is_note) {
                Some((before, _)) => result.extend([before, &line[before.len() + least..]]),
                None => result.push_str(line),
            }
            result.push('\n');
        }
    }
    result
}

fn kind(line: &str, is_first: bool, after_note: bool) -> Kind {
    let heading = ["error:", "error[", "warning:", "warning["].iter().any(|start| line.starts_with(start));
    if heading || (is_first && line.starts_with("note: ")) {
        return Kind::Heading;
    }
    if line.starts_with("note:")
        || line.starts_with("help:")
        || line == "..."
        || (after_note && line.starts_with("      "))
    {
        return Kind::Note;
    }
    let spaces = |text: &str| text.len() - text.trim_start_matches(' ').len();
    if let Some(rest) = line.strip_prefix("... ") {
        return Kind::Code(spaces(rest));
    }
    let before = spaces(line);
    let digits = line[before..].len() - line[before..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = spaces(&line[before + digits..]);
    let rest = &line[before + digits + after..];
    let is_one_of = |marks: &[&str]| marks.iter().any(|mark| rest == *mark || rest.starts_with(&format!("{mark} ")));
    let is_code = is_one_of(&["|"])
        || (digits > 0 && is_one_of(&["~", "+", "-"]))
        || (digits == 0 && ["--> ", "::: ", "= "].iter().any(|start| rest.starts_with(start)));
    if before + after > 0 && is_code {
        return Kind::Code(before + after - 1);
    }
    Kind::Other(if digits == 0 { before + after } else { 0 })
}
