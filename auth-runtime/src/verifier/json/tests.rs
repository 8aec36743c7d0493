use super::reader::MAX_DEPTH;
use super::{Array, Document, Json, Object};
use serde_json::{Error, Map, Value};

fn object(json: &[u8]) -> Result<Document, Error> {
    Document::parse(std::str::from_utf8(json).map_err(serde::de::Error::custom)?)
}

#[test]
fn t30_a_member_that_occurs_twice_is_refused_at_any_depth_and_in_any_spelling() {
    for twice in [r#"{"a":1,"a":1}"#, r#"{"exp":1,"e\u0078p":2}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"a":[{"b":1,"b":2}]}"#]
    {
        let error = object(twice.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("twice"), "{twice}: {error}");
    }
    object(br#"{"a":{"b":1},"c":{"b":1}}"#).unwrap();
}

#[test]
fn t32_only_one_object_is_read() {
    let deep = "[".repeat(10_000);
    let deep_in_object = format!("{{\"a\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: [&[u8]; 13] = [
        b"",
        b"[]",
        b"1",
        b"null",
        b"\"text\"",
        b"{} ",
        b"{}{}",
        b"{}x",
        b"\xef\xbb\xbf{}",
        b"{/* no */}",
        b"{'a':1}",
        deep.as_bytes(),
        deep_in_object.as_bytes(),
    ];
    for (index, case) in cases.iter().enumerate() {
        // White space around the object is JSON, and allowed.
        assert_eq!(object(case).is_ok(), index == 5, "{}", String::from_utf8_lossy(&case[..case.len().min(40)]));
    }
    object(br#"{"a":"\ud800"}"#).unwrap_err();
    object(br#"{"a":1e400}"#).unwrap_err();
    object(b"{\"a\":\"\xff\"}").unwrap_err();
    object("{\"a\":\"\u{0}\"}".as_bytes()).unwrap_err();
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    object(nested(MAX_DEPTH - 1).as_bytes()).unwrap();
    object(nested(MAX_DEPTH).as_bytes()).unwrap_err();
}
/// What `serde_json` makes of a document, of what was read here.
fn same(object: Object<'_>, value: &Map<String, Value>) {
    assert_eq!(object.members().count(), value.len());
    for (name, json) in object.members() {
        same_value(json, &value[name]);
        same_value(object.get(name).unwrap(), &value[name]);
    }
    assert!(!object.contains("no such member"));
}

fn same_value(json: Json<'_>, value: &Value) {
    match (json, value) {
        (Json::Literal, Value::Null | Value::Bool(_)) => {}
        (Json::Number(number), Value::Number(same)) => assert_eq!(number, same),
        (Json::Text(text), Value::String(same)) => assert_eq!(text, same),
        (Json::Array(array), Value::Array(same)) => elements(array, same),
        (Json::Object(object), Value::Object(of)) => same(object, of),
        (json, value) => panic!("{json:?} is not {value:?}"),
    }
}

fn elements(array: Array<'_>, values: &[Value]) {
    assert_eq!(array.elements().count(), values.len());
    array.elements().zip(values).for_each(|(json, value)| same_value(json, value));
}

#[test]
fn what_is_read_is_what_serde_json_reads() {
    for text in [
        "{}",
        r#"{"a":{},"b":[],"c":null,"d":true,"e":false,"f":"","":"g"}"#,
        r#"{"a":[1,[2,[3,{"a":[4]}]],{"b":{"c":{"d":"e"}},"f":5}],"g":"\u0000\"\\ä\ud83d\ude00"}"#,
        r#"{"e\u0078p":1,"n":[0,-1,1.5,-0.0,1e300,18446744073709551615,18446744073709551616,-9223372036854775808]}"#,
        &format!("{{{}}}", (0..100).map(|n| format!("\"{n}\":{{\"{n}\":[{n}]}}")).collect::<Vec<_>>().join(",")),
    ] {
        same(object(text.as_bytes()).unwrap().root(), &serde_json::from_str(text).unwrap());
    }
}

#[test]
fn a_member_that_occurs_twice_is_found_among_many() {
    let names = |count: usize| (0..count).map(|n| format!("\"{n}\":{{\"0\":0}}")).collect::<Vec<_>>().join(",");
    for count in [1, 23, 24, 25, 26, 60] {
        object(format!("{{{}}}", names(count)).as_bytes()).unwrap();
        for again in [0, count / 2, count - 1] {
            let twice = format!("{{{},\"{again}\":0}}", names(count));
            object(twice.as_bytes()).expect_err(&twice);
        }
    }
}

/// What `serde_json`'s `arbitrary_precision` hands out for numbers, in a build where somebody has switched it on.
#[test]
fn an_object_that_looks_like_a_number_is_no_object() {
    for number in [r#"{"a":{"$serde_json::private::Number":"1"}}"#, r#"{"$serde_json::private::Number":"1"}"#] {
        if let Ok(read) = object(number.as_bytes()) {
            // It can't be told from a number there.
            assert!(matches!(read.root().get("a"), Some(Json::Number(_))));
        }
    }
    object(br#"{"a":{"b":1,"$serde_json::private::Number":"1"}}"#).unwrap();
}
