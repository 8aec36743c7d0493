//! The words of a line.

use super::permission;
use auth_runtime::permissions::PermissionName;
use std::fmt;

/// Words separated by spaces. A word with spaces, or an empty one, is a JSON string.
pub(super) struct Words<'a>(pub(super) &'a str);

impl Words<'_> {
    pub(super) fn peek(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    pub(super) fn next(&mut self, what: &str) -> Result<String, String> {
        if self.0.starts_with('"') {
            let mut words = serde_json::Deserializer::from_str(self.0).into_iter::<String>();
            let word = words
                .next()
                .and_then(Result::ok)
                .ok_or_else(|| format!("string does not end, for {what}: add the closing quote"))?;
            let end = words.byte_offset();
            self.0 = self.0[end..].trim_start_matches(' ');
            return Ok(word);
        }
        let word = self.peek().to_owned();
        if word.is_empty() {
            return Err(format!("{what} is missing"));
        }
        self.0 = self.0[word.len()..].trim_start_matches(' ');
        Ok(word)
    }

    pub(super) fn keyword(&mut self, keyword: &str) -> Result<(), String> {
        let word = self.next(&format!("`{keyword}`"))?;
        if word == keyword { Ok(()) } else { Err(format!("unexpected word: `{word}`: expected `{keyword}`")) }
    }

    pub(super) fn reason(&mut self) -> Result<Option<String>, String> {
        if self.0.starts_with("without a reason") {
            self.0 = self.0["without a reason".len()..].trim_start_matches(' ');
            return Ok(None);
        }
        self.next("a reason").map(Some)
    }

    pub(super) fn optional(&mut self, keyword: &str) -> Result<Option<String>, String> {
        if self.peek() != keyword {
            return Ok(None);
        }
        self.keyword(keyword)?;
        self.next(&format!("the value after `{keyword}`")).map(Some)
    }

    pub(super) fn list(&mut self, keyword: &str) -> Result<Vec<String>, String> {
        let Some(first) = self.optional(keyword)? else { return Ok(Vec::new()) };
        let mut all = vec![first];
        while let Some(next) = self.optional("and")? {
            all.push(next);
        }
        Ok(all)
    }

    pub(super) fn permissions(&mut self, keyword: &str) -> Result<Vec<PermissionName>, String> {
        if self.peek() != keyword {
            return Ok(Vec::new());
        }
        self.keyword(keyword)?;
        let mut all = Vec::new();
        loop {
            let (permission, rest) = permission::read(self.0)?;
            all.push(permission);
            let Some(more) = rest.strip_prefix(" and ") else {
                self.0 = rest.trim_start_matches(' ');
                return Ok(all);
            };
            self.0 = more;
        }
    }

    pub(super) fn end(&self) -> Result<(), String> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(format!("unexpected text at the end of the line: {:?}: remove it", self.0))
        }
    }
}

/// Writes a word, quoted if necessary.
pub(super) fn word(text: &str) -> String {
    let plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '"');
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

pub(super) fn list(f: &mut fmt::Formatter<'_>, keyword: &str, words: &[String]) -> fmt::Result {
    if words.is_empty() {
        return Ok(());
    }
    write!(f, " {keyword} {}", words.iter().map(|text| word(text)).collect::<Vec<_>>().join(" and "))
}
