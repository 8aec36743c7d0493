//! A parser for the text of permissions. Text and structure are one to one, so that a lock tells
//! two permissions apart.

use auth_runtime::permissions::PermissionName;
use std::borrow::Cow;

/// Parses a permission at the start of a text, and returns the rest.
/// Reads the whole text of a permission, as the posture shows it.
pub(crate) fn parsed(text: &str) -> PermissionName {
    // A text of the posture can always be read.
    read(text).map_or_else(|_| PermissionName::Scope(text.to_owned().into()), |(permission, _)| permission)
}

pub(super) fn read(text: &str) -> Result<(PermissionName, &str), String> {
    for (opening, group) in [
        ("all of (", PermissionName::All as fn(Vec<PermissionName>) -> PermissionName),
        ("any of (", PermissionName::Any),
    ] {
        if let Some(parts) = text.strip_prefix(opening) {
            let (parts, rest) = list(parts)?;
            return Ok((group(parts), rest));
        }
    }
    let (word, rest) = word(text, "")?;
    if let Some(path) = rest.strip_prefix(" in keys of ") {
        let (path, rest) = names(path)?;
        return Ok((PermissionName::KeyOfClaim { value: word, path }, rest));
    }
    if let Some(path) = rest.strip_prefix(" in ") {
        let (path, rest) = names(path)?;
        return Ok((PermissionName::Claim { value: word, path }, rest));
    }
    if let Some(by) = rest.strip_prefix(" by ") {
        let (by, rest) = self::word(by, "")?;
        return Ok((PermissionName::Check { name: word, by }, rest));
    }
    Ok((PermissionName::Scope(word), rest))
}

fn list(mut text: &str) -> Result<(Vec<PermissionName>, &str), String> {
    let mut parts = Vec::new();
    if let Some(rest) = text.strip_prefix(')') {
        return Ok((parts, rest));
    }
    loop {
        let (part, rest) = read(text)?;
        parts.push(part);
        if let Some(rest) = rest.strip_prefix(')') {
            return Ok((parts, rest));
        }
        text = rest
            .strip_prefix(", ")
            .ok_or_else(|| format!("unexpected text in a permission: {rest:?}: expected `, ` or `)`"))?;
    }
}

fn names(mut text: &str) -> Result<(Vec<Cow<'static, str>>, &str), String> {
    let mut names = Vec::new();
    loop {
        let (name, rest) = word(text, ".")?;
        names.push(name);
        match rest.strip_prefix('.') {
            Some(more) => text = more,
            None => return Ok((names, rest)),
        }
    }
}

fn word<'a>(text: &'a str, separators: &str) -> Result<(Cow<'static, str>, &'a str), String> {
    if let Some(quoted) = text.strip_prefix('"') {
        return string(quoted)
            .ok_or_else(|| format!("string in a permission does not end: {text:?}: add the closing quote"));
    }
    let ends = |c: char| !c.is_ascii_graphic() || matches!(c, '"' | '\\' | '(' | ')' | ',') || separators.contains(c);
    let end = text.find(ends).unwrap_or(text.len());
    if end == 0 {
        return Err(format!("permission is missing: before {text:?}"));
    }
    Ok((text[..end].to_owned().into(), &text[end..]))
}

/// Parses up to the closing quote, and resolves the escapes.
fn string(text: &str) -> Option<(Cow<'static, str>, &str)> {
    let mut read = String::new();
    let mut rest = text.chars();
    loop {
        match rest.next()? {
            '"' => return Some((read.into(), rest.as_str())),
            '\\' => match rest.next()? {
                'u' => {
                    let (digits, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
                    read.push(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?);
                    rest = after.chars();
                }
                same => read.push(same),
            },
            plain => read.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use auth_runtime::permissions::PermissionName;
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

    /// Texts that imitate the keywords and punctuation.
    fn text() -> impl Strategy<Value = String> {
        let imitation = prop_oneof![
            Just("any of (a, b)".to_owned()),
            Just("a in b".to_owned()),
            Just("keys".to_owned()),
            Just("keys of a".to_owned()),
            Just("a by b".to_owned()),
            Just("any".to_owned()),
            Just("a\", \"b".to_owned()),
            Just("a.b".to_owned()),
            Just("a and b".to_owned()),
            "[ab.,()\" \\\\\\n\u{200b}\u{430}]{0,4}",
            any::<String>(),
        ];
        prop_oneof![Just("a".to_owned()), Just("b".to_owned()), imitation]
    }

    fn permission() -> impl Strategy<Value = PermissionName> {
        let one = prop_oneof![
            text().prop_map(|scope| PermissionName::Scope(scope.into())),
            (text(), prop::collection::vec(text(), 1..4)).prop_map(|(value, path)| PermissionName::Claim {
                value: value.into(),
                path: path.into_iter().map(Into::into).collect()
            }),
            (text(), prop::collection::vec(text(), 1..4)).prop_map(|(value, path)| PermissionName::KeyOfClaim {
                value: value.into(),
                path: path.into_iter().map(Into::into).collect()
            }),
            (text(), text()).prop_map(|(name, by)| PermissionName::Check { name: name.into(), by: by.into() }),
        ];
        one.prop_recursive(3, 12, 4, |part| {
            let parts = prop::collection::vec(part, 0..4);
            prop_oneof![parts.clone().prop_map(PermissionName::All), parts.prop_map(PermissionName::Any)]
        })
    }

    proptest! {
        /// Equal texts have equal structures, and different texts different ones.
        #[test]
        fn a_text_has_one_structure(permission in permission()) {
            let text = permission.to_string();
            prop_assert_eq!(read(&text), Ok((permission.clone().canonical(), "")), "{}", &text);
            prop_assert_eq!(permission.canonical().to_string(), text);
        }

        #[test]
        fn a_text_is_printable_ascii_on_one_line(permission in permission()) {
            assert!(permission.to_string().bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()));
        }
    }
}
