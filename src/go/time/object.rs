//! Times, durations, months, weekdays and zones inside of templates, with the methods Go gives them.

use std::any::Any;
use std::cmp::Ordering;
use std::rc::Rc;

use super::duration::Duration;
use super::instant::Time;
use super::zone::Zone;
use super::{DAYS, MONTHS};
use crate::go::template::{FuncError, Method};
use crate::go::value::{IntKind, Kind, NamedInt, Object, ObjectType, Str, Type, UintKind, Value};

/// `time.Time`.
pub static TIME: ObjectType = ObjectType { name: "time.Time", kind: Kind::Struct, fields: &[], methods: &TIME_METHODS };

/// `*time.Location`.
pub static LOCATION: ObjectType =
    ObjectType { name: "*time.Location", kind: Kind::Ptr, fields: &[], methods: LOCATION_METHODS };

/// `time.Duration`.
pub static DURATION: NamedInt = NamedInt {
    name: "time.Duration",
    kind: Kind::Int64,
    to_text: |n| Duration(n).to_string().into(),
    methods: &DURATION_METHODS,
};

/// `time.Month`.
pub static MONTH: NamedInt = NamedInt {
    name: "time.Month",
    kind: Kind::Int,
    to_text: |n| named(&MONTHS, n.wrapping_sub(1), "Month", n),
    methods: NAME_METHODS,
};

/// `time.Weekday`.
pub static WEEKDAY: NamedInt = NamedInt {
    name: "time.Weekday",
    kind: Kind::Int,
    to_text: |n| named(&DAYS, n, "Weekday", n),
    methods: NAME_METHODS,
};

fn named(names: &[&'static str], at: i64, kind: &str, n: i64) -> Str {
    match usize::try_from(at).ok().and_then(|at| names.get(at)) {
        Some(name) => (*name).into(),
        None => format!("%!{kind}({})", n.cast_unsigned()).into(),
    }
}

/// A duration as a template value.
pub fn duration_value(duration: Duration) -> Value {
    Value::Int(IntKind::Named(&DURATION), duration.0)
}

impl From<Time> for Value {
    fn from(time: Time) -> Value {
        Value::Object(Rc::new(time))
    }
}

impl Time {
    /// The time of a value of type `time.Time`.
    pub fn of(value: &Value) -> Option<&Time> {
        match value {
            Value::Object(object) => object.as_any().downcast_ref(),
            _ => None,
        }
    }
}

impl Object for Time {
    fn ty(&self) -> &'static ObjectType {
        &TIME
    }

    fn unexported(&self) -> &'static [&'static str] {
        &["wall", "ext", "loc"]
    }

    fn shown_fields(&self) -> Vec<(&'static str, Value)> {
        let (wall, ext) = self.stored();
        let zone = match self.zone() {
            Zone::Utc => Value::Nil,
            zone => Value::Object(Rc::new(LocationObject(zone.clone()))),
        };
        vec![("wall", Value::Uint(UintKind::Uint64, wall)), ("ext", Value::int64(ext)), ("loc", zone)]
    }

    fn equal_unexported(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref().is_some_and(|other| self.equals(other, Zone::equals))
    }

    fn same_unexported(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref().is_some_and(|other| self.equals(other, Zone::same))
    }

    fn to_text(&self) -> Option<Str> {
        Some(Time::to_text(self).into())
    }

    fn to_go_text(&self) -> Option<Str> {
        Some(Time::to_go_text(self).into())
    }

    fn to_json(&self) -> Option<Result<String, String>> {
        Some(match self.to_rfc3339() {
            Ok(text) => Ok(format!("\"{}\"", String::from_utf8_lossy(&text))),
            Err(problem) => Err(format!("Time.MarshalJSON: {problem}")),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A `*time.Location`.
#[derive(Debug)]
struct LocationObject(Zone);

impl Object for LocationObject {
    fn ty(&self) -> &'static ObjectType {
        &LOCATION
    }

    fn unexported(&self) -> &'static [&'static str] {
        &["name", "zone", "tx", "extend", "cacheStart", "cacheEnd", "cacheZone"]
    }

    fn to_text(&self) -> Option<Str> {
        Some(self.0.name().into())
    }

    fn to_json(&self) -> Option<Result<String, String>> {
        Some(Ok("{}".to_owned()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

type Body = fn(&Value, &[Value]) -> Result<Value, FuncError>;

const fn method(name: &'static str, params: &'static [Type], call: Body) -> Method {
    Method { name, params, variadic: false, call }
}

const INT: Type = Type::Int(IntKind::Int);

static ONE_TIME: [Type; 1] = [Type::Object(&TIME)];
static ONE_LOCATION: [Type; 1] = [Type::Object(&LOCATION)];
static ONE_DURATION: [Type; 1] = [Type::Int(IntKind::Named(&DURATION))];

static TIME_METHODS: [Method; 43] = [
    method("Add", &ONE_DURATION, |t, a| Ok(time(t)?.add(duration(a)).into())),
    method("AddDate", &[INT, INT, INT], |t, a| Ok(time(t)?.add_date(int(a, 0), int(a, 1), int(a, 2)).into())),
    method("After", &ONE_TIME, |t, a| Ok(Value::Bool(order(t, a)?.is_gt()))),
    method("AppendBinary", &[Type::Bytes], |t, a| appended(a, &binary(time(t)?, "MarshalBinary")?)),
    method("AppendFormat", &[Type::Bytes, Type::String], |t, a| appended(a, &time(t)?.format(text(a, 1)))),
    method("AppendText", &[Type::Bytes], |t, a| appended(a, &rfc3339(time(t)?, "AppendText")?)),
    method("Before", &ONE_TIME, |t, a| Ok(Value::Bool(order(t, a)?.is_lt()))),
    method("Clock", &[], |_, _| Err(too_many("Clock"))),
    method("Compare", &ONE_TIME, |t, a| Ok(Value::int(order(t, a)? as i64))),
    method("Date", &[], |_, _| Err(too_many("Date"))),
    method("Day", &[], |t, _| Ok(Value::int(time(t)?.date().2))),
    method("Equal", &ONE_TIME, |t, a| Ok(Value::Bool(order(t, a)?.is_eq()))),
    method("Format", &[Type::String], |t, a| Ok(Value::string(time(t)?.format(text(a, 0))))),
    method("GoString", &[], |t, _| Ok(Value::string(Time::to_go_text(time(t)?)))),
    method("GobEncode", &[], |t, _| Ok(Value::Bytes(binary(time(t)?, "MarshalBinary")?.into()))),
    method("Hour", &[], |t, _| Ok(Value::int(time(t)?.clock().0))),
    method("ISOWeek", &[], |_, _| Err(second_is("ISOWeek", "int"))),
    method("In", &ONE_LOCATION, |t, a| match a.first().and_then(location) {
        Some(zone) => Ok(time(t)?.in_zone(zone.clone()).into()),
        None => Err(FuncError::panic("time: missing Location in call to Time.In")),
    }),
    method("IsDST", &[], |t, _| Ok(Value::Bool(time(t)?.is_dst()))),
    method("IsZero", &[], |t, _| Ok(Value::Bool(time(t)?.is_zero()))),
    method("Local", &[], |t, _| Ok(time(t)?.in_zone(Zone::local()).into())),
    method("Location", &[], |t, _| Ok(Value::Object(Rc::new(LocationObject(time(t)?.zone().clone()))))),
    method("MarshalBinary", &[], |t, _| Ok(Value::Bytes(binary(time(t)?, "MarshalBinary")?.into()))),
    method("MarshalJSON", &[], |t, _| {
        let text = rfc3339(time(t)?, "MarshalJSON")?;
        Ok(Value::Bytes([b"\"", text.as_slice(), b"\""].concat().into()))
    }),
    method("MarshalText", &[], |t, _| Ok(Value::Bytes(rfc3339(time(t)?, "MarshalText")?.into()))),
    method("Minute", &[], |t, _| Ok(Value::int(time(t)?.clock().1))),
    method("Month", &[], |t, _| Ok(Value::Int(IntKind::Named(&MONTH), time(t)?.date().1))),
    method("Nanosecond", &[], |t, _| Ok(Value::int(time(t)?.nanosecond()))),
    method("Round", &ONE_DURATION, |t, a| Ok(time(t)?.round(duration(a)).into())),
    method("Second", &[], |t, _| Ok(Value::int(time(t)?.clock().2))),
    method("String", &[], |t, _| Ok(Value::string(Time::to_text(time(t)?)))),
    method("Sub", &ONE_TIME, |t, a| Ok(duration_value(time(t)?.since(other(a)?)))),
    method("Truncate", &ONE_DURATION, |t, a| Ok(time(t)?.truncate(duration(a)).into())),
    method("UTC", &[], |t, _| Ok(time(t)?.in_zone(Zone::Utc).into())),
    method("Unix", &[], |t, _| Ok(Value::int64(time(t)?.unix_seconds()))),
    method("UnixMicro", &[], |t, _| Ok(Value::int64(time(t)?.unix_in(1_000_000)))),
    method("UnixMilli", &[], |t, _| Ok(Value::int64(time(t)?.unix_in(1_000)))),
    method("UnixNano", &[], |t, _| Ok(Value::int64(time(t)?.unix_in(1_000_000_000)))),
    method("Weekday", &[], |t, _| Ok(Value::Int(IntKind::Named(&WEEKDAY), time(t)?.weekday()))),
    method("Year", &[], |t, _| Ok(Value::int(time(t)?.date().0))),
    method("YearDay", &[], |t, _| Ok(Value::int(time(t)?.year_day()))),
    method("Zone", &[], |_, _| Err(second_is("Zone", "int"))),
    method("ZoneBounds", &[], |_, _| Err(second_is("ZoneBounds", "time.Time"))),
];

const LOCATION_METHODS: &[Method] =
    &[method("String", &[], |zone, _| Ok(Value::string(location(zone).map_or("UTC", Zone::name))))];

static DURATION_METHODS: [Method; 10] = [
    method("Abs", &[], |d, _| Ok(duration_value(Duration(number(d)).abs()))),
    method("Hours", &[], |d, _| Ok(Value::float(Duration(number(d)).in_units(Duration::HOUR)))),
    method("Microseconds", &[], |d, _| Ok(Value::int64(number(d) / 1_000))),
    method("Milliseconds", &[], |d, _| Ok(Value::int64(number(d) / 1_000_000))),
    method("Minutes", &[], |d, _| Ok(Value::float(Duration(number(d)).in_units(Duration::MINUTE)))),
    method("Nanoseconds", &[], |d, _| Ok(Value::int64(number(d)))),
    method("Round", &ONE_DURATION, |d, a| Ok(duration_value(Duration(number(d)).round(duration(a))))),
    method("Seconds", &[], |d, _| Ok(Value::float(Duration(number(d)).in_units(Duration::SECOND)))),
    method("String", &[], |d, _| Ok(Value::string(Duration(number(d)).to_string()))),
    method("Truncate", &ONE_DURATION, |d, a| Ok(duration_value(Duration(number(d)).truncate(duration(a))))),
];

const NAME_METHODS: &[Method] = &[method("String", &[], |value, _| match value {
    Value::Int(IntKind::Named(named), n) => Ok(Value::String((named.to_text)(*n))),
    _ => Err(not_a_time()),
})];

fn time(value: &Value) -> Result<&Time, FuncError> {
    Time::of(value).ok_or_else(not_a_time)
}

/// Only when the evaluator lets a value of another type through.
fn not_a_time() -> FuncError {
    FuncError::new("a method of time was called with a value of another type")
}

fn other(args: &[Value]) -> Result<&Time, FuncError> {
    time(args.first().unwrap_or(&Value::Nil))
}

fn order(value: &Value, args: &[Value]) -> Result<Ordering, FuncError> {
    Ok(time(value)?.compare(other(args)?))
}

fn number(value: &Value) -> i64 {
    match value {
        Value::Int(_, n) => *n,
        _ => 0,
    }
}

fn int(args: &[Value], at: usize) -> i64 {
    args.get(at).map_or(0, number)
}

fn duration(args: &[Value]) -> Duration {
    Duration(int(args, 0))
}

fn text(args: &[Value], at: usize) -> &[u8] {
    args.get(at).and_then(Value::as_str).map(|text| text.as_bytes()).unwrap_or_default()
}

fn location(value: &Value) -> Option<&Zone> {
    match value {
        Value::Object(object) => object.as_any().downcast_ref::<LocationObject>().map(|location| &location.0),
        _ => None,
    }
}

fn appended(args: &[Value], tail: &[u8]) -> Result<Value, FuncError> {
    match args.first() {
        Some(Value::Bytes(bytes)) => Ok(Value::Bytes([bytes, tail].concat().into())),
        _ => Ok(Value::Bytes(tail.into())),
    }
}

fn rfc3339(time: &Time, function: &str) -> Result<Vec<u8>, FuncError> {
    time.to_rfc3339().map_err(|e| FuncError::new(format!("Time.{function}: {e}")))
}

/// The form `encoding/gob` stores.
fn binary(time: &Time, function: &str) -> Result<Vec<u8>, FuncError> {
    let (mut minutes, mut seconds) = (-1, None);
    if !matches!(time.zone(), Zone::Utc) {
        let offset = time.zone_now().1;
        seconds = i8::try_from(offset % 60).ok().filter(|seconds| *seconds != 0);
        minutes = i16::try_from(offset / 60)
            .ok()
            .filter(|minutes| *minutes != -1)
            .ok_or_else(|| FuncError::new(format!("Time.{function}: unexpected zone offset")))?;
    }
    let mut out = vec![if seconds.is_some() { 2 } else { 1 }];
    out.extend(time.internal_seconds().to_be_bytes());
    out.extend(u32::try_from(time.nanosecond()).unwrap_or_default().to_be_bytes());
    out.extend(minutes.to_be_bytes());
    out.extend(seconds.map(i8::cast_unsigned));
    Ok(out)
}

/// Go's templates refuse functions of more than two results, and of two when the second is no error.
fn too_many(name: &str) -> FuncError {
    FuncError::signature(format!("function {name} has 3 return values; should be 1 or 2"))
}

fn second_is(name: &str, ty: &str) -> FuncError {
    FuncError::signature(format!("invalid function signature for {name}: second return value should be error; is {ty}"))
}
