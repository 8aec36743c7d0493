use super::words::{BLANK, INVISIBLE, INVISIBLES, LETTERS, LONG, check_visible, check_words};

#[test]
fn an_unreadable_text_is_refused() {
    for text in [
        "",
        " ",
        " \u{a0}\u{2003}\u{3000}",
        ".",
        "...",
        "-",
        "*",
        "?!",
        "\u{2014}",
        "\u{301}\u{302}",
        "\u{93e}",
        "\u{ab}\u{bb}",
    ] {
        assert_eq!(check_words(text), Err(BLANK), "{text:?}");
    }
    let invisible = ('\u{200b}'..='\u{200f}')
        .chain('\u{202a}'..='\u{202e}')
        .chain('\u{2066}'..='\u{2069}')
        .chain('\0'..='\u{1f}')
        .chain(
            "\u{7f}\u{85}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{180e}\u{2028}\u{2029}\u{2060}\u{2800}\u{3164}".chars(),
        )
        .chain("\u{e000}\u{fe0f}\u{feff}\u{ffa0}\u{fffc}\u{fffd}\u{e0041}\u{e0100}\u{f0000}\u{10ffff}".chars());
    for char in invisible {
        for text in [char.to_string(), format!("load balancer{char} probe")] {
            assert_eq!(check_words(&text), Err(INVISIBLE), "{text:?}");
            assert_eq!(check_visible(&text), Err(INVISIBLE), "{text:?}");
        }
    }
    assert_eq!(check_words(&"x".repeat(10 * 1024)), Err(LONG));
    assert_eq!(check_words(&"x".repeat(201)), Err(LONG));
    assert_eq!(check_words(&"\u{e4}".repeat(101)), Err(LONG));
}

#[test]
fn words_of_any_language_are_accepted() {
    for text in [
        "load balancer probe",
        "7",
        "x",
        "prüft ein Passwort, bevor es ein Token gibt",
        "проверяет пароль",
        "ελέγχει τον κωδικό",
        "בודק סיסמה",
        "يتحقق من كلمة المرور",
        "पासवर्ड जाँचता है",
        "ตรวจสอบรหัสผ่าน",
        "パスワードを確認する",
        "检查密码",
        "비밀번호를 확인한다",
    ] {
        assert_eq!(check_words(text), Ok(()), "{text}");
    }
    assert_eq!(check_words(&"x".repeat(200)), Ok(()));
}

#[test]
fn a_text_of_an_issuer_need_not_be_a_word() {
    for text in ["*", ".", "orders:write", "https://example.com/roles", "Größe"] {
        assert_eq!(check_visible(text), Ok(()), "{text}");
    }
    for text in ["", "  ", "\u{301}"] {
        assert_eq!(check_visible(text), Err(BLANK), "{text:?}");
    }
}

/// The tables exist because those of the standard library are not `const`.
#[test]
fn the_tables_agree_with_those_of_the_standard_library() {
    let inside = |ranges: &[(u32, u32)], code| ranges.iter().any(|(from, to)| (*from..=*to).contains(&code));
    for char in '\0'..=char::MAX {
        let code = u32::from(char);
        let (invisible, letter) = (inside(INVISIBLES, code), inside(LETTERS, code));
        assert!(!(invisible && letter), "{code:x}");
        assert!(!char.is_control() || invisible, "{code:x}");
        assert!(!letter || !char.is_whitespace(), "{code:x}");
        // The decoder reads each code point, at the start and behind another one.
        let expected = if invisible { Err(INVISIBLE) } else { Ok(()) };
        assert_eq!(check_words(&format!("a{char}")), expected, "{code:x}");
    }
    // Apart from letters, the ranges contain only unassigned code points.
    let stray = LETTERS.iter().flat_map(|(from, to)| *from..=*to).filter_map(char::from_u32);
    let stray: Vec<char> = stray.filter(|char| char.is_ascii_punctuation() || char.is_control()).collect();
    assert!(stray.is_empty(), "{stray:?}");
}
