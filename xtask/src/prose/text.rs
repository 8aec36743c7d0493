//! Finds the prose of a file: comments and string literals of Rust, paragraphs of Markdown.

/// Lines that belong together: neighbouring comments, one literal, or one paragraph.
#[derive(Debug, PartialEq)]
pub(super) struct Block {
    /// Whether these lines are documentation: `///` or `//!`.
    pub(super) is_doc: bool,
    /// The number and the text of each line, without comment marks.
    pub(super) lines: Vec<(usize, String)>,
}

/// Reads Rust.
pub(super) fn rust(source: &str) -> Vec<Block> {
    Lexer { rest: source.chars().collect(), at: 0, line: 1, blocks: Vec::new(), comment: None }.run()
}

/// Reads Markdown, without fenced code.
pub(super) fn markdown(source: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = Vec::new();
    let mut is_code = false;
    for (number, line) in (1..).zip(source.lines()) {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if is_fence || is_code || line.trim().is_empty() {
            blocks.push(Block { is_doc: false, lines: std::mem::take(&mut lines) });
        } else {
            lines.push((number, without_link_targets(line)));
        }
    }
    blocks.push(Block { is_doc: false, lines });
    blocks.retain(|block| !block.lines.is_empty());
    blocks
}

fn without_link_targets(line: &str) -> String {
    let mut parts = line.split("](");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("] ");
        text.push_str(part.split_once(')').map_or("", |(_, rest)| rest));
    }
    text
}

struct Lexer {
    rest: Vec<char>,
    at: usize,
    line: usize,
    blocks: Vec<Block>,
    /// The mark and the last line of the comment block that may go on.
    comment: Option<(&'static str, usize)>,
}

impl Lexer {
    fn run(mut self) -> Vec<Block> {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('/') => self.line_comment(),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(None),
                '\'' => self.quote(),
                c if c.is_alphabetic() || c == '_' => self.word(),
                _ => {
                    self.next();
                }
            }
        }
        self.blocks
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn line_comment(&mut self) {
        let line = self.line;
        let mut text = String::new();
        while self.peek(0).is_some_and(|c| c != '\n') {
            text.extend(self.next());
        }
        let marks = ["//!", "///", "//"];
        let mark = marks.into_iter().find(|mark| text.starts_with(mark)).unwrap_or("//");
        let text = text[mark.len()..].trim_start_matches('/').to_owned();
        match self.comment {
            Some((last, end)) if last == mark && end + 1 == line => {
                if let Some(block) = self.blocks.last_mut() {
                    block.lines.push((line, text));
                }
            }
            _ => self.blocks.push(Block { is_doc: mark != "//", lines: vec![(line, text)] }),
        }
        self.comment = Some((mark, line));
    }

    fn block_comment(&mut self) {
        let start = self.line;
        let mut text = String::new();
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => break,
                _ => {
                    text.extend(self.next());
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                break;
            }
        }
        self.push(start, &text);
    }

    /// A string literal from its opening quote on. `hashes` is `None` where `\` escapes.
    fn string(&mut self, hashes: Option<usize>) {
        let start = self.line;
        let mut text = String::new();
        self.next();
        while let Some(c) = self.next() {
            match (c, hashes) {
                ('\\', None) => {
                    // An escape ends a word, and `\` at the end of a line joins two lines.
                    text.push(if self.peek(0) == Some('\n') { '\n' } else { ' ' });
                    self.next();
                }
                ('"', None) => break,
                ('"', Some(hashes)) if (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) => {
                    self.at += hashes;
                    break;
                }
                _ => text.push(c),
            }
        }
        self.push(start, &text);
    }

    /// A character or a lifetime.
    fn quote(&mut self) {
        self.next();
        if self.peek(0) == Some('\\') {
            self.at += 2;
            while self.next().is_some_and(|c| c != '\'') {}
        } else if self.peek(1) == Some('\'') {
            self.next();
            self.at += 1;
        }
    }

    /// An identifier, or the prefix of a literal.
    fn word(&mut self) {
        let mut word = String::new();
        while self.peek(0).is_some_and(|c| c.is_alphanumeric() || c == '_') {
            word.extend(self.next());
        }
        if matches!(word.as_str(), "r" | "br" | "cr") {
            let hashes = self.rest[self.at..].iter().take_while(|c| **c == '#').count();
            if self.peek(hashes) == Some('"') {
                self.at += hashes;
                self.string(Some(hashes));
            }
        }
    }

    fn push(&mut self, start: usize, text: &str) {
        self.comment = None;
        let lines = (start..).zip(text.lines().map(str::to_owned)).collect();
        self.blocks.push(Block { is_doc: false, lines });
    }
}

#[cfg(test)]
mod tests {
    use super::{markdown, rust};

    fn texts(blocks: &[super::Block]) -> Vec<Vec<(usize, &str)>> {
        blocks.iter().map(|block| block.lines.iter().map(|(n, text)| (*n, text.as_str())).collect()).collect()
    }

    #[test]
    fn rust_comments_and_literals_are_found_and_code_is_not() {
        let source = "//! a\n//! b\n/// c\nfn d<'e>(f: char) -> &'e str { // g\n    '\"'; b'\\''; \"h \\\"i\\\"\";\n    r#\"j \"k\"\"#\n}\n/* l\nm */";
        let blocks = rust(source);
        let expected = [
            vec![(1, " a"), (2, " b")],
            vec![(3, " c")],
            vec![(4, " g")],
            vec![(5, "h  i ")],
            vec![(6, "j \"k\"")],
            vec![(8, " l"), (9, "m ")],
        ];
        assert_eq!(texts(&blocks), expected);
        assert_eq!(
            blocks.iter().map(|block| block.is_doc).collect::<Vec<_>>(),
            [true, true, false, false, false, false]
        );
    }

    #[test]
    fn markdown_without_fences_and_link_targets() {
        let blocks = markdown("# a\n\nb [c](nobody)\nd\n```\ne\n```\nf\n");
        assert_eq!(texts(&blocks), [vec![(1, "# a")], vec![(3, "b [c] "), (4, "d")], vec![(8, "f")]]);
    }
}
