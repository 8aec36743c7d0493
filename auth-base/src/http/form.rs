//! Encodes forms (`application/x-www-form-urlencoded`).

use reqwest::Url;

/// Encodes the fields of a form, in order.
pub fn form(fields: &[(&str, &str)]) -> String {
    encoded(|url| {
        url.query_pairs_mut().extend_pairs(fields);
    })
}

/// Encodes one text as the name or the value of a field (RFC 6749 appendix B).
pub fn field(text: &str) -> String {
    encoded(|url| {
        url.query_pairs_mut().append_key_only(text);
    })
}

/// The query of a URL has the same encoding, and the library of URLs implements it.
fn encoded(set: impl FnOnce(&mut Url)) -> String {
    let mut url = Url::parse("http://localhost/").expect("a URL");
    set(&mut url);
    url.query().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{field, form};

    #[test]
    fn each_reserved_character_is_escaped() {
        let fields = [("token", "a+b/c=d&e f%\u{e9}\r\n"), ("hint", "x-._*~")];
        assert_eq!(form(&fields), "token=a%2Bb%2Fc%3Dd%26e+f%25%C3%A9%0D%0A&hint=x-._*%7E");
        assert_eq!(field("a:b c"), "a%3Ab+c");
        assert_eq!((field(""), form(&[])), (String::new(), String::new()));
    }
}
