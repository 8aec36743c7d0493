//! Decodes a [`Document`] into the service's own type.

use super::{Document, Json, Object};
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Error;

impl Document {
    /// Decodes the object into another type.
    ///
    /// # Errors
    ///
    /// When the type cannot be deserialized from it.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        T::deserialize(Json::Object(self.root()))
    }
}

impl<'a> Object<'a> {
    /// The members, with names as borrowed values.
    fn entries(self) -> impl Iterator<Item = (Json<'a>, Json<'a>)> {
        self.members().map(|(name, value)| (Json::Text(name), value))
    }
}

impl<'de> IntoDeserializer<'de, Error> for Json<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Like the deserializer of `serde_json::Value`: the value determines the type.
impl<'de> Deserializer<'de> for Json<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(bool) => visitor.visit_bool(bool),
            Self::Number(number) => number.deserialize_any(visitor),
            Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Array(array) => {
                let mut elements = SeqDeserializer::new(array.elements());
                let made = visitor.visit_seq(&mut elements)?;
                elements.end().map(|()| made)
            }
            Self::Object(object) => {
                let mut members = MapDeserializer::new(object.entries());
                let made = visitor.visit_map(&mut members)?;
                members.end().map(|()| made)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A string with the variant's name, or an object with one member of that name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => text.into_deserializer().deserialize_enum(name, variants, visitor),
            Self::Object(object) if object.members().count() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(object.entries())))
            }
            other => other.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
