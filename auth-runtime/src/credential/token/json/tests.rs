use super::reader::MAX_DEPTH;
use super::{Array, Document, Json, Object};
use serde::Deserialize;
use serde_json::{Error, Map, Number, Value, json};
use std::collections::HashMap;

fn object(json: &[u8]) -> Result<Document, Error> {
    Document::parse(std::str::from_utf8(json).map_err(serde::de::Error::custom)?)
}

#[test]
fn t30_a_duplicate_member_is_rejected_at_any_depth_and_in_any_spelling() {
    for twice in [r#"{"a":1,"a":1}"#, r#"{"exp":1,"e\u0078p":2}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"a":[{"b":1,"b":2}]}"#]
    {
        let error = object(twice.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("twice"), "{twice}: {error}");
    }
    object(br#"{"a":{"b":1},"c":{"b":1}}"#).unwrap();
}

#[test]
fn t32_only_a_single_object_is_read() {
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

/// Asserts that a document equals the one that `serde_json` reads.
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
        (Json::Null, Value::Null) => {}
        (Json::Bool(bool), Value::Bool(same)) => assert_eq!(bool, *same),
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
fn a_document_equals_the_one_that_serde_json_reads() {
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
fn a_duplicate_member_is_found_among_many() {
    let names = |count: usize| (0..count).map(|n| format!("\"{n}\":{{\"0\":0}}")).collect::<Vec<_>>().join(",");
    for count in [1, 23, 24, 25, 26, 60] {
        object(format!("{{{}}}", names(count)).as_bytes()).unwrap();
        for again in [0, count / 2, count - 1] {
            let twice = format!("{{{},\"{again}\":0}}", names(count));
            object(twice.as_bytes()).expect_err(&twice);
        }
    }
}

/// `serde_json` represents numbers like this in a build with its `arbitrary_precision` feature.
#[test]
fn an_object_that_looks_like_a_number_is_not_an_object() {
    for number in [r#"{"a":{"$serde_json::private::Number":"1"}}"#, r#"{"$serde_json::private::Number":"1"}"#] {
        if let Ok(read) = object(number.as_bytes()) {
            // With the feature it cannot be distinguished from a number.
            assert!(matches!(read.root().get("a"), Some(Json::Number(_))));
        }
    }
    object(br#"{"a":{"b":1,"$serde_json::private::Number":"1"}}"#).unwrap();
    // Adjacent strings in memory are not a name.
    let split = object(br#"{"a":["$serde_json::private::",{"Number":"5"}]}"#).unwrap();
    let Some(Json::Array(elements)) = split.root().get("a") else { panic!("{split:?}") };
    assert!(matches!(elements.elements().last(), Some(Json::Object(_))), "{split:?}");
}

/// All types that serde's derive can request.
#[derive(Debug, PartialEq, Deserialize)]
struct Everything {
    unit: (),
    flag: bool,
    small: i8,
    large: Option<u64>,
    huge: Option<u128>,
    fraction: f64,
    letter: char,
    text: String,
    bytes: Option<ByteBuf>,
    newtype: Newtype,
    tuple: (u8, String),
    kinds: Vec<Kind>,
    untagged: Vec<Untagged>,
    tagged: Option<Tagged>,
    map: HashMap<String, Option<i64>>,
    number: Number,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Newtype(u32);

#[derive(Debug, PartialEq, Deserialize)]
struct ByteBuf(Vec<u8>);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Unit,
    Newtype(u8),
    Tuple(u8, u8),
    Struct { a: u8 },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Untagged {
    One(String),
    Many(Vec<String>),
    Inside { a: u8 },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    A { x: u8 },
    B,
}

#[test]
fn a_type_is_decoded_as_by_serde_json() {
    let good = json!({
        "unit": null, "flag": true, "small": -128, "large": u64::MAX, "huge": 7, "fraction": 1.5, "letter": "ä", "text": "\u{0}",
        "bytes": [1, 2], "newtype": 7, "tuple": [1, "b"], "kinds": ["unit", {"newtype": 1}, {"tuple": [1, 2]}, {"struct": {"a": 1}}],
        "untagged": ["a", ["b"], {"a": 1}], "tagged": {"kind": "A", "x": 1}, "map": {"a": null, "b": 1}, "number": 0.5,
        "rest": {"of": [null]},
    });
    let (mut decoded, mut refused) = (0, 0);
    let mut compare = |value: &Value| {
        let ours = object(value.to_string().as_bytes()).unwrap().decode::<Everything>();
        let theirs = serde_json::from_value::<Everything>(value.clone());
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                assert_eq!(ours, theirs);
                decoded += 1;
            }
            (Err(_), Err(_)) => refused += 1,
            (ours, theirs) => panic!("{value}: {ours:?} is not {theirs:?}"),
        }
    };
    compare(&good);
    let values = [
        json!(null),
        json!(false),
        json!(0),
        json!(-1),
        json!(300),
        json!(1.5),
        json!("a"),
        json!("unit"),
        json!([]),
        json!([1, 2]),
        json!(["a", "b", "c"]),
        json!({}),
        json!({"newtype": 1}),
        json!({"newtype": 1, "unit": null}),
        json!({"unit": null}),
        json!([{"newtype": 1, "tuple": 2}]),
        json!([{"newtype": "a"}]),
        json!([{}]),
        json!({"kind": "B"}),
        json!({"kind": "C"}),
        json!({"a": 1}),
    ];
    for name in good.as_object().unwrap().keys() {
        for value in &values {
            let mut changed = good.clone();
            changed[name] = value.clone();
            compare(&changed);
        }
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(name);
        compare(&without);
    }
    assert!(decoded > 50 && refused > 100, "{decoded} {refused}");
}

#[test]
fn names_that_share_a_slot_are_told_apart() {
    // The slot depends on the first and the last letter.
    let read = object(br#"{"ab":1,"axb":2,"of":{"ab":3,"axxb":4}}"#).unwrap();
    let is = |name: &str, expected: u64| matches!(read.root().get(name), Some(Json::Number(number)) if number.as_u64() == Some(expected));
    assert!(is("ab", 1) && is("axb", 2));
    assert!(!read.root().contains("ayb") && !read.root().contains("axxb") && !read.root().contains("other"));
    let Some(Json::Object(of)) = read.root().get("of") else { panic!("{read:?}") };
    assert!(of.contains("ab") && of.contains("axxb") && !of.contains("axb"));
    for twice in [&br#"{"ab":1,"axb":2,"ab":3}"#[..], br#"{"axb":1,"ab":2,"ab":3}"#, br#"{"of":{"ab":1,"ab":2}}"#] {
        assert!(object(twice).is_err(), "{}", String::from_utf8_lossy(twice));
    }
}

#[test]
fn a_name_is_found_at_any_node() {
    // More nodes than a slot can number, and more names than slots.
    for count in [1, 20, 64, 120, 130, 300] {
        let members: Vec<_> = (0..count).map(|n| format!("\"{n}\":{n}")).collect();
        let json = format!("{{{}}}", members.join(","));
        let read = object(json.as_bytes()).unwrap();
        for n in 0..count {
            let found = read.root().get(&n.to_string());
            assert!(matches!(found, Some(Json::Number(number)) if number.as_u64() == Some(n)), "{n} of {count}");
            let twice = format!("{{{},\"{n}\":0}}", members.join(","));
            assert!(object(twice.as_bytes()).is_err(), "{n} of {count}");
        }
        assert!(!read.root().contains(&count.to_string()));
    }
}
