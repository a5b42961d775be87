//! The Go types that chart files are read into.
//!
//! Mirrors the structs of `pkg/chart` (3.21.4) and `pkg/chart/v2` (4.2.4), which differ in nothing but their package, and
//! `chartBase` of `pkg/chart/loader` (4.2.4).

use crate::go::time::{Zone, parse_in_location};
use crate::go::value::Value;
use crate::go::yaml::{ListShape, MapShape, Shape, StructShape};

/// The types of one package.
pub(super) struct Shapes {
    pub(super) metadata: Shape,
    pub(super) lock: Shape,
}

static TEXTS: ListShape = ListShape { go: "[]string", item: Shape::String };
static ANYS: ListShape = ListShape { go: "[]interface {}", item: Shape::Any };
static ANNOTATIONS: MapShape = MapShape { go: "map[string]string", item: Shape::String };

macro_rules! shapes {
    ($name:ident, $package:literal) => {
        pub(super) static $name: Shapes = {
            static MAINTAINER: StructShape = StructShape {
                go: concat!($package, ".Maintainer"),
                fields: &[("name", Shape::String), ("email", Shape::String), ("url", Shape::String)],
            };
            static MAINTAINERS: ListShape =
                ListShape { go: concat!("[]*", $package, ".Maintainer"), item: Shape::Struct(&MAINTAINER) };
            static DEPENDENCY: StructShape = StructShape {
                go: concat!($package, ".Dependency"),
                fields: &[
                    ("name", Shape::String),
                    ("version", Shape::String),
                    ("repository", Shape::String),
                    ("condition", Shape::String),
                    ("tags", Shape::List(&TEXTS)),
                    ("enabled", Shape::Bool),
                    ("import-values", Shape::List(&ANYS)),
                    ("alias", Shape::String),
                ],
            };
            static DEPENDENCIES: ListShape =
                ListShape { go: concat!("[]*", $package, ".Dependency"), item: Shape::Struct(&DEPENDENCY) };
            static METADATA: StructShape = StructShape {
                go: concat!($package, ".Metadata"),
                fields: &[
                    ("name", Shape::String),
                    ("home", Shape::String),
                    ("sources", Shape::List(&TEXTS)),
                    ("version", Shape::String),
                    ("description", Shape::String),
                    ("keywords", Shape::List(&TEXTS)),
                    ("maintainers", Shape::List(&MAINTAINERS)),
                    ("icon", Shape::String),
                    ("apiVersion", Shape::String),
                    ("condition", Shape::String),
                    ("tags", Shape::String),
                    ("appVersion", Shape::String),
                    ("deprecated", Shape::Bool),
                    ("annotations", Shape::Map(&ANNOTATIONS)),
                    ("kubeVersion", Shape::String),
                    ("dependencies", Shape::List(&DEPENDENCIES)),
                    ("type", Shape::String),
                ],
            };
            static LOCK: StructShape = StructShape {
                go: concat!($package, ".Lock"),
                fields: &[
                    ("generated", Shape::Custom(time)),
                    ("digest", Shape::String),
                    ("dependencies", Shape::List(&DEPENDENCIES)),
                ],
            };
            Shapes { metadata: Shape::Struct(&METADATA), lock: Shape::Struct(&LOCK) }
        };
    };
}

shapes!(HELM3, "chart");
shapes!(HELM4, "v2");

/// What Helm 4 reads of a chart to know what kind of chart it is.
pub(super) static CHART_BASE: Shape =
    Shape::Struct(&StructShape { go: "loader.chartBase", fields: &[("apiVersion", Shape::String)] });

const RFC3339: &str = "2006-01-02T15:04:05Z07:00";

/// `Time.UnmarshalJSON`, for its errors: nobody looks at the time.
fn time(value: &Value) -> Result<Value, String> {
    let text = match value {
        Value::Nil => return Ok(Value::Nil),
        Value::String(text) => text.as_bytes(),
        _ => return Err("Time.UnmarshalJSON: input is not a JSON string".to_owned()),
    };
    // Go knows that the layout allows more than RFC 3339 does, and leaves it at that.
    parse_in_location(RFC3339.as_bytes(), text, &Zone::Utc).map_err(|error| error.to_string())?;
    Ok(value.clone())
}
