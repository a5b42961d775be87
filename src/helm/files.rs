//! `.Files`: the files of a chart that are no templates, and what a template may ask of them.
//!
//! Mirrors `pkg/engine/files.go` of both Helms.

use std::rc::Rc;
use std::sync::Arc;

use super::chart::ChartFile;
use super::dialect::{Dialect, Engine};
use crate::go::glob::{self, Glob, MatchError};
use crate::go::template::{FuncError, Method};
use crate::go::value::{Entries, Map, MapType, STRING_MAP, Str, Type, Value};
use crate::go::{base64, path, yaml};

/// `engine.files` of Helm 3.
static FILES3: MapType = MapType { name: "engine.files", elem: Type::Bytes, methods: METHODS3 };
/// `engine.files` of Helm 4.
static FILES4: MapType = MapType { name: "engine.files", elem: Type::Bytes, methods: METHODS4 };

const METHODS3: &[Method] =
    &[AS_CONFIG, AS_SECRETS, GET, GET_BYTES, GLOB, on_name("Lines", |files, args| lines(files, args, false))];
const METHODS4: &[Method] =
    &[AS_CONFIG, AS_SECRETS, GET, GET_BYTES, GLOB, on_name("Lines", |files, args| lines(files, args, true))];

const AS_CONFIG: Method = whole("AsConfig", |files, _| Ok(as_yaml(files, |data| Value::string(data))));
const AS_SECRETS: Method =
    whole("AsSecrets", |files, _| Ok(as_yaml(files, |data| Value::string(base64::encode(data)))));

const GET: Method = on_name("Get", |files, args| {
    Ok(Value::String(content(files, name(args)).map(|data| Str::from(&*data)).unwrap_or_default()))
});
const GET_BYTES: Method =
    on_name("GetBytes", |files, args| Ok(Value::Bytes(content(files, name(args)).unwrap_or_default())));
const GLOB: Method = on_name("Glob", glob);

const fn whole(name: &'static str, call: fn(&Value, &[Value]) -> Result<Value, FuncError>) -> Method {
    Method { name, params: &[], variadic: false, call }
}

const fn on_name(name: &'static str, call: fn(&Value, &[Value]) -> Result<Value, FuncError>) -> Method {
    Method { name, params: &[Type::String], variadic: false, call }
}

/// The `.Files` of a chart with these files.
pub fn files(files: &Rc<Vec<ChartFile>>, dialect: &Dialect) -> Value {
    let files = Rc::clone(files);
    let entry = |file: &ChartFile| (Str::from(file.name.as_str()), Value::Bytes(Arc::clone(file.data.shared())));
    let ty = match dialect.engine {
        Engine::Helm3 => &FILES3,
        Engine::Helm4 => &FILES4,
    };
    Value::Map(Map::later(ty, move || files.iter().map(entry).collect()))
}

fn name(args: &[Value]) -> &[u8] {
    args.first().and_then(Value::as_str).map(|name| name.as_bytes()).unwrap_or_default()
}

fn content(files: &Value, name: &[u8]) -> Option<Arc<[u8]>> {
    match files.as_map()?.get(name)? {
        Value::Bytes(data) => Some(data),
        _ => None,
    }
}

/// The data by the last elements of the names, as YAML. Of two files of one such name Helm takes any; here it is the later.
fn as_yaml(files: &Value, text: fn(&[u8]) -> Value) -> Value {
    let all = files.as_map().map(Map::entries).unwrap_or_default();
    let by_base: Entries = all
        .iter()
        .filter_map(|(name, data)| match data {
            Value::Bytes(data) => Some((Str::from(path::base(name)), text(data))),
            _ => None,
        })
        .collect();
    let map = Value::Map(Map::from_entries(&STRING_MAP, by_base));
    let yaml = yaml::marshal(&map).unwrap_or_default();
    Value::string(yaml.strip_suffix('\n').unwrap_or(&yaml))
}

/// The files whose names fit a pattern; all of them when it is malformed.
fn glob(files: &Value, args: &[Value]) -> Result<Value, FuncError> {
    let pattern = match Glob::compile(name(args), &['/']) {
        Ok(pattern) => Some(pattern),
        Err(glob::Error::Syntax) => None,
        Err(too_complex @ glob::Error::TooComplex) => return Err(FuncError::new(too_complex.to_string())),
    };
    let Some(files) = files.as_map() else { return Ok(Value::Nil) };
    let mut found = Entries::new();
    for (name, data) in files.entries() {
        let fits = match &pattern {
            Some(pattern) => pattern.matches(&name).map_err(unmatched)?,
            None => true,
        };
        if fits {
            found.insert(name, data);
        }
    }
    Ok(Value::Map(Map::from_entries(files.ty(), found)))
}

fn unmatched(error: MatchError) -> FuncError {
    match error {
        MatchError::OutOfRange { .. } => FuncError::panic(error.to_string()),
        MatchError::TooSlow => FuncError::new(error.to_string()),
    }
}

/// The lines of a file. An empty file has none in Helm 3; Helm 4 looks at its last byte nevertheless.
fn lines(files: &Value, args: &[Value], looks_at_last: bool) -> Result<Value, FuncError> {
    let Some(data) = content(files, name(args)) else { return Ok(Value::strings::<Str>([])) };
    match &*data {
        [] if looks_at_last => Err(FuncError::panic("runtime error: index out of range [-1]")),
        [] => Ok(Value::strings::<Str>([])),
        [text @ .., b'\n'] | text => Ok(Value::strings(text.split(|c| *c == b'\n'))),
    }
}
