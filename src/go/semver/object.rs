//! Versions inside templates: what the function `semver` gives, and what `IncMajor` and its like give.

use std::any::Any;
use std::rc::Rc;

use super::version::Version;
use crate::go::template::{FuncError, Method};
use crate::go::value::{Kind, Object, ObjectType, Str, Type, UintKind, Value};

/// `*semver.Version`.
pub static VERSION_PTR: ObjectType =
    ObjectType { name: "*semver.Version", kind: Kind::Ptr, fields: &[], methods: &PTR_METHODS };

/// `semver.Version`, which lacks the methods that need an address.
pub static VERSION: ObjectType =
    ObjectType { name: "semver.Version", kind: Kind::Struct, fields: &[], methods: &METHODS };

/// A version as a template value.
#[derive(Debug)]
pub struct VersionObject {
    version: Version,
    ty: &'static ObjectType,
}

impl VersionObject {
    /// A `*semver.Version`.
    pub fn pointer(version: Version) -> Value {
        Value::Object(Rc::new(VersionObject { version, ty: &VERSION_PTR }))
    }

    fn plain(version: Version) -> Value {
        Value::Object(Rc::new(VersionObject { version, ty: &VERSION }))
    }
}

impl Object for VersionObject {
    fn ty(&self) -> &'static ObjectType {
        self.ty
    }

    fn unexported(&self) -> &'static [&'static str] {
        &["major", "minor", "patch", "pre", "metadata", "original"]
    }

    fn shown_fields(&self) -> Vec<(&'static str, Value)> {
        let Version { major, minor, patch, pre, metadata, original } = &self.version;
        let number = |n: &u64| Value::Uint(UintKind::Uint64, *n);
        vec![
            ("major", number(major)),
            ("minor", number(minor)),
            ("patch", number(patch)),
            ("pre", pre.as_str().into()),
            ("metadata", metadata.as_str().into()),
            ("original", original.as_str().into()),
        ]
    }

    fn equal_unexported(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<VersionObject>().is_some_and(|other| self.version == other.version)
    }

    fn reflected_copy(&self) -> Option<Value> {
        Some(Value::Object(Rc::new(VersionObject { version: Version::default(), ty: self.ty })))
    }

    fn to_text(&self) -> Option<Str> {
        Some(self.version.to_string().into())
    }

    fn to_json(&self) -> Option<Result<String, String>> {
        // Nothing in a version needs escaping.
        Some(Ok(format!("\"{}\"", self.version)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

static OTHER: [Type; 1] = [Type::Object(&VERSION_PTR)];

const fn method(name: &'static str, call: fn(&Value, &[Value]) -> Result<Value, FuncError>) -> Method {
    Method { name, params: &[], variadic: false, call }
}

const fn relation(name: &'static str, call: fn(&Value, &[Value]) -> Result<Value, FuncError>) -> Method {
    Method { name, params: &OTHER, variadic: false, call }
}

const fn setter(name: &'static str, call: fn(&Value, &[Value]) -> Result<Value, FuncError>) -> Method {
    Method { name, params: &[Type::String], variadic: false, call }
}

const INC_MAJOR: Method = method("IncMajor", |v, _| next(of(v)?.next_major(), "major"));
const INC_MINOR: Method = method("IncMinor", |v, _| next(of(v)?.next_minor(), "minor"));
const INC_PATCH: Method = method("IncPatch", |v, _| next(of(v)?.next_patch(), "patch"));
const MAJOR: Method = method("Major", |v, _| Ok(Value::Uint(UintKind::Uint64, of(v)?.major)));
const MARSHAL_JSON: Method = method("MarshalJSON", |v, _| Ok(bytes(&format!("\"{}\"", of(v)?))));
const MARSHAL_TEXT: Method = method("MarshalText", |v, _| Ok(bytes(&of(v)?.to_string())));
const METADATA: Method = method("Metadata", |v, _| Ok(Value::string(of(v)?.metadata.as_str())));
const MINOR: Method = method("Minor", |v, _| Ok(Value::Uint(UintKind::Uint64, of(v)?.minor)));
const PATCH: Method = method("Patch", |v, _| Ok(Value::Uint(UintKind::Uint64, of(v)?.patch)));
const PRERELEASE: Method = method("Prerelease", |v, _| Ok(Value::string(of(v)?.pre.as_str())));
const SET_METADATA: Method =
    setter("SetMetadata", |v, args| Ok(VersionObject::plain(of(v)?.with_metadata(text(args))?)));
const SET_PRERELEASE: Method =
    setter("SetPrerelease", |v, args| Ok(VersionObject::plain(of(v)?.with_prerelease(text(args))?)));
const STRING: Method = method("String", |v, _| Ok(Value::string(of(v)?.to_string())));
const VALUE: Method = method("Value", |v, _| Ok(Value::string(of(v)?.to_string())));

static METHODS: [Method; 14] = [
    INC_MAJOR,
    INC_MINOR,
    INC_PATCH,
    MAJOR,
    MARSHAL_JSON,
    MARSHAL_TEXT,
    METADATA,
    MINOR,
    PATCH,
    PRERELEASE,
    SET_METADATA,
    SET_PRERELEASE,
    STRING,
    VALUE,
];

static PTR_METHODS: [Method; 21] = [
    relation("Compare", |v, args| Ok(Value::int(of(v)?.compare(argument(args)?) as i64))),
    relation("Equal", |v, args| {
        // The one relation that looks before it follows the pointer.
        Ok(Value::Bool(!matches!(args, [Value::Nil]) && of(v)?.compare(argument(args)?).is_eq()))
    }),
    relation("GreaterThan", |v, args| Ok(Value::Bool(of(v)?.compare(argument(args)?).is_gt()))),
    relation("GreaterThanEqual", |v, args| Ok(Value::Bool(of(v)?.compare(argument(args)?).is_ge()))),
    INC_MAJOR,
    INC_MINOR,
    INC_PATCH,
    relation("LessThan", |v, args| Ok(Value::Bool(of(v)?.compare(argument(args)?).is_lt()))),
    relation("LessThanEqual", |v, args| Ok(Value::Bool(of(v)?.compare(argument(args)?).is_le()))),
    MAJOR,
    MARSHAL_JSON,
    MARSHAL_TEXT,
    METADATA,
    MINOR,
    method("Original", |v, _| Ok(Value::string(of(v)?.original.as_str()))),
    PATCH,
    PRERELEASE,
    SET_METADATA,
    SET_PRERELEASE,
    STRING,
    VALUE,
];

/// The version of a receiver or an argument.
fn of(value: &Value) -> Result<&Version, FuncError> {
    let object = match value {
        Value::Object(object) => object.as_any().downcast_ref::<VersionObject>(),
        _ => None,
    };
    object
        .map(|o| &o.version)
        .ok_or_else(|| FuncError::panic("runtime error: invalid memory address or nil pointer dereference"))
}

fn argument(args: &[Value]) -> Result<&Version, FuncError> {
    of(args.first().unwrap_or(&Value::Nil))
}

fn text(args: &[Value]) -> &[u8] {
    args.first().and_then(Value::as_str).map(|s| s.as_bytes()).unwrap_or_default()
}

fn next(version: Option<Version>, part: &str) -> Result<Value, FuncError> {
    version
        .map(VersionObject::plain)
        .ok_or_else(|| FuncError::panic(format!("{part} version increment would overflow uint64")))
}

fn bytes(text: &str) -> Value {
    Value::Bytes(text.as_bytes().into())
}
