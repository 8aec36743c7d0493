//! Reads what a scheme signs: `{timestamp}.{body}`.

/// A part of the signed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Text(&'static str),
    SentAt,
    DeliveryId,
    WholeBody,
    /// A placeholder that is not known, or a brace without its twin.
    UnknownPlaceholder,
}

const PLACEHOLDERS: [(&str, Piece); 3] =
    [("{timestamp}", Piece::SentAt), ("{id}", Piece::DeliveryId), ("{body}", Piece::WholeBody)];

/// Returns the first part of a template, and the rest of it.
///
/// `const`, so that the compiler and the verifier read a template in the same way.
pub(super) const fn first_piece(template: &'static str) -> (Piece, &'static str) {
    let bytes = template.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b'{' && bytes[end] != b'}' {
        end += 1;
    }
    if end > 0 {
        let (text, rest) = template.split_at(end);
        return (Piece::Text(text), rest);
    }
    let mut i = 0;
    while i < PLACEHOLDERS.len() {
        let (name, piece) = PLACEHOLDERS[i];
        if starts_with(bytes, name.as_bytes()) {
            return (piece, template.split_at(name.len()).1);
        }
        i += 1;
    }
    (Piece::UnknownPlaceholder, "")
}

const fn starts_with(bytes: &[u8], start: &[u8]) -> bool {
    if bytes.len() < start.len() {
        return false;
    }
    let mut i = 0;
    while i < start.len() {
        if bytes[i] != start[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Returns all parts of a template.
pub(super) fn pieces(mut template: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while !template.is_empty() {
        let (piece, rest) = first_piece(template);
        pieces.push(piece);
        template = rest;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn a_template_is_read_in_parts() {
        use Piece::{DeliveryId, SentAt, Text, UnknownPlaceholder, WholeBody};
        for (template, parts) in [
            ("{body}", vec![WholeBody]),
            ("v0:{timestamp}:{body}", vec![Text("v0:"), SentAt, Text(":"), WholeBody]),
            ("{id}.{timestamp}.{body}", vec![DeliveryId, Text("."), SentAt, Text("."), WholeBody]),
            ("{url}{body}", vec![UnknownPlaceholder]),
            ("{body", vec![UnknownPlaceholder]),
            ("}{body}", vec![UnknownPlaceholder]),
        ] {
            assert_eq!(pieces(template), parts, "{template}");
        }
    }
}
