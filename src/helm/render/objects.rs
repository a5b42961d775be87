//! The objects at the top of a template: `.Chart`, `.Capabilities`, `.Release`, `.Values`, in the Go types each Helm gives them.
//!
//! Mirrors `pkg/chart`, `pkg/chartutil` (Helm 3) and `pkg/chart/common`, `pkg/chart/v2` (Helm 4).

use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::go::template::{FuncError, Method};
use crate::go::value::{
    FieldDef, Kind, List, ListType, Map, MapType, Object, ObjectType, STRING_MAP, STRING_SLICE, Str, Struct, Type,
    Value,
};
use crate::go::yaml;
use crate::helm::chart::{Chart, Dependency, Maintainer, Metadata};
use crate::helm::dialect::{Dialect, Engine};

use super::Release;
use super::capabilities::Capabilities;

const fn field(name: &'static str, json: &'static str) -> FieldDef {
    FieldDef { name, json: Some(json), omit_empty: true, embedded: false }
}

const fn required(name: &'static str, json: &'static str) -> FieldDef {
    FieldDef { name, json: Some(json), omit_empty: false, embedded: false }
}

/// `chartutil.Values`.
static VALUES3: MapType = MapType { name: "chartutil.Values", elem: Type::Any, methods: VALUES_METHODS };
/// `common.Values`.
static VALUES4: MapType = MapType { name: "common.Values", elem: Type::Any, methods: VALUES_METHODS };

/// The named map type of values in a Helm.
pub(crate) fn values_type(dialect: &Dialect) -> &'static MapType {
    match dialect.engine {
        Engine::Helm3 => &VALUES3,
        Engine::Helm4 => &VALUES4,
    }
}

/// What `Encode` of values writes to.
static WRITER: ObjectType = ObjectType { name: "io.Writer", kind: Kind::Interface, fields: &[], methods: &[] };

const VALUES_METHODS: &[Method] = &[
    Method { name: "AsMap", params: &[], variadic: false, call: |receiver, _| Ok(as_map(receiver)) },
    Method {
        name: "Encode",
        params: &[Type::Object(&WRITER)],
        variadic: false,
        // No value of a template is a writer; only nil gets this far.
        call: |_, _| Err(FuncError::panic("runtime error: invalid memory address or nil pointer dereference")),
    },
    Method { name: "PathValue", params: &[Type::String], variadic: false, call: path_value },
    Method { name: "Table", params: &[Type::String], variadic: false, call: table_method },
    Method {
        name: "YAML",
        params: &[],
        variadic: false,
        call: |receiver, _| yaml::marshal(receiver).map(Value::from).map_err(|e| FuncError::new(e.to_string())),
    },
];

fn as_map(receiver: &Value) -> Value {
    match receiver.as_map() {
        Some(map) if !map.is_empty() => Value::Map(map.with_type(&crate::go::value::DICT)),
        _ => Value::Map(Value::dict()),
    }
}

fn table_method(receiver: &Value, args: &[Value]) -> Result<Value, FuncError> {
    let name = args.first().and_then(Value::as_str).cloned().unwrap_or_default();
    match (receiver.as_map(), receiver.ty()) {
        (Some(map), Some(Type::Map(ty))) => match lookup_table(map, &name.to_text()) {
            Ok(found) => Ok(Value::Map(found.with_type(ty))),
            Err(missing) => Err(FuncError::new(format!("{} is not a table", quoted(&missing)))),
        },
        _ => Err(FuncError::new("Table needs values")),
    }
}

fn path_value(receiver: &Value, args: &[Value]) -> Result<Value, FuncError> {
    let path = args.first().and_then(Value::as_str).cloned().unwrap_or_default();
    let path = path.to_text();
    if path.is_empty() {
        return Err(FuncError::new("YAML path cannot be empty"));
    }
    let (tables, key) = match path.rsplit_once('.') {
        Some((tables, key)) => (Some(tables), key),
        None => (None, &*path),
    };
    let missing = || FuncError::new(format!("{} is not a value", quoted(key)));
    let map = receiver.as_map().ok_or_else(missing)?;
    let table = match tables {
        Some(tables) => lookup_table(map, tables).map_err(|_| missing())?,
        None => map.clone(),
    };
    match table.get(key) {
        Some(Value::Map(map)) if map.ty().name == "map[string]interface {}" => Err(missing()),
        Some(value) => Ok(value),
        None => Err(missing()),
    }
}

fn quoted(text: &str) -> String {
    crate::go::strconv::quote(text.as_bytes())
}

/// `Values.Table`: the table at a dotted path, or the name that is none.
pub(crate) fn lookup_table(map: &Map, path: &str) -> Result<Map, String> {
    let mut table = map.clone();
    for name in path.split('.') {
        table = match table.get(name) {
            Some(Value::Map(next)) if matches!(next.ty().elem, Type::Any) => next,
            _ => return Err(name.to_owned()),
        };
    }
    Ok(table)
}

/// `.Release`.
pub(crate) fn release_object(release: &Release) -> Map {
    Value::dict()
        .with("Name", release.name.as_str())
        .with("Namespace", release.namespace.as_str())
        .with("IsUpgrade", release.is_upgrade)
        .with("IsInstall", !release.is_upgrade)
        .with("Revision", Value::int(release.revision))
        .with("Service", "Helm")
}

// .Capabilities

static VERSION_SET3: ListType =
    ListType { name: "chartutil.VersionSet", elem: Type::String, methods: VERSION_SET_METHODS };
static VERSION_SET4: ListType =
    ListType { name: "common.VersionSet", elem: Type::String, methods: VERSION_SET_METHODS };

const VERSION_SET_METHODS: &[Method] = &[Method {
    name: "Has",
    params: &[Type::String],
    variadic: false,
    call: |receiver, args| {
        let wanted = args.first().and_then(Value::as_str);
        let items = receiver.as_list().map(List::items);
        let found = items.is_some_and(|items| items.iter().any(|item| item.as_str() == wanted));
        Ok(Value::Bool(found))
    },
}];

const KUBE_VERSION_METHODS: &[Method] = &[
    Method {
        name: "GitVersion",
        params: &[],
        variadic: false,
        call: |receiver, _| Ok(kube_version_text(receiver, false)),
    },
    Method { name: "String", params: &[], variadic: false, call: |receiver, _| Ok(kube_version_text(receiver, true)) },
];

fn kube_version_text(receiver: &Value, normalized: bool) -> Value {
    let Value::Object(object) = receiver else { return Value::Nil };
    match object.as_any().downcast_ref::<KubeVersionField>() {
        Some(version) if normalized => version.normalized.clone().into(),
        Some(version) => version.copy.field_value(0).unwrap_or_default(),
        None => Value::Nil,
    }
}

const KUBE_VERSION3_NAME: &str = "chartutil.KubeVersion";
const KUBE_VERSION4_NAME: &str = "common.KubeVersion";
const KUBE_VERSION3_FIELDS: &[FieldDef] =
    &[required("Version", "Version"), required("Major", "Major"), required("Minor", "Minor")];
const KUBE_VERSION4_FIELDS: &[FieldDef] = &[
    required("Version", "Version"),
    FieldDef { name: "normalizedVersion", json: None, omit_empty: false, embedded: false },
    required("Major", "Major"),
    required("Minor", "Minor"),
];

/// A `KubeVersion` by value and, with the methods of its pointer, as a field reached through a pointer; for each Helm.
const fn kube_version(name: &'static str, fields: &'static [FieldDef], methods: &'static [Method]) -> ObjectType {
    ObjectType { name, kind: Kind::Struct, fields, methods }
}
static KUBE_VERSION3: ObjectType = kube_version(KUBE_VERSION3_NAME, KUBE_VERSION3_FIELDS, &[]);
static KUBE_VERSION3_FIELD: ObjectType = kube_version(KUBE_VERSION3_NAME, KUBE_VERSION3_FIELDS, KUBE_VERSION_METHODS);
static KUBE_VERSION4: ObjectType = kube_version(KUBE_VERSION4_NAME, KUBE_VERSION4_FIELDS, &[]);
static KUBE_VERSION4_FIELD: ObjectType = kube_version(KUBE_VERSION4_NAME, KUBE_VERSION4_FIELDS, KUBE_VERSION_METHODS);

/// `.Capabilities.KubeVersion` where Go can take its address: it has the pointer's methods and prints itself with them.
#[derive(Debug)]
struct KubeVersionField {
    ty: &'static ObjectType,
    copy: Rc<Struct>,
    normalized: Str,
}

impl Object for KubeVersionField {
    fn ty(&self) -> &'static ObjectType {
        self.ty
    }

    fn field_values(&self) -> Vec<Value> {
        self.copy.field_values()
    }

    fn unexported(&self) -> &'static [&'static str] {
        &["normalizedVersion"]
    }

    fn copied(&self) -> Option<Value> {
        Some(Value::Object(self.copy.clone()))
    }

    fn to_text(&self) -> Option<Str> {
        Some(self.normalized.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

static BUILD_INFO3: ObjectType = ObjectType {
    name: "version.BuildInfo",
    kind: Kind::Struct,
    fields: &[
        field("Version", "version"),
        field("GitCommit", "git_commit"),
        field("GitTreeState", "git_tree_state"),
        field("GoVersion", "go_version"),
    ],
    methods: &[],
};

static BUILD_INFO4: ObjectType = ObjectType {
    name: "version.BuildInfo",
    kind: Kind::Struct,
    fields: &[
        field("Version", "version"),
        field("GitCommit", "git_commit"),
        field("GitTreeState", "git_tree_state"),
        field("GoVersion", "go_version"),
        required("KubeClientVersion", "kube_client_version"),
    ],
    methods: &[],
};

const CAPABILITIES_FIELDS: &[FieldDef] = &[
    required("KubeVersion", "KubeVersion"),
    required("APIVersions", "APIVersions"),
    required("HelmVersion", "HelmVersion"),
];
const CAPABILITIES_METHODS: &[Method] =
    &[Method { name: "Copy", params: &[], variadic: false, call: |receiver, _| Ok(receiver.clone()) }];

static CAPABILITIES3: ObjectType = ObjectType {
    name: "*chartutil.Capabilities",
    kind: Kind::Ptr,
    fields: CAPABILITIES_FIELDS,
    methods: CAPABILITIES_METHODS,
};
static CAPABILITIES4: ObjectType = ObjectType {
    name: "*common.Capabilities",
    kind: Kind::Ptr,
    fields: CAPABILITIES_FIELDS,
    methods: CAPABILITIES_METHODS,
};

/// `*Capabilities`: printed or marshalled as a whole it shows a plain `KubeVersion`, a field access gives one with methods.
#[derive(Debug)]
struct CapabilitiesObject {
    ty: &'static ObjectType,
    kube_version: Rc<KubeVersionField>,
    rest: [Value; 2],
}

impl Object for CapabilitiesObject {
    fn ty(&self) -> &'static ObjectType {
        self.ty
    }

    fn field_values(&self) -> Vec<Value> {
        let [versions, build] = self.rest.clone();
        vec![Value::Object(self.kube_version.copy.clone()), versions, build]
    }

    fn field_value(&self, index: usize) -> Option<Value> {
        match index {
            0 => Some(Value::Object(self.kube_version.clone())),
            other => self.rest.get(other - 1).cloned(),
        }
    }

    fn reflected_copy(&self) -> Option<Value> {
        let copy = Rc::new(self.kube_version.copy.without_unexported()?);
        // Without the normalized version its String method gives the full one.
        let normalized = copy.field_value(0).and_then(|version| version.as_str().cloned()).unwrap_or_default();
        let kube_version = Rc::new(KubeVersionField { ty: self.kube_version.ty, copy, normalized });
        Some(Value::Object(Rc::new(CapabilitiesObject { ty: self.ty, kube_version, rest: self.rest.clone() })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The Go version the measured Helms are built with.
const GO_VERSION: &str = "go1.26.8";

/// `.Capabilities`.
pub(crate) fn capabilities_object(capabilities: &Capabilities, dialect: &Dialect) -> Value {
    let kube = &capabilities.kube_version;
    let three = dialect.engine == Engine::Helm3;
    let mut kube_fields = vec![kube.version.as_str().into(), kube.major.as_str().into(), kube.minor.as_str().into()];
    if !three {
        kube_fields.insert(1, kube.normalized.as_str().into());
    }
    let (set, info, own, plain, addressed) = match dialect.engine {
        Engine::Helm3 => (&VERSION_SET3, &BUILD_INFO3, &CAPABILITIES3, &KUBE_VERSION3, &KUBE_VERSION3_FIELD),
        Engine::Helm4 => (&VERSION_SET4, &BUILD_INFO4, &CAPABILITIES4, &KUBE_VERSION4, &KUBE_VERSION4_FIELD),
    };
    let kube_version = KubeVersionField {
        ty: addressed,
        copy: Rc::new(Struct::new(plain, kube_fields)),
        normalized: kube.normalized.as_str().into(),
    };
    let versions = capabilities.api_versions.iter().map(|v| v.as_str().into()).collect();
    let mut build = vec![dialect.version.into(), "".into(), "clean".into(), GO_VERSION.into()];
    build.extend(dialect.kube_client_version.map(Value::from));
    Value::Object(Rc::new(CapabilitiesObject {
        ty: own,
        kube_version: Rc::new(kube_version),
        rest: [Value::List(List::new(set, versions)), Value::Object(Rc::new(Struct::new(info, build)))],
    }))
}

// .Chart

static MAINTAINER: ObjectType = ObjectType {
    name: "*chart.Maintainer",
    kind: Kind::Ptr,
    fields: &[field("Name", "name"), field("Email", "email"), field("URL", "url")],
    methods: VALIDATE,
};
static DEPENDENCY: ObjectType = ObjectType {
    name: "*chart.Dependency",
    kind: Kind::Ptr,
    fields: &[
        required("Name", "name"),
        field("Version", "version"),
        required("Repository", "repository"),
        field("Condition", "condition"),
        field("Tags", "tags"),
        field("Enabled", "enabled"),
        field("ImportValues", "import-values"),
        field("Alias", "alias"),
    ],
    methods: VALIDATE,
};
/// `Validate` has passed when the chart was loaded, so it gives the nil error.
const VALIDATE: &[Method] = &[Method { name: "Validate", params: &[], variadic: false, call: |_, _| Ok(Value::Nil) }];

static MAINTAINERS: ListType = ListType { name: "[]*chart.Maintainer", elem: Type::Object(&MAINTAINER), methods: &[] };
static DEPENDENCIES: ListType = ListType { name: "[]*chart.Dependency", elem: Type::Object(&DEPENDENCY), methods: &[] };

static METADATA: ObjectType = ObjectType {
    name: "chart.Metadata",
    kind: Kind::Struct,
    fields: &[
        field("Name", "name"),
        field("Home", "home"),
        field("Sources", "sources"),
        field("Version", "version"),
        field("Description", "description"),
        field("Keywords", "keywords"),
        field("Maintainers", "maintainers"),
        field("Icon", "icon"),
        field("APIVersion", "apiVersion"),
        field("Condition", "condition"),
        field("Tags", "tags"),
        field("AppVersion", "appVersion"),
        field("Deprecated", "deprecated"),
        field("Annotations", "annotations"),
        field("KubeVersion", "kubeVersion"),
        field("Dependencies", "dependencies"),
        field("Type", "type"),
    ],
    methods: &[],
};

static CHART: ObjectType = ObjectType {
    name: "struct { chart.Metadata; IsRoot bool }",
    kind: Kind::Struct,
    fields: &[
        FieldDef { name: "Metadata", json: Some("Metadata"), omit_empty: false, embedded: true },
        required("IsRoot", "IsRoot"),
    ],
    methods: &[],
};

/// `.Chart`.
pub(crate) fn chart_object(chart: &Chart, is_root: bool, dialect: &Dialect) -> Value {
    let fields = metadata_fields(&chart.metadata);
    if dialect.chart_is_map {
        let map = fields_as_map(&METADATA, fields);
        return Value::Map(map.with("IsRoot", is_root));
    }
    let metadata = Value::Object(Rc::new(Struct::new(&METADATA, fields)));
    Value::Object(Rc::new(Struct::new(&CHART, vec![metadata, is_root.into()])))
}

fn metadata_fields(m: &Metadata) -> Vec<Value> {
    vec![
        m.name.as_str().into(),
        m.home.as_str().into(),
        string_list(m.sources.as_deref()),
        m.version.as_str().into(),
        m.description.as_str().into(),
        string_list(m.keywords.as_deref()),
        object_list(&MAINTAINERS, m.maintainers.as_deref(), maintainer_object),
        m.icon.as_str().into(),
        m.api_version.as_str().into(),
        m.condition.as_str().into(),
        m.tags.as_str().into(),
        m.app_version.as_str().into(),
        m.deprecated.into(),
        string_map(m.annotations.as_ref()),
        m.kube_version.as_str().into(),
        object_list(&DEPENDENCIES, m.dependencies.as_deref(), dependency_object),
        m.chart_type.as_str().into(),
    ]
}

fn maintainer_object(m: &Maintainer) -> Value {
    let fields = vec![m.name.as_str().into(), m.email.as_str().into(), m.url.as_str().into()];
    Value::Object(Rc::new(Struct::new(&MAINTAINER, fields)))
}

fn dependency_object(d: &Dependency) -> Value {
    let import = match &d.import_values {
        Some(items) => Value::list(items.clone()),
        None => Value::List(List::nil(&crate::go::value::SLICE)),
    };
    let fields = vec![
        d.name.as_str().into(),
        d.version.as_str().into(),
        d.repository.as_str().into(),
        d.condition.as_str().into(),
        string_list(d.tags.as_deref()),
        d.enabled.into(),
        import,
        d.alias.as_str().into(),
    ];
    Value::Object(Rc::new(Struct::new(&DEPENDENCY, fields)))
}

fn string_list(items: Option<&[String]>) -> Value {
    match items {
        Some(items) => Value::strings(items.iter().map(String::as_str)),
        None => Value::List(List::nil(&STRING_SLICE)),
    }
}

fn string_map(entries: Option<&BTreeMap<String, String>>) -> Value {
    Value::Map(match entries {
        Some(entries) => Map::from_entries(
            &STRING_MAP,
            entries.iter().map(|(k, v)| (k.as_str().into(), v.as_str().into())).collect(),
        ),
        None => Map::nil(&STRING_MAP),
    })
}

fn object_list<T>(ty: &'static ListType, items: Option<&[T]>, make: fn(&T) -> Value) -> Value {
    Value::List(match items {
        Some(items) => List::new(ty, items.iter().map(make).collect()),
        None => List::nil(ty),
    })
}

/// Helm 4's `structToMap`: Go field names, lists become `[]interface {}`, structs and pointers become maps.
fn fields_as_map(ty: &ObjectType, values: Vec<Value>) -> Map {
    let map = Value::dict();
    for (field, value) in ty.fields.iter().zip(values) {
        let value = match value {
            Value::List(list) => Value::list(
                list.items()
                    .iter()
                    .map(|item| match item {
                        Value::Object(object) => Value::Map(fields_as_map(object.ty(), object.field_values())),
                        other => other.clone(),
                    })
                    .collect(),
            ),
            other => other,
        };
        let _ = map.insert(field.name, value);
    }
    map
}
