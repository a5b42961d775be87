//! Structs and pointers to structs, as templates see them: fields, methods, how they print.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use super::Value;
use super::str::Str;
use super::types::Kind;
use crate::go::template::Method;

/// A field of a struct type.
#[derive(Debug)]
pub struct FieldDef {
    /// Its Go name; one that begins with a lower-case letter is printed by `fmt` but is out of reach for templates and JSON.
    pub name: &'static str,
    /// Its name in JSON; `None` when it is not marshalled.
    pub json: Option<&'static str>,
    /// `omitempty`.
    pub omit_empty: bool,
    /// An embedded struct, whose fields and methods are promoted.
    pub embedded: bool,
}

/// A struct or pointer type.
#[derive(Debug)]
pub struct ObjectType {
    /// As Go writes it, such as `*semver.Version` or `chart.Metadata`.
    pub name: &'static str,
    /// [`Kind::Ptr`] or [`Kind::Struct`].
    pub kind: Kind,
    /// Fields in the order of the declaration.
    pub fields: &'static [FieldDef],
    /// Exported methods that a template may call.
    pub methods: &'static [Method],
}

/// A struct or pointer value.
pub trait Object: fmt::Debug {
    /// Its type. Types are compared by address.
    fn ty(&self) -> &'static ObjectType;

    /// The field values, in the order of [`ObjectType::fields`].
    fn field_values(&self) -> Vec<Value> {
        Vec::new()
    }

    /// One of the field values.
    fn field_value(&self, index: usize) -> Option<Value> {
        self.field_values().into_iter().nth(index)
    }

    /// All fields with their names as `fmt` shows them, for a type that hides some from templates; else those of the type.
    fn shown_fields(&self) -> Vec<(&'static str, Value)> {
        self.ty().fields.iter().map(|field| field.name).zip(self.field_values()).collect()
    }

    /// Names of unexported fields, which Go refuses in other words than fields that are not there.
    fn unexported(&self) -> &'static [&'static str] {
        &[]
    }

    /// The value as it is once it has been copied, when that differs: Go shows the methods of `*T` on a `T` only as long as it
    /// can take its address, as in a field reached through a pointer, and an argument of a function is a copy.
    fn copied(&self) -> Option<Value> {
        None
    }

    /// Whether the unexported fields of another object of the same type are equal, for `reflect.DeepEqual`; by default told
    /// from what both say of themselves.
    fn equal_unexported(&self, other: &dyn Object) -> bool {
        self.to_text() == other.to_text() && self.to_json() == other.to_json()
    }

    /// Whether `==` finds the unexported fields of another object of the same type equal, to which pointers in them must be
    /// the same ones.
    fn same_unexported(&self, other: &dyn Object) -> bool {
        self.equal_unexported(other)
    }

    /// What a copy field by field, as `deepCopy` makes it, has in its place when it loses something: unexported fields are
    /// left out of such a copy, so that of a version nothing remains but zeros.
    fn reflected_copy(&self) -> Option<Value> {
        None
    }

    /// What its `String` or `Error` method gives, which `fmt` prefers to the fields.
    fn to_text(&self) -> Option<Str> {
        None
    }

    /// What its `GoString` method gives, which `%#v` prefers to the fields.
    fn to_go_text(&self) -> Option<Str> {
        None
    }

    /// What its `MarshalJSON` or `MarshalText` method gives, as JSON text, or the text of the error it returns.
    fn to_json(&self) -> Option<Result<String, String>> {
        None
    }

    /// The concrete type, for methods.
    fn as_any(&self) -> &dyn Any;
}

/// A plain struct (or pointer to one) that is nothing but its fields.
#[derive(Debug)]
pub struct Struct {
    ty: &'static ObjectType,
    values: Vec<Value>,
}

impl Struct {
    /// A struct of a type with its field values in the order of the type's fields.
    pub fn new(ty: &'static ObjectType, values: Vec<Value>) -> Struct {
        debug_assert_eq!(ty.fields.len(), values.len(), "{}", ty.name);
        Struct { ty, values }
    }
}

impl Struct {
    /// The struct with zero values in place of its unexported fields, when it has such fields.
    pub fn without_unexported(&self) -> Option<Struct> {
        let hidden = |field: &FieldDef| field.name.starts_with(char::is_lowercase);
        self.ty.fields.iter().any(hidden).then(|| {
            let values = self.ty.fields.iter().zip(&self.values).map(|(field, value)| match value.ty() {
                Some(ty) if hidden(field) => ty.zero(),
                _ => value.clone(),
            });
            Struct { ty: self.ty, values: values.collect() }
        })
    }
}

impl Object for Struct {
    fn ty(&self) -> &'static ObjectType {
        self.ty
    }

    fn field_values(&self) -> Vec<Value> {
        self.values.clone()
    }

    fn field_value(&self, index: usize) -> Option<Value> {
        self.values.get(index).cloned()
    }

    fn reflected_copy(&self) -> Option<Value> {
        self.without_unexported().map(|copy| Value::Object(Rc::new(copy)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
