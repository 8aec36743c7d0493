//! Searches the answer of a list for an object that another route shows.

use serde_json::{Map, Value};

/// A shorter id is also a number of another kind.
const LONG_ID: usize = 8;

/// An object of the good caller, as its route shows it.
pub(super) struct ListedObject {
    /// The name of the path parameter.
    pub(super) name: String,
    pub(super) id: String,
    pub(super) members: Map<String, Value>,
}

impl ListedObject {
    /// Whether a list has the object.
    ///
    /// Objects of another kind may have the same id. Below the path of the list, or where the id is
    /// long, the id is enough.
    pub(super) fn is_in(&self, list: &str, is_parent: bool) -> bool {
        let Ok(list) = serde_json::from_str::<Value>(list) else { return false };
        let is_unique = is_parent || self.id.len() >= LONG_ID;
        let mut found = false;
        self.search(&list, is_unique, &mut found);
        found
    }

    fn search(&self, value: &Value, is_unique: bool, found: &mut bool) {
        match value {
            Value::Array(items) => {
                *found |= is_unique && items.iter().any(|item| self.is_id(item));
                for item in items {
                    self.search(item, is_unique, found);
                }
            }
            Value::Object(members) => {
                let has_id = members.iter().any(|(name, value)| self.names_id(name) && self.is_id(value));
                *found |= has_id && (is_unique || self.shares_a_text(members));
                for value in members.values() {
                    self.search(value, is_unique, found);
                }
            }
            _ => {}
        }
    }

    fn is_id(&self, value: &Value) -> bool {
        let is_number = || value.as_number().is_some_and(|number| number.to_string() == self.id);
        value.as_str().map_or_else(is_number, |text| text == self.id)
    }

    fn names_id(&self, name: &str) -> bool {
        name == self.name
            || ["id", "_id", "uid", "uuid"].contains(&name)
            || name.ends_with("_id")
            || name.ends_with("Id")
    }

    /// Whether both have the same text, beside the id.
    fn shares_a_text(&self, members: &Map<String, Value>) -> bool {
        let is_text = |value: &Value| value.as_str().is_some_and(|text| text.len() >= 4 && text != self.id);
        members.iter().any(|(name, value)| is_text(value) && self.members.get(name) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::ListedObject;
    use serde_json::json;

    #[test]
    fn a_short_id_of_another_kind_is_not_the_object() {
        let members = json!({"id": 7, "name": "Ann Smith"}).as_object().unwrap().clone();
        let patient = ListedObject { name: "id".to_owned(), id: "7".to_owned(), members };
        for (list, is_parent, is_in) in [
            (r#"[{"id": 7, "name": "Ann Smith"}]"#, false, true),
            (r#"{"found": [{"patient_id": "7"}]}"#, true, true),
            ("[7, 8]", true, true),
            (r#"[{"id": 7, "name": "France"}]"#, false, false),
            (r#"[{"count": 7}]"#, true, false),
            ("[7, 8]", false, false),
            ("7 patients", true, false),
        ] {
            assert_eq!(patient.is_in(list, is_parent), is_in, "{list}");
        }
    }
}
